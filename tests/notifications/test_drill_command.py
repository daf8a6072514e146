"""The command `drill` calls one through the service and prints what the ledger knows of it."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from notifications.models import Delivery, Drill
from tests.factories import make_agency, make_unit

pytestmark = pytest.mark.django_db


def printed(*asked):
    out = StringIO()
    call_command("drill", *asked, stdout=out)
    return [line.split() for line in out.getvalue().splitlines()]


def test_a_drill_is_called_and_its_table_printed():
    make_unit(crew=2)

    said, head, everybody, nobody_yet = printed("--wait", "0", "--title", "Latihan")

    drill = Drill.objects.get()
    assert said == ["Latihan:", str(drill.pk)]
    assert head[:6] == ["way", "planned", "sent", "received", "seen", "answered"]
    assert everybody[:6] == ["all", "2", "0", "0", "0", "0"]
    assert nobody_yet[0] == "none"


def test_an_earlier_drill_is_shown_with_its_times_and_none_is_called():
    make_unit(crew=2)
    printed("--wait", "0")
    drill = Drill.objects.get()
    one = Delivery.objects.filter(drill=drill).first()
    one.received_at = drill.called_at + timedelta(seconds=2)
    one.answered_at = drill.called_at + timedelta(seconds=7)
    one.save()

    _, everybody, *_ = printed("--show", "1")

    assert " ".join(everybody) == "all 2 0 1 0 1 2.0 s / 2.0 s 7.0 s / 7.0 s"
    assert Drill.objects.count() == 1


@pytest.mark.parametrize(
    "asked",
    [
        ("--show", "1"),
        ("--show", "0"),
        (),
        ("--scope", "agency"),
        ("--agency", "bpbd"),
        ("--agency", "x"),
    ],
)
def test_what_cannot_be_is_refused_in_words(asked):
    make_agency("bpbd")
    if "--agency" in asked:
        make_unit()

    with pytest.raises(CommandError):
        printed("--wait", "0", *asked)
    assert not Drill.objects.exists()
