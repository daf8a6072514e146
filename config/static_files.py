"""Static files of the embedded server: text leaves compressed.

In production they are compressed when they are collected. The embedded server takes them from where
they lie, which may be read-only: their compressed form is kept in the data folder.
"""

import gzip
import hashlib
import logging
import os
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from django.conf import settings
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

logger = logging.getLogger(__name__)
TEXT = (".css", ".js", ".svg", ".txt", ".map")


class StaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise, with a gzip beside each text that is served from where it lies."""

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> StaticFile:
        smaller = gzip_of(path) if self.use_finders and path.endswith(TEXT) else None
        if smaller is None:
            return super().get_static_file(path, url, stat_cache)
        headers = Headers([])
        self.add_mime_headers(headers, path, url)
        self.add_cache_headers(headers, path, url)
        if self.allow_all_origins:
            headers["Access-Control-Allow-Origin"] = "*"
        return StaticFile(path, headers.items(), encodings={"gzip": smaller})


def gzip_of(path: str) -> str | None:
    """Return where the gzip of a file is kept; None where it could not be kept."""
    found = os.stat(path)
    return _kept(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=1_000)
def _kept(path: str, mtime_ns: int, size: int) -> str | None:
    name = hashlib.sha256(f"{path} {mtime_ns} {size}".encode()).hexdigest()[:24]
    kept = Path(settings.DATA_DIR) / "static" / f"{name}.gz"
    try:
        if not kept.exists():
            kept.parent.mkdir(exist_ok=True)
            fresh = kept.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
            fresh.write_bytes(gzip.compress(Path(path).read_bytes(), 9, mtime=0))
            fresh.replace(kept)
    except OSError as error:
        logger.warning("Static files leave uncompressed: %s", error)
        return None
    return str(kept)
