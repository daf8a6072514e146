"""Camat and lurah are told of what touches their areas, and of nothing else."""

import pytest

from incidents.models import IncidentEvent
from incidents.services.closure import cancel_incident, close_incident, reopen_incident
from incidents.services.intake import update_incident
from notifications.models import Delivery, Notice, NoticeCursor, Official
from notifications.services import notices as notices_module
from notifications.services.notices import notices_due
from tests.factories import T0, make_area, make_incident, make_type, make_user, seconds

pytestmark = pytest.mark.django_db


@pytest.fixture
def lubuk():
    return make_area("13.72.01", "Lubuk Sikarah", "kecamatan")


@pytest.fixture
def korong(lubuk):
    return make_area("13.72.01.1004", "IX Korong", parent=lubuk)


@pytest.fixture
def aro(lubuk):
    return make_area("13.72.01.1005", "Aro IV Korong", parent=lubuk)


def heads(area, **over):
    person = make_user(role="official")
    Official.objects.create(user=person, area=area, starts_at=T0 - seconds(60), **over)
    return person


def notices():
    rows = Notice.objects.order_by("office__code").prefetch_related("areas")
    return [
        (row.office.code, row.state, sorted(area.code for area in row.areas.all())) for row in rows
    ]


def told():
    """Who was told what, in order."""
    rows = Delivery.objects.filter(lane=2).order_by("event_id", "person_id")
    return [(row.event.kind, row.person.username) for row in rows.select_related("event", "person")]


def kinds():
    rows = IncidentEvent.objects.filter(kind__startswith="notice.").order_by("seq")
    return list(rows.values_list("kind", flat=True))


def test_an_incident_is_told_to_its_lurah_and_camat(lubuk, korong, aro):
    lurah, camat = heads(korong), heads(lubuk)
    heads(aro)
    make_incident(areas=[korong])

    changed = notices_due(T0 + seconds(1))

    assert changed == 2
    assert notices() == [
        (lubuk.code, "issued", [korong.code]),
        (korong.code, "issued", [korong.code]),
    ]
    assert sorted(told()) == sorted(
        [("notice.issued", lurah.username), ("notice.issued", camat.username)]
    )


def test_looking_again_changes_nothing(korong):
    make_incident(areas=[korong])
    notices_due(T0 + seconds(1))

    assert notices_due(T0 + seconds(2)) == 0
    assert kinds() == ["notice.issued", "notice.issued"]


def test_a_sensitive_type_and_one_without_notice_are_told_to_nobody(korong):
    make_incident(type=make_type("kdrt", notice="none", sensitive=True), areas=[korong])
    make_incident(type=make_type("kecelakaan", notice="none"), areas=[korong])

    assert notices_due(T0 + seconds(1)) == 0
    assert notices() == []


def test_a_type_for_all_areas_is_told_to_all(lubuk, korong, aro):
    make_incident(type=make_type("gempa_bumi", notice="all"), areas=[korong])

    notices_due(T0 + seconds(1))

    assert notices() == [
        (lubuk.code, "issued", [korong.code, aro.code]),
        (korong.code, "issued", [korong.code]),
        (aro.code, "issued", [aro.code]),
    ]


def test_moving_the_incident_updates_withdraws_and_issues(lubuk, korong, aro):
    incident = make_incident(areas=[korong])
    notices_due(T0 + seconds(1))

    update_incident(incident=incident, changes={}, areas=[aro], actor=None, now=T0 + seconds(35))
    notices_due(T0 + seconds(36))

    assert notices() == [
        (lubuk.code, "updated", [aro.code]),
        (korong.code, "withdrawn", [korong.code]),
        (aro.code, "issued", [aro.code]),
    ]


def test_becoming_sensitive_withdraws_what_was_told(korong):
    incident = make_incident(areas=[korong])
    notices_due(T0 + seconds(1))

    sensitive = make_type("kdrt", notice="none", sensitive=True)
    update_incident(
        incident=incident,
        changes={"type": sensitive},
        areas=None,
        actor=None,
        now=T0 + seconds(5),
    )
    notices_due(T0 + seconds(6))

    assert {state for _, state, _ in notices()} == {"withdrawn"}


@pytest.mark.parametrize(
    ("disposition", "state"), [("handled", "closed"), ("false_alarm", "withdrawn")]
)
def test_the_end_of_the_incident_ends_its_notices(korong, disposition, state):
    incident = make_incident(areas=[korong])
    notices_due(T0 + seconds(1))

    close_incident(incident=incident, disposition=disposition, actor=None, now=T0 + seconds(5))
    notices_due(T0 + seconds(6))

    assert {row[1] for row in notices()} == {state}
    assert kinds()[2:] == [f"notice.{state}"] * 2


def test_a_cancelled_incident_withdraws_its_notices(korong):
    incident = make_incident(areas=[korong])
    notices_due(T0 + seconds(1))

    cancel_incident(incident=incident, reason="ganda", actor=None, now=T0 + seconds(5))
    notices_due(T0 + seconds(6))

    assert {row[1] for row in notices()} == {"withdrawn"}


def test_a_reopened_incident_takes_its_notices_up_again(korong):
    incident = make_incident(areas=[korong])
    notices_due(T0 + seconds(1))
    close_incident(incident=incident, disposition="handled", actor=None, now=T0 + seconds(5))
    notices_due(T0 + seconds(6))

    reopen_incident(incident=incident, reason="menyala lagi", actor=None, now=T0 + seconds(8))
    notices_due(T0 + seconds(9))

    assert {row[1] for row in notices()} == {"updated"}


def test_who_no_longer_holds_the_office_is_not_told(korong):
    heads(korong, ends_at=T0)
    acting = heads(korong, role="acting")
    make_incident(areas=[korong])

    notices_due(T0 + seconds(1))

    assert told() == [("notice.issued", acting.username)]


def test_an_incident_without_an_area_is_told_once_it_has_one(korong):
    incident = make_incident(lat=None, lon=None, areas=[])
    assert notices_due(T0 + seconds(1)) == 0

    update_incident(incident=incident, changes={}, areas=[korong], actor=None, now=T0 + seconds(5))

    assert notices_due(T0 + seconds(6)) == 2


def test_an_incident_that_fails_stops_no_other_and_is_tried_again(korong, monkeypatch):
    broken = make_incident(areas=[korong])
    make_incident(areas=[korong])
    plan = notices_module.plan_notices

    def stumble(incident_id, now):
        if incident_id == broken.pk:
            raise RuntimeError("no")
        return plan(incident_id, now)

    monkeypatch.setattr(notices_module, "plan_notices", stumble)
    assert notices_due(T0 + seconds(1)) == 2
    assert NoticeCursor.objects.get().seq == 0
    monkeypatch.undo()

    assert notices_due(T0 + seconds(2)) == 2
    assert Notice.objects.count() == 4


def test_updates_that_chase_each_other_are_one_update_every_half_minute(lubuk, korong, aro):
    incident = make_incident(areas=[korong])
    notices_due(T0 + seconds(1))
    for moment, area in ((5, [aro]), (9, [korong]), (12, [aro, korong])):
        at = T0 + seconds(moment)
        update_incident(incident=incident, changes={}, areas=area, actor=None, now=at)
        notices_due(at)

    for moment in range(13, 80):
        notices_due(T0 + seconds(moment))

    updates = IncidentEvent.objects.filter(kind="notice.updated", data__office=lubuk.code)
    assert [event.recorded_at for event in updates] == [T0 + seconds(31)]
    assert notices()[0] == (lubuk.code, "updated", [korong.code, aro.code])
    assert not Notice.objects.filter(update_due_at__isnull=False).exists()


def test_a_change_that_is_taken_back_in_time_is_no_update(lubuk, korong, aro):
    incident = make_incident(areas=[korong])
    notices_due(T0 + seconds(1))
    for moment, area in ((5, [korong, aro]), (9, [korong])):
        at = T0 + seconds(moment)
        update_incident(incident=incident, changes={}, areas=area, actor=None, now=at)
        notices_due(at)

    for moment in range(10, 60):
        notices_due(T0 + seconds(moment))

    assert not IncidentEvent.objects.filter(kind="notice.updated").exists()
    assert not Notice.objects.filter(update_due_at__isnull=False).exists()
