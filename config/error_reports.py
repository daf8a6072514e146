"""Tell errors to a server that speaks Sentry's protocol, where a city named one; never the data.

The client is no requirement of ours: it is looked for only where GERAK_SENTRY_DSN is set.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.log_lines import without_personal_data

PARTS_THAT_TELL = ("request", "user", "breadcrumbs", "extra", "server_name")


def start_error_reports(dsn: str) -> None:
    """Start the client. Raises ImproperlyConfigured where it is not installed."""
    try:
        client = import_module("sentry_sdk")
    except ImportError as error:
        raise ImproperlyConfigured(
            "GERAK_SENTRY_DSN is set, and sentry-sdk is not installed: pip install sentry-sdk."
        ) from error
    client.init(
        dsn=dsn,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_send=scrubbed,
    )


def scrubbed(event: dict[str, Any], _hint: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event with what happened and where in the code, and nothing of whom."""
    kept = {key: value for key, value in event.items() if key not in PARTS_THAT_TELL}
    return {key: _hidden(value) for key, value in kept.items()}


def _hidden(value: Any) -> Any:
    if isinstance(value, str):
        return without_personal_data(value)
    if isinstance(value, dict):
        return {key: _hidden(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_hidden(inner) for inner in value]
    return value
