"""What stands still turns the bar red, in words; what works again turns it off."""

import pytest

from incidents.models import Timer
from notifications.consumers.board_health import board_health
from notifications.engine_watch import engine_problems, oldest_waits
from notifications.models import AuditFinding, Delivery, EngineBeat, Ladder, Notice, Official
from notifications.services.auditor import audit
from notifications.services.beats import forget_beats, forget_the_gone, write_beat
from tests.factories import T0, make_area, make_assignment, make_unit, make_user, seconds

pytestmark = pytest.mark.django_db


def at(count):
    return T0 + seconds(count)


def beats(*kinds, moment=0, process="a", detail=""):
    for kind in kinds:
        write_beat(kind, process=process, now=at(moment), detail=detail)


def problems(moment):
    return [(one.code, one.level, one.message) for one in engine_problems(at(moment))]


def codes(moment):
    return [one.code for one in engine_problems(at(moment))]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("sweeper", "Mesin tenggat dan pengiriman (sweeper@b) diam sejak 13 detik."),
        ("sockets", "Server soket (sockets@b) diam sejak 13 detik."),
        ("layer", "Jalur antarproses (layer@b) diam sejak 13 detik."),
        ("worker", "Worker Celery (worker@b) diam sejak 13 detik."),
    ],
)
def test_one_engine_of_one_process_that_falls_silent_is_red_within_fifteen_seconds(kind, words):
    beats("sweeper", "sockets", "layer", "worker", moment=13)
    beats(kind, process="b")

    assert problems(13) == [(kind, "red", words)]

    beats(kind, process="b", moment=14)
    assert problems(15) == []


def test_a_sweeper_that_was_never_seen_is_red():
    assert problems(0) == [
        ("sweeper", "red", "Mesin tenggat dan pengiriman belum pernah terlihat.")
    ]


def test_an_orderly_end_turns_nothing_red_and_what_is_gone_for_an_hour_is_forgotten():
    beats("sweeper", moment=4_000)
    beats("sweeper", "sockets", process="b")
    beats("sweeper", process="c")

    forget_beats(process="b")
    forgotten = forget_the_gone(at(3_700))

    assert forgotten == 1
    assert list(EngineBeat.objects.values_list("name", flat=True)) == ["sweeper@a"]


def test_a_job_that_fails_is_named():
    beats("sweeper", detail="ladders, notices")

    assert problems(1) == [("job_fails", "red", "sweeper@a: pekerjaan gagal: ladders, notices.")]


@pytest.mark.parametrize("kind", ["deadlines", "deliveries", "ladders"])
def test_a_row_that_nobody_takes_is_late_and_named(kind):
    beats("sweeper", moment=40)
    make_assignment(unit=make_unit())
    fields = {
        "deadlines": (Timer, "due_at"),
        "deliveries": (Delivery, "next_attempt_at"),
        "ladders": (Ladder, "next_step_at"),
    }
    for name, (model, field) in fields.items():
        model.objects.all().update(**{field: at(20 if name == kind else 500)})

    (late,) = engine_problems(at(41))

    assert (late.code, late.level, late.subject, late.seconds) == ("late", "red", kind, 21)
    assert oldest_waits(at(41))[kind] == 21


def test_the_board_is_told_code_level_reason_and_age():
    beats("sweeper", process="b")

    health = board_health(at(9))

    assert health["problems"][0] == {
        "code": "sweeper",
        "level": "red",
        "message": "Mesin tenggat dan pengiriman (sweeper@b) diam sejak 9 detik.",
        "seconds": 9,
        "subject": "sweeper@b",
    }


def test_an_area_without_anybody_is_told_beforehand():
    beats("sweeper")
    Official.objects.create(
        user=make_user(role="official"), area=make_area(name="Laing"), starts_at=T0
    )

    assert problems(1) == [
        ("area_unreachable", "amber", "Tidak ada pejabat yang bisa dihubungi di: Laing.")
    ]


def findings():
    return list(AuditFinding.objects.order_by("pk").values_list("code", flat=True))


def test_the_auditor_finds_nothing_where_all_is_well():
    make_assignment(unit=make_unit())

    assert [audit(at(moment)) for moment in (1, 10, 100)] == [0, 0, 0]


def test_an_assignment_without_ladder_gets_one_and_the_desk_is_told():
    beats("sweeper", moment=30)
    assignment = make_assignment(unit=make_unit("Damkar 1"))
    Ladder.objects.all().delete()

    assert audit(at(30)) == 1

    ladder = Ladder.objects.get()
    assert (ladder.assignment, ladder.next_step_at) == (assignment, at(10))
    assert (
        "audit",
        "amber",
        "Penugasan Damkar 1 ditemukan tanpa tangga pengiriman dan diperbaiki.",
    ) in problems(31)
    assert "audit" not in codes(700)
    assert audit(at(36)) == 0


def test_an_assignment_without_deadline_gets_them_and_turns_red():
    make_assignment(unit=make_unit())
    Timer.objects.filter(kind="delivery").delete()

    audit(at(30))

    assert findings() == ["no_deadline"]
    assert Timer.objects.get(kind="delivery").due_at == at(20)


def test_a_ladder_held_far_too_long_is_freed():
    make_assignment(unit=make_unit())
    Ladder.objects.update(lease_until=at(5_000))

    audit(at(100))

    assert findings() == ["stuck"]
    assert Ladder.objects.get().lease_until is None


def test_what_is_reached_needs_no_ladder():
    assignment = make_assignment(unit=make_unit())
    Ladder.objects.all().delete()
    type(assignment).objects.update(delivered_at=at(3))

    assert audit(at(30)) == 0
    assert Notice.objects.count() == 0
