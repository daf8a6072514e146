"""A wrong time is put right by a new fact; what was said before stays."""

from datetime import timedelta

import pytest

from incidents.errors import IllegalStep
from incidents.models import IncidentEvent, Milestone
from incidents.picture import differences
from incidents.selectors.pictures import stored_picture, told_picture
from incidents.selectors.reports import month_of, report_on
from incidents.services.corrections import correct_step
from incidents.services.response import take_step
from tests.factories import T0, make_assignment, make_staff, minutes

pytestmark = pytest.mark.django_db


@pytest.fixture
def arrived():
    assignment = make_assignment(now=T0)
    take_step(assignment=assignment, step="on_scene", at=None, actor=None, now=T0 + minutes(9))
    return assignment


NOW = T0 + minutes(30)


def correct(assignment, at, step="on_scene"):
    return correct_step(
        assignment=assignment, step=step, at=at, reason="salah tekan", actor=make_staff(), now=NOW
    )


def test_the_new_time_stands_and_the_old_one_stays(arrived):
    assignment = correct(arrived, T0 + minutes(7))

    assert assignment.on_scene_at == T0 + minutes(7)
    times = list(Milestone.objects.order_by("pk").values_list("happened_at", "note"))
    assert times == [(T0 + minutes(9), ""), (T0 + minutes(7), "salah tekan")]
    event = IncidentEvent.objects.get(kind="assignment.corrected")
    assert event.data["before"] == "2026-11-24T03:09:00.000Z"
    assert differences(told_picture(), stored_picture()) == []


def test_a_corrected_time_is_counted_and_in_no_percentile(arrived):
    correct(arrived, T0 + minutes(7))
    start, end = month_of(T0.date())
    figures = report_on(start=start, end=end).intervals["I8"]
    assert (figures.total, figures.inferred, figures.n) == (1, 1, 0)


@pytest.mark.parametrize(
    ("step", "at"),
    [
        ("on_scene", T0 - timedelta(seconds=1)),
        ("on_scene", T0 + minutes(31)),
        ("completed", T0 + minutes(7)),
        ("dispatched", T0 + minutes(1)),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(arrived, step, at):
    with pytest.raises(IllegalStep):
        correct(arrived, at, step=step)
    assert Milestone.objects.count() == 1


def test_the_same_time_again_is_no_correction(arrived):
    correct(arrived, T0 + minutes(9))
    assert not IncidentEvent.objects.filter(kind="assignment.corrected").exists()
