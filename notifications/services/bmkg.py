"""Watch BMKG: look at each feed when it is due, note what concerns the city, disturb nobody.

A feed is a row with a due time, claimed with lease and fence, so that of many servers one looks.
What is wrong with a feed is logged once, when it begins, and stands in its row.
"""

import logging
import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import close_old_connections, connections
from django.db.models import Q
from django.utils import timezone

from notifications.bmkg.quakes import read_quakes
from notifications.bmkg.refusal import Unreadable
from notifications.bmkg.weather import IndexItem, read_index, read_warning
from notifications.models import OutsideFeed
from notifications.policy import BMKG
from notifications.services.bmkg_fetch import Fetched, FetchFailed, fetch
from notifications.services.bulletins import note_quake, note_warning

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 5.0
QUAKE_FEEDS = ("autogempa", "gempaterkini", "gempadirasakan")
WEATHER_FEED = "cuaca"
FEEDS = (*QUAKE_FEEDS, WEATHER_FEED)
PROVINCE = "sumatera barat"  # the index holds one warning a province
SEEN_S = 6 * 3_600
Fetch = Callable[..., Fetched]


def run(stopping: threading.Event) -> None:
    """Look at what is due until told to stop. Its own thread: a feed that hangs holds up itself."""
    try:
        while not stopping.wait(LOOK_EVERY_S):
            close_old_connections()
            look_due(timezone.now())
    finally:
        connections.close_all()


def look_due(now: datetime, *, get: Fetch = fetch) -> int:
    """Look at every due feed; return at how many."""
    names = set(OutsideFeed.objects.values_list("name", flat=True))
    for name in FEEDS:
        if name not in names:
            OutsideFeed.objects.get_or_create(name=name, defaults={"next_poll_at": now})
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    looked = 0
    for feed in OutsideFeed.objects.filter(free, name__in=FEEDS, next_poll_at__lte=now):
        if _claim(feed, now):
            _look(feed, now, get)
            looked += 1
    return looked


def _claim(feed: OutsideFeed, now: datetime) -> bool:
    fence, lease_until = feed.fence + 1, now + timedelta(seconds=BMKG.lease_s)
    rows = OutsideFeed.objects.filter(pk=feed.pk, fence=feed.fence)
    feed.fence = fence
    return rows.update(fence=fence, lease_until=lease_until) == 1


def _look(feed: OutsideFeed, now: datetime, get: Fetch) -> None:
    """Fetch, read and note one feed; whatever happens ends in its row and in at most one line."""
    asked_s: float | None = None
    fetched: Fetched | None = None
    try:
        fetched = get(url_of(feed.name), etag=feed.etag, last_modified=feed.last_modified)
        problem = "" if fetched.body is None else _read(feed.name, fetched.body, now, get)
    except FetchFailed as error:
        fetched, problem, asked_s = None, str(error), error.retry_after_s
    except Unreadable as error:
        fetched, problem = None, str(error)
    except Exception as error:  # the database, or what nobody thought of: never the thread's end
        fetched, problem = None, f"unexpected {type(error).__name__}"
    if fetched is not None and fetched.body is None:
        problem = feed.problem  # what was wrong with the unchanged document is still wrong
    _tell(feed, problem)
    _settle(feed, now, fetched, problem=problem, asked_s=asked_s)


def _read(name: str, body: bytes, now: datetime, get: Fetch) -> str:
    """Note what a document says; return what was refused of it, "" for nothing."""
    if name == WEATHER_FEED:
        items, refused = read_index(body)
        refused += _read_warnings(items, now, get)
    else:
        quakes, refused = read_quakes(body)
        for quake in quakes:
            note_quake(quake, now=now)
    return f"{len(refused)} refused, the first: {refused[0]}" if refused else ""


def _read_warnings(items: list[IndexItem], now: datetime, get: Fetch) -> list[str]:
    """Fetch and note the warnings of the province that are new; return what was refused."""
    refused = []
    news = [
        item for item in items if PROVINCE in item.title.lower() and not cache.get(_seen_key(item))
    ]
    for item in news[: BMKG.details_max]:
        try:
            fetched = get(settings.GERAK_BMKG_WEATHER_URL + item.file)
            note_warning(read_warning(fetched.body or b""), now=now)
        except FetchFailed as error:
            refused.append(str(error))
            continue  # fetched again at the next look
        except Unreadable as error:
            refused.append(str(error))
        cache.set(_seen_key(item), 1, SEEN_S)
    return refused


def _seen_key(item: IndexItem) -> str:
    return f"bmkg-seen-{item.file}"


def url_of(name: str) -> str:
    """Return the address of a feed."""
    if name == WEATHER_FEED:
        return f"{settings.GERAK_BMKG_WEATHER_URL}rss.xml"
    return f"{settings.GERAK_BMKG_QUAKES_URL}{name}.json"


def _tell(feed: OutsideFeed, problem: str) -> None:
    if problem and problem != feed.problem:
        logger.warning("BMKG %s: %s", feed.name, problem)
    elif feed.problem and not problem:
        logger.info("BMKG %s answers again", feed.name)


def _settle(
    feed: OutsideFeed,
    now: datetime,
    fetched: Fetched | None,
    *,
    problem: str,
    asked_s: float | None,
) -> None:
    failures = 0 if fetched is not None else feed.failures + 1
    pause_s = min(BMKG.poll_s * 2 ** min(failures, 10), BMKG.back_off_max_s)
    pause_s *= 1 + BMKG.jitter * (2 * random.random() - 1)
    pause_s = max(pause_s, min(asked_s or 0.0, BMKG.back_off_max_s))
    fields: dict[str, object] = {
        "lease_until": None,
        "last_try_at": now,
        "next_poll_at": now + timedelta(seconds=pause_s),
        "failures": failures,
        "problem": problem[:200],
    }
    if fetched is not None:
        fields["last_good_at"] = now
        # A document of which something was refused is looked at again as a whole.
        fields["etag"] = "" if problem else fetched.etag
        fields["last_modified"] = "" if problem else fetched.last_modified
    OutsideFeed.objects.filter(pk=feed.pk, fence=feed.fence).update(**fields)
