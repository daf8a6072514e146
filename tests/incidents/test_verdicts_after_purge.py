"""What a crew did is judged by its positions. Once these are erased, what was judged stands."""

from datetime import timedelta

import pytest

from incidents.models import IncidentEvent
from incidents.proofs.verify import verify_proof
from incidents.selectors.reports import month_of, report_on
from incidents.selectors.verdicts import verdict_as_known_at
from incidents.services.closure import close_incident
from incidents.services.dispatch import cancel_assignment
from incidents.services.evidence import review_due
from incidents.services.response import take_step
from notifications.services.purge import purge_data
from responders.models import CheckIn
from tests.factories import T0, minutes
from tests.incidents.proven import handed_out, look, moved_crew, stationary_crew

pytestmark = pytest.mark.django_db
START, END = month_of(T0.date())
LATER = T0 + timedelta(days=400)
CREWS = {"moved": moved_crew, "stationary": stationary_crew}


def told(assignment):
    """All that is ever said of one verdict: on the row, as known then, signed, and in the month."""
    assignment.refresh_from_db()
    then = verdict_as_known_at(assignment, T0 + minutes(30))
    proof, keys = handed_out(assignment)
    assert verify_proof(proof, keys) is None
    for row in proof["evidence"]:
        del row["rest"], row["salt"]  # what is erased; the rest is signed
    report = report_on(start=START, end=END)
    kept = [getattr(assignment, name) for name in ("verdict", "verdict_reason", "moved_at")]
    return kept, then.pk, assignment.verdicts.count(), proof, report.intervals["I6"]


def erased():
    purge_data(now=LATER)
    assert CheckIn.objects.exists()
    assert not CheckIn.objects.filter(lat__isnull=False).exists()


@pytest.mark.parametrize("verdict", CREWS)
def test_a_case_long_over_says_of_its_crew_what_it_always_said(verdict):
    assignment = CREWS[verdict]()
    take_step(assignment=assignment, step="completed", at=None, actor=None, now=T0 + minutes(40))
    close_incident(
        incident=assignment.incident, disposition="handled", actor=None, now=T0 + minutes(41)
    )
    look(T0 + minutes(42))
    before = told(assignment)
    assert before[0][0] == verdict

    erased()
    look(LATER + minutes(1))

    assert told(assignment) == before


@pytest.mark.parametrize("ending", ["completed", "cancelled"])
@pytest.mark.parametrize("verdict", CREWS)
def test_an_assignment_ended_after_the_purge_is_not_judged_from_what_is_left(verdict, ending):
    """Nobody ended it for a year; its end has it looked at again, and no position is left."""
    assignment = CREWS[verdict]()
    before = told(assignment)
    erased()

    now = LATER + minutes(1)
    if ending == "cancelled":
        cancel_assignment(assignment=assignment, reason="lupa", actor=None, now=now)
    else:
        take_step(assignment=assignment, step="completed", at=None, actor=None, now=now)
    assert review_due(now) == 1

    assert told(assignment) == before
    assert IncidentEvent.objects.filter(kind="movement.judged").count() == before[2]
    assert review_due(now + minutes(1)) == 0  # it is not looked at for ever
