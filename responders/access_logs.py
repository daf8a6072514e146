"""Keep queries out of access logs: the apps of `responders.wire` send a secret in them."""

import logging

_ACCESS_LOGS = ("uvicorn.access", "django.channels.server", "django.server")


class PathOnly(logging.Filter):
    """Cut the query off every path that a record is given."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, dict):
            record.args = {name: _without_query(value) for name, value in record.args.items()}
        elif record.args:
            record.args = tuple(_without_query(value) for value in record.args)
        return True


def keep_queries_out() -> None:
    """Put the filter on the access logs of every server we can run under; twice is once."""
    for name in _ACCESS_LOGS:
        logger = logging.getLogger(name)
        if not any(isinstance(known, PathOnly) for known in logger.filters):
            logger.addFilter(PathOnly())


def _without_query(value: object) -> object:
    """Return a path or a request line without what follows its `?`."""
    if not isinstance(value, str) or "?" not in value:
        return value
    path, _mark, rest = value.partition("?")
    _query, blank, version = rest.partition(" ")
    return path + blank + version
