"""Draw a photo anew, so that nothing of the file that was sent is kept. Pure: bytes in, bytes out.

What comes in is hostile: only JPEG, PNG and WebP by their own first bytes, no more pixels than the
policy says, no truncated file. What goes out is a plain JPEG: the pixels, upright, without EXIF,
comments, profiles or anything that was hidden beside the picture.
"""

import io
import threading
from dataclasses import dataclass

from PIL import Image, ImageOps

from incidents.policy import FIELD, FieldPolicy

FORMATS = ("JPEG", "PNG", "WEBP")
_PLACES = threading.BoundedSemaphore(FIELD.photos_decoded_at_once)
# Counted by ourselves before any pixel is read; the library's own limit warns process-wide.
Image.MAX_IMAGE_PIXELS = None


class BadPhoto(ValueError):
    """The bytes are no photo of ours. `code`: `not_an_image` or `too_many_pixels`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Drawn:
    """A photo as it is kept: JPEG bytes and its size in pixels."""

    jpeg: bytes
    width: int
    height: int


def draw_anew(sent: bytes, *, policy: FieldPolicy = FIELD) -> Drawn:
    """Return the photo as a JPEG of at most `photo_side_max_px` a side. Raises BadPhoto."""
    if not _looks_like_one(sent):
        raise BadPhoto("not_an_image")
    with _PLACES:
        try:
            return _draw(sent, policy)
        except BadPhoto:
            raise
        except Exception as error:  # a decoder may fail on hostile bytes in any way it likes
            raise BadPhoto("not_an_image") from error


def _looks_like_one(sent: bytes) -> bool:
    """Say whether the first bytes are those of a format we take, and of no other."""
    if sent.startswith(b"RIFF"):
        return sent[8:12] == b"WEBP"
    return sent.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))


def _draw(sent: bytes, policy: FieldPolicy) -> Drawn:
    with Image.open(io.BytesIO(sent), formats=FORMATS) as opened:
        if opened.width * opened.height > policy.photo_max_pixels:
            raise BadPhoto("too_many_pixels")
        side = policy.photo_side_max_px
        opened.draft("RGB", (side, side))  # a large JPEG is decoded at a fraction of its size
        upright = ImageOps.exif_transpose(opened)
        picture = _on_white(upright)
    picture.thumbnail((side, side))
    # A new canvas: what the decoder attached to the old one has no way onto it.
    canvas = Image.new("RGB", picture.size)
    canvas.paste(picture)
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=policy.photo_quality, optimize=True)
    return Drawn(out.getvalue(), canvas.width, canvas.height)


def _on_white(picture: Image.Image) -> Image.Image:
    """Return the picture without transparency; what was see-through is white."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    white = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(white, layer).convert("RGB")
