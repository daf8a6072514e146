"""How often one caller may ask: generous, per device or service token; strangers by address."""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from responders.requests import address_of


class CallerThrottle(SimpleRateThrottle):
    """Count by credential where there is one, else by address, which no header of a caller sets."""

    scope = "caller"

    def get_cache_key(self, request: Request, view: Any) -> str:
        credential = getattr(request.auth, "pk", None)
        ident = f"t{credential}" if credential else f"a{address_of(request)}"
        return self.cache_format % {"scope": self.scope, "ident": ident}
