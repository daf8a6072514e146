"""Who an alarm would reach, as the desk sees it before there is one."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.selectors.board import board_snapshot
from responders.models import ReadinessReport, User
from responders.services.status import note_status
from tests.factories import crew_of, make_agency, make_device, make_staff, make_unit

pytestmark = pytest.mark.django_db


def live_phone(unit):
    soon = timezone.now() + timedelta(seconds=40)
    return make_device(crew_of(unit)[0], online_until=soon, last_seen_at=timezone.now())


def reported(device, **over):
    now = timezone.now()
    fields = {
        "client_id": uuid4(),
        "claimed_at": now,
        "received_at": now,
        "app_version": "1.0",
        "platform": "Android 14",
        "socket": True,
        "push": "unavailable",
        "location_permission": "granted",
        "fix_recorded_at": now,
    } | over
    return ReadinessReport.objects.create(device=device, **fields)


def on_board():
    return {row["call_sign"]: row for row in board_snapshot(None, timezone.now())["units"]}


def test_the_board_tells_ready_from_doubtful_from_unreachable():
    reported(live_phone(make_unit("Siap")))
    reported(live_phone(make_unit("Ragu")), location_permission="denied")
    live_phone(make_unit("Diam"))
    make_device(crew_of(make_unit("Jauh"))[0])
    make_unit("Kosong", crew=0)
    make_unit("Libur", duty_status="off_duty")

    rows = on_board()

    assert {name: (row["readiness"], row["readiness_reasons"]) for name, row in rows.items()} == {
        "Siap": ("ready", []),
        "Ragu": ("warning", ["location_permission"]),
        "Diam": ("warning", ["no_report"]),
        "Jauh": ("unreachable", ["unreachable"]),
        "Kosong": ("unreachable", ["no_crew"]),
        "Libur": (None, []),
    }


def test_an_account_that_was_closed_mans_no_unit():
    phone = live_phone(make_unit("Siap"))
    reported(phone)
    User.objects.filter(pk=phone.user_id).update(is_active=False)

    assert on_board()["Siap"]["readiness_reasons"] == ["no_crew"]


def test_only_the_newest_report_counts():
    device = live_phone(make_unit("Siap"))
    reported(device, location_permission="denied", received_at=timezone.now() - timedelta(hours=1))
    reported(device)

    assert on_board()["Siap"]["readiness"] == "ready"


def test_the_board_and_other_systems_hear_what_a_phone_could_not_send(desk):
    device = live_phone(make_unit("Damkar 1"))
    note_status(
        device_id=device.pk, unsent=12, oldest_at=None, battery_pct=33.0, now=timezone.now()
    )

    row = on_board()["Damkar 1"]
    (unit,) = desk.get("/api/v1/desk/units").json()["results"]

    assert (row["unsent"], row["battery_pct"]) == (12, 33.0)
    assert (unit["unsent"], unit["battery_pct"]) == (12, 33.0)
    assert unit["readiness"]["reasons"] == [
        {"code": "no_report", "message": "ponsel belum pernah melapor siap"}
    ]


def test_it_costs_the_same_for_one_unit_and_for_many():
    def cost():
        with CaptureQueriesContext(connection) as asked:
            board_snapshot(None, timezone.now())
        return len(asked)

    reported(live_phone(make_unit()))
    one = cost()
    for _ in range(3):
        reported(live_phone(make_unit()))

    assert cost() == one


def test_the_page_puts_first_who_cannot_be_reached(client):
    reported(live_phone(make_unit("Siap")))
    make_unit("Kosong", crew=0)
    client.force_login(make_staff())

    page = client.get("/admin/kesiapan/").content.decode()

    assert page.index("<strong>Kosong") < page.index("<strong>Siap")
    assert "1 dari 2 regu" in page
    assert "tidak ada petugas yang piket" in page


def test_an_operator_sees_the_own_agency_and_a_stranger_nothing(client):
    mine = make_unit("Milik sendiri", agency=make_agency("damkar"))
    make_unit("Milik lain", agency=make_agency("bpbd"))
    assert client.get("/admin/kesiapan/").status_code == 302
    client.force_login(make_staff(is_superuser=False))
    assert client.get("/admin/kesiapan/").status_code == 403
    from_agency = make_staff(is_superuser=False, agency=mine.agency)
    from_agency.user_permissions.add(Permission.objects.get(codename="view_unit"))
    client.force_login(from_agency)

    page = client.get("/admin/kesiapan/").content.decode()

    assert "Milik sendiri" in page
    assert "Milik lain" not in page


def test_a_phones_page_shows_its_report(client):
    device = live_phone(make_unit())
    reported(device, battery_saver=True, model="Redmi 12")
    client.force_login(make_staff())

    phone_page = client.get(f"/admin/responders/device/{device.pk}/change/").content.decode()
    unit = crew_of_unit(device)
    unit_page = client.get(f"/admin/responders/unit/{unit.pk}/change/").content.decode()

    assert "Penghemat baterai menyala" in phone_page
    assert "izinkan Mulai otomatis" in phone_page
    assert str(device) in unit_page


def crew_of_unit(device):
    return device.user.shifts.get().unit
