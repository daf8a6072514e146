"""The doors for officials."""

from uuid import uuid4

import pytest

from incidents.selectors.reports import month_of, report_on
from notifications.models import Delivery, Notice, NoticeAnswer, Official
from notifications.services.answers import read_notice
from notifications.services.notices import notices_due
from tests.factories import (
    T0,
    make_area,
    make_device,
    make_incident,
    make_user,
    minutes,
    seconds,
)

pytestmark = pytest.mark.django_db

ANSWER = {"at": "2026-11-24T03:05:00Z", "condition": "light_damage", "text": "Atap rusak"}


def heads(area):
    person = make_user(role="official")
    Official.objects.create(user=person, area=area, starts_at=T0 - seconds(60))
    return person


@pytest.fixture
def korong():
    return make_area()


@pytest.fixture
def lurah(korong, phone_of):
    return phone_of(heads(korong))


@pytest.fixture
def notice(lurah, korong):
    """The notice as its lurah sees it."""
    make_incident(areas=[korong], address="Jl. Rahasia 1")
    notices_due(T0)
    (shown,) = lurah.get("/api/v1/notices").json()["results"]
    return shown


def test_the_lurah_sees_the_notice_without_caller_and_address(notice, korong):
    assert notice == {
        "id": notice["id"],
        "state": "issued",
        "incident_number": "SLK-20261124-0001",
        "type": "kebakaran_bangunan",
        "areas": [{"code": korong.code, "name": korong.name}],
        "basis": notice["basis"],
        "basis_text": "dipilih dispatcher: Kel. IX Korong.",
        "headline": "Kebakaran bangunan di Kel. IX Korong",
        "text": notice["text"],
        "issued_at": "2026-11-24T03:00:00.000Z",
        "updated_at": "2026-11-24T03:00:00.000Z",
        "read_at": None,
    }
    for secret in ("Rahasia", "Ani", "0812", "62812"):
        assert secret not in str(notice)


def test_an_official_elsewhere_finds_nothing(notice, phone_of):
    outsider = phone_of(heads(make_area("13.72.01.1005", "Aro")))
    url = f"/api/v1/notices/{notice['id']}"

    answers = [
        outsider.get(url).status_code,
        outsider.post(f"{url}/read", {"at": ANSWER["at"]}, format="json").status_code,
        outsider.post(f"{url}/answer", {"id": uuid4(), **ANSWER}, format="json").status_code,
    ]

    assert outsider.get("/api/v1/notices").json() == {"results": [], "next": None}
    assert answers == [404, 404, 404]
    assert NoticeAnswer.objects.count() == 0


def test_a_crew_member_is_the_wrong_role(notice, phone_of):
    crew = phone_of(make_user(role="crew"))

    for answer in (
        crew.get("/api/v1/notices"),
        crew.get(f"/api/v1/notices/{notice['id']}"),
        crew.post(f"/api/v1/notices/{notice['id']}/answer", {}, format="json"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong_role")


def test_reading_is_kept_with_the_first_time(notice, lurah):
    url = f"/api/v1/notices/{notice['id']}/read"

    first = lurah.post(url, {"at": ANSWER["at"]}, format="json")
    again = lurah.post(url, {"at": "2026-11-24T09:00:00Z"}, format="json")

    assert first.status_code == again.status_code == 200
    assert first.json()["read_at"] == again.json()["read_at"] is not None
    delivery = Delivery.objects.get(notice=notice["id"])
    assert delivery.seen_at is not None
    assert delivery.next_attempt_at is None


def test_an_answer_is_stored_once_under_its_id(notice, lurah):
    url, body = f"/api/v1/notices/{notice['id']}/answer", {"id": str(uuid4()), **ANSWER}

    first = lurah.post(url, body, format="json")
    repeat = lurah.post(url, body, format="json")
    other = lurah.post(url, {**body, "condition": "victims"}, format="json")

    assert (first.status_code, repeat.status_code) == (201, 200)
    assert first.json() == repeat.json()
    assert first.json()["condition"] == "light_damage"
    assert (other.status_code, other.json()["code"]) == (409, "id_reused")
    assert NoticeAnswer.objects.get().condition == "light_damage"
    assert Delivery.objects.get(notice=notice["id"]).answered_at is not None


def test_a_bad_answer_names_its_field(notice, lurah):
    url = f"/api/v1/notices/{notice['id']}/answer"

    answer = lurah.post(url, {"id": str(uuid4()), **ANSWER, "condition": "fine"}, format="json")

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["condition"]


def test_the_list_is_paged_by_cursor_and_filtered_by_state(notice, lurah, korong):
    for count in range(2):
        make_incident(areas=[korong], now=T0 + seconds(count + 1))
        notices_due(T0 + seconds(count + 1))

    first = lurah.get("/api/v1/notices", {"limit": 2, "state": "open"}).json()
    rest = lurah.get("/api/v1/notices", {"limit": 2, "cursor": first["next"]}).json()
    closed = lurah.get("/api/v1/notices", {"state": "closed"}).json()

    assert len(first["results"]) == 2
    assert ([row["id"] for row in rest["results"]], rest["next"]) == ([notice["id"]], None)
    assert closed == {"results": [], "next": None}
    assert lurah.get("/api/v1/notices", {"cursor": "?"}).status_code == 400


def test_reading_a_notice_ends_the_reports_clock_for_that_area(korong):
    device = make_device(heads(korong))
    make_incident(areas=[korong])
    notices_due(T0)
    notice = Notice.objects.get()
    for minute in (4, 6):
        now = T0 + minutes(minute)
        read_notice(notice=notice, person=device.user, device=device, at=now, now=now)

    start, end = month_of(T0.date())
    figures = report_on(start=start, end=end).intervals["I16"]

    assert (figures.total, figures.p50_s, figures.passed) == (1, 240.0, 1)
