"""The watch of BMKG: polite, patient, disturbing nobody; and what the desk does with it."""

import gzip
import logging
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from config.engine import JOBS
from incidents.models import Call, Incident, IncidentEvent
from notifications.consumers.board_health import board_health
from notifications.errors import BulletinDecided, NoSuchType
from notifications.models import Bulletin, Notice, OutsideFeed
from notifications.policy import BMKG
from notifications.services import bmkg_fetch
from notifications.services.bmkg import FEEDS, look_due
from notifications.services.bmkg_fetch import Fetched, FetchFailed, fetch
from notifications.services.bulletins import confirm_quake, dismiss_bulletin
from tests.factories import make_area, make_staff, make_type, minutes, seconds
from tests.notifications.bmkg_samples import (
    BAD_INDEXES,
    BAD_QUAKES,
    BAD_WARNINGS,
    index,
    quake,
    quakes,
    warning,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 8, 10, 7, 20, tzinfo=UTC)  # five hours after the quake, within the warning
SOON = datetime(2026, 8, 10, 2, 13, 30, tzinfo=UTC)
LOGGER = "notifications.services.bmkg"


class Bmkg:
    """A BMKG of the test's making: address → document, or what is raised."""

    def __init__(self):
        self.answers = {}
        self.asked = []

    def get(self, url, *, etag="", last_modified=""):
        name = url.rpartition("/")[2]
        self.asked.append((name, etag))
        answer = self.answers.get(name, FetchFailed("answered 503"))
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Fetched) else Fetched(answer, '"tag"', "")


@pytest.fixture
def city():
    kota = make_area("13.72", "Kota Solok", "kota", centroid_lat=-0.782864, centroid_lon=100.629866)
    kecamatan = make_area("13.72.01", "Lubuk Sikarah", "kecamatan", kota)
    return [
        make_area(f"13.72.01.10{number:02}", f"Kelurahan {number}", parent=kecamatan)
        for number in range(1, 5)
    ]


@pytest.fixture
def bmkg(city):
    return Bmkg()


def _only(name, now):
    """Make one feed due and leave the others in peace."""
    for feed in FEEDS:
        OutsideFeed.objects.get_or_create(name=feed, defaults={"next_poll_at": now})
    OutsideFeed.objects.exclude(name=name).update(next_poll_at=now + timedelta(days=9))
    OutsideFeed.objects.filter(name=name).update(next_poll_at=now)


def _look(bmkg, name="autogempa", now=SOON):
    _only(name, now)
    assert look_due(now, get=bmkg.get) == 1
    return OutsideFeed.objects.get(name=name)


def test_a_strong_quake_becomes_a_draft_and_nothing_is_opened_or_sent(bmkg):
    bmkg.answers["autogempa.json"] = quakes(quake())

    feed = _look(bmkg)

    bulletin = Bulletin.objects.get()
    assert (bulletin.kind, bulletin.level, bulletin.state) == ("quake", "call", "new")
    assert bulletin.headline.startswith("Gempa M 5.2, 15 km dari Kota Solok: Pusat gempa")
    assert (feed.last_good_at, feed.failures, feed.problem) == (SOON, 0, "")
    assert not Incident.objects.exists()
    assert not Notice.objects.exists()
    assert not IncidentEvent.objects.exists()


def test_the_same_again_changes_nothing(bmkg):
    bmkg.answers["autogempa.json"] = quakes(quake())
    _look(bmkg)
    before = Bulletin.objects.values().get()

    _look(bmkg, now=SOON + minutes(1))

    assert Bulletin.objects.values().get() == before


def test_a_revision_is_the_same_quake_and_its_level_only_rises(bmkg):
    bmkg.answers["autogempa.json"] = quakes(quake(Dirasakan=None, Magnitude="4.9"))
    _look(bmkg)
    assert Bulletin.objects.get().level == "banner"
    revised = quake(DateTime="2026-08-10T02:12:44+00:00", Coordinates="-0.91,100.70")
    bmkg.answers["autogempa.json"] = quakes(revised)
    _look(bmkg, now=SOON + minutes(1))
    assert Bulletin.objects.get().level == "call"
    bmkg.answers["autogempa.json"] = quakes(quake(Dirasakan=None, Magnitude="3.0"))
    _look(bmkg, now=SOON + minutes(2))

    bulletin = Bulletin.objects.get()
    assert (bulletin.level, bulletin.data["magnitude"]) == ("call", 3.0)
    assert bulletin.data["felt_text"].startswith("IV Kota Solok")


def test_two_feeds_that_say_different_things_of_one_quake_do_not_take_turns(bmkg):
    bmkg.answers["autogempa.json"] = quakes(quake())
    bare = quake(Dirasakan=None, Potensi="Tidak berpotensi tsunami")
    bmkg.answers["gempaterkini.json"] = quakes(bare)
    _look(bmkg)
    _look(bmkg, "gempaterkini", SOON + minutes(1))
    settled = Bulletin.objects.values().get()
    _look(bmkg, now=SOON + minutes(2))
    _look(bmkg, "gempaterkini", SOON + minutes(3))

    assert Bulletin.objects.values().get() == settled
    assert settled["data"]["tsunami"] is False
    assert settled["data"]["felt_text"].startswith("IV Kota Solok")


def test_far_old_and_future_quakes_are_nothing_to_the_city(bmkg):
    bmkg.answers["gempaterkini.json"] = quakes(
        quake(Coordinates="3.10,127.05", Dirasakan=None),
        quake(DateTime="2026-08-01T02:12:41+00:00"),
        quake(DateTime="2027-08-10T02:12:41+00:00"),
    )

    _look(bmkg, "gempaterkini")

    assert not Bulletin.objects.exists()


def test_a_warning_over_the_city_becomes_a_line_and_is_fetched_once(bmkg, city):
    bmkg.answers["rss.xml"] = index("CSB20260810001")
    bmkg.answers["CSB20260810001_alert.xml"] = warning()
    _look(bmkg, "cuaca", AT)
    _look(bmkg, "cuaca", AT + minutes(1))

    bulletin = Bulletin.objects.get()
    assert (bulletin.kind, bulletin.level) == ("weather", "banner")
    assert set(bulletin.areas.all()) >= set(city)
    assert bulletin.expires_at == datetime(2026, 8, 10, 10, 15, tzinfo=UTC)
    assert [name for name, _tag in bmkg.asked].count("CSB20260810001_alert.xml") == 1


def test_warnings_of_other_provinces_are_not_fetched(bmkg):
    bmkg.answers["rss.xml"] = index("CBT20260216004", province="Banten")

    _look(bmkg, "cuaca", AT)

    assert [name for name, _tag in bmkg.asked] == ["rss.xml"]


def test_a_cancel_takes_the_line_off_the_desk(bmkg):
    bmkg.answers["rss.xml"] = index("CSB1_1")
    bmkg.answers["CSB1_1_alert.xml"] = warning()
    _look(bmkg, "cuaca", AT)
    reference = "cuaca@bmkg.go.id,2.49.0.1.360.0.2026.08.10.14.05.001,2026-08-10T14:05:00+07:00"
    bmkg.answers["rss.xml"] = index("CSB1_2")
    bmkg.answers["CSB1_2_alert.xml"] = warning(
        (">Alert<", ">Cancel<"),
        ("14.05.001<", "14.09.002<"),
        ("<scope>Public</scope>", f"<scope>Public</scope><references>{reference}</references>"),
    )
    _look(bmkg, "cuaca", AT + minutes(5))

    assert Bulletin.objects.get().expires_at == AT + minutes(5)


@pytest.mark.parametrize(("name", "document"), BAD_QUAKES, ids=[name for name, _ in BAD_QUAKES])
def test_a_spoiled_quake_feed_is_one_line_in_the_log_and_no_more(bmkg, caplog, name, document):
    bmkg.answers["autogempa.json"] = document
    with caplog.at_level(logging.INFO, LOGGER):
        _look(bmkg)
        feed = _look(bmkg, now=SOON + minutes(1))

    assert len(caplog.records) == 1
    assert "\n" not in caplog.records[0].getMessage()
    assert (feed.failures, feed.last_good_at) == (2, None)
    assert not Bulletin.objects.exists()


@pytest.mark.parametrize(("name", "document"), BAD_INDEXES, ids=[name for name, _ in BAD_INDEXES])
def test_a_spoiled_index_is_one_line_in_the_log(bmkg, caplog, name, document):
    bmkg.answers["rss.xml"] = document
    with caplog.at_level(logging.INFO, LOGGER):
        _look(bmkg, "cuaca", AT)

    assert len(caplog.records) == 1


@pytest.mark.parametrize(("name", "document"), BAD_WARNINGS, ids=[name for name, _ in BAD_WARNINGS])
def test_a_spoiled_warning_is_one_line_and_the_others_are_read(bmkg, caplog, name, document):
    bmkg.answers["rss.xml"] = index("CSB_bad", "CSB_good")
    bmkg.answers["CSB_bad_alert.xml"] = document
    bmkg.answers["CSB_good_alert.xml"] = warning()
    with caplog.at_level(logging.INFO, LOGGER):
        _look(bmkg, "cuaca", AT)

    assert len(caplog.records) == 1
    assert Bulletin.objects.count() == 1


def test_a_dead_feed_is_asked_less_and_less_and_says_when_it_lives(bmkg, caplog):
    waits, now = [], SOON
    with caplog.at_level(logging.INFO, LOGGER):
        for _ in range(8):
            feed = _look(bmkg, now=now)
            waits.append((feed.next_poll_at - now).total_seconds())
            now = feed.next_poll_at
        bmkg.answers["autogempa.json"] = quakes(quake())
        feed = _look(bmkg, now=now)

    assert waits[0] < waits[2] < waits[4]
    assert max(waits) <= BMKG.back_off_max_s * (1 + BMKG.jitter)
    assert [record.getMessage() for record in caplog.records] == [
        "BMKG autogempa: answered 503",
        "BMKG autogempa answers again",
    ]
    assert (feed.next_poll_at - now).total_seconds() <= BMKG.poll_s * (1 + BMKG.jitter)


def test_it_asks_politely_and_waits_as_long_as_it_is_told(bmkg):
    bmkg.answers["autogempa.json"] = quakes(quake())
    _look(bmkg)
    bmkg.answers["autogempa.json"] = Fetched(None, '"tag"')
    unchanged = _look(bmkg, now=SOON + minutes(1))
    bmkg.answers["autogempa.json"] = FetchFailed("answered 429", retry_after_s=600)
    told = _look(bmkg, now=SOON + minutes(2))

    assert [tag for _name, tag in bmkg.asked] == ["", '"tag"', '"tag"']
    assert unchanged.last_good_at == SOON + minutes(1)
    assert told.next_poll_at >= SOON + minutes(12)


def test_of_two_servers_one_looks(bmkg):
    bmkg.answers["autogempa.json"] = quakes(quake())
    _only("autogempa", SOON)
    inner = []

    def get(url, **tags):
        inner.append(look_due(SOON, get=bmkg.get))
        return bmkg.get(url, **tags)

    assert look_due(SOON, get=get) == 1
    assert inner == [0]


def test_a_fault_of_our_own_ends_in_the_row_and_not_in_the_thread(bmkg, caplog):
    bmkg.answers["autogempa.json"] = RuntimeError("nobody thought of this")
    with caplog.at_level(logging.INFO, LOGGER):
        feed = _look(bmkg)

    assert feed.problem == "unexpected RuntimeError"
    assert len(caplog.records) == 1


def test_the_watch_is_no_part_of_the_sweep_and_is_off_unless_asked_for(settings):
    assert not any("bmkg" in name for name in JOBS)
    assert settings.GERAK_BMKG is False


@pytest.fixture
def drafted(bmkg):
    """A strong quake at the desk, undecided."""
    bmkg.answers["autogempa.json"] = quakes(quake())
    _look(bmkg)
    return Bulletin.objects.get()


def _quake_type(**over):
    words = {"label": "Gempa bumi", "label_en": "Earthquake", "category": "bencana_alam"}
    return make_type("gempa_bumi", **(words | {"notice": "all"} | over))


def test_one_button_opens_the_incident_and_asks_every_lurah_and_camat(drafted, city):
    _quake_type()
    incident = confirm_quake(
        bulletin=drafted, call_everybody=True, actor=make_staff(), now=SOON + minutes(2)
    )

    assert incident.summary.startswith("BMKG: Gempa M 5.2")
    assert Notice.objects.filter(incident=incident).count() == len(city) + 1
    assert not Call.objects.exists()
    kinds = list(IncidentEvent.objects.order_by("seq").values_list("kind", flat=True))
    assert kinds[:2] == ["incident.opened", "bulletin.confirmed"]
    drafted.refresh_from_db()
    assert (drafted.state, drafted.incident) == ("confirmed", incident)


def test_the_call_reaches_everybody_also_where_the_matrix_tells_only_touched_areas(drafted, city):
    _quake_type(notice="area")
    incident = confirm_quake(bulletin=drafted, call_everybody=True, actor=make_staff(), now=SOON)

    assert Notice.objects.filter(incident=incident).count() == len(city) + 1


def test_a_bulletin_is_decided_once(drafted):
    _quake_type()
    dismiss_bulletin(bulletin=drafted, actor=make_staff(), now=SOON)

    with pytest.raises(BulletinDecided):
        confirm_quake(bulletin=drafted, call_everybody=False, actor=make_staff(), now=SOON)
    with pytest.raises(BulletinDecided):
        dismiss_bulletin(bulletin=drafted, actor=make_staff(), now=SOON)
    assert not Incident.objects.exists()


def test_without_an_earthquake_in_the_matrix_nothing_is_opened(drafted):
    with pytest.raises(NoSuchType):
        confirm_quake(bulletin=drafted, call_everybody=False, actor=make_staff(), now=SOON)
    _quake_type(notice="none")
    with pytest.raises(NoSuchType):
        confirm_quake(bulletin=drafted, call_everybody=True, actor=make_staff(), now=SOON)

    assert not Incident.objects.exists()


def test_the_board_shows_it_until_somebody_decides(drafted, settings):
    settings.GERAK_BMKG = True
    health = board_health(SOON + minutes(1))

    [banner] = health["banners"]
    assert (banner["id"], banner["kind"], banner["level"]) == (drafted.pk, "quake", "call")
    assert banner["url"] == f"/admin/notifications/bulletin/{drafted.pk}/change/"
    assert health["bmkg"] == {"on": True, "age_s": None, "stale": True}  # three never answered
    OutsideFeed.objects.update(last_good_at=SOON)
    assert board_health(SOON + seconds(60))["bmkg"] == {"on": True, "age_s": 60, "stale": False}
    dismiss_bulletin(bulletin=drafted, actor=make_staff(), now=SOON)
    assert board_health(SOON + minutes(1))["banners"] == []


LIST = "/admin/notifications/bulletin/"


def test_at_the_desk_a_dispatcher_presses_and_bmkg_is_credited(client, drafted, settings):
    settings.GERAK_BMKG = True
    _quake_type()
    client.force_login(make_staff())
    page = client.get(f"{LIST}{drafted.pk}/change/").content.decode()
    listed = client.get(LIST).content.decode()

    client.post(f"{LIST}{drafted.pk}/do/call/")

    assert "minta semua lurah dan camat melapor" in page
    assert "Sumber: BMKG" in page
    assert "Sumber: BMKG" in listed
    assert "belum pernah menjawab" in listed
    assert Incident.objects.get().type.key == "gempa_bumi"


def test_a_call_taker_may_look_and_not_decide(client, drafted):
    _quake_type()
    client.force_login(make_staff(is_superuser=False))

    assert client.post(f"{LIST}{drafted.pk}/do/call/").status_code in (403, 404)
    assert not Incident.objects.exists()


class _Server(BaseHTTPRequestHandler):
    def do_GET(self):  # noqa: N802
        served = self.server
        served.seen.append(dict(self.headers))
        if self.headers.get("If-None-Match") == '"a"':
            self.send_response(304)
            self.end_headers()
            return
        status, headers, body = served.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


@pytest.fixture
def served():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    server.seen, server.answer = [], (200, {"ETag": '"a"'}, b"{}")
    server.handle_error = lambda *_args: None
    server.url = f"http://127.0.0.1:{server.server_port}/autogempa.json"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_document_is_fetched_with_its_tag_and_asked_for_with_it(served):
    first = fetch(served.url)
    again = fetch(served.url, etag=first.etag)

    assert (first.body, first.etag) == (b"{}", '"a"')
    assert again.body is None
    assert "BMKG" in served.seen[0]["User-Agent"]


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        ((503, {"Retry-After": "30"}, b""), "answered 503"),
        ((302, {"Location": "http://127.0.0.1:1/"}, b""), "answered 302"),
        ((404, {}, b"<html>"), "answered 404"),
        ((200, {}, b"x" * (BMKG.document_max_bytes + 1)), "the document is too large"),
    ],
)
def test_every_other_answer_is_a_failure_with_its_reason(served, answer, detail):
    served.answer = answer
    with pytest.raises(FetchFailed, match=detail) as failed:
        fetch(served.url)
    assert failed.value.retry_after_s == (30.0 if answer[0] == 503 else None)


def test_a_packed_document_is_not_unpacked(served):
    served.answer = (200, {"Content-Encoding": "gzip"}, gzip.compress(b"0" * 10_000_000))

    assert len(fetch(served.url).body) < 20_000


def test_nobody_listening_is_a_failure(served):
    served.shutdown()
    served.server_close()
    with pytest.raises(FetchFailed, match="no answer"):
        fetch(served.url)
    with pytest.raises(FetchFailed, match="no answer"):
        bmkg_fetch.fetch("http://[bad/")
