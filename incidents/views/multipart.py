"""Read a form with a file as strictly as JSON is read."""

from typing import IO, Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import DataAndFiles, MultiPartParser

from incidents.policy import FIELD

BESIDE_THE_FILE_BYTES = 64 * 1024
UNREADABLE = "\N{REPLACEMENT CHARACTER}"  # what Django makes of bytes that are no UTF-8


class StrictMultiPartParser(MultiPartParser):
    """A form with a file: each field once, text that is UTF-8, no more than a photo needs."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None
    ) -> DataAndFiles:
        length = parser_context["request"].META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > FIELD.photo_max_bytes + BESIDE_THE_FILE_BYTES:
            raise RequestDataTooBig
        refused = ParseError(_("Isi permintaan bukan formulir multipart yang sah."), "bad_form")
        try:
            form = super().parse(stream, media_type, parser_context)
        except RequestDataTooBig:
            raise
        except (ParseError, SuspiciousOperation, ValueError) as error:
            raise refused from error
        fields = [*form.data.lists(), *form.files.lists()]
        names = [name for name, _found in fields]
        texts = [*names, *(text for _name, found in form.data.lists() for text in found)]
        once_each = len(set(names)) == len(names) and all(len(found) == 1 for _n, found in fields)
        if not once_each or any(UNREADABLE in text for text in texts):
            raise refused
        return form
