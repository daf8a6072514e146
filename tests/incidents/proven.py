"""An assignment whose crew drove off, as judged by the engine from uploads."""

import json

from incidents.proofs.signing import published_keys
from incidents.selectors.proofs import bytes_of
from incidents.services.evidence import review_due
from incidents.services.proofs import issue_proof
from incidents.services.timers import fire_due
from tests.drama import Gps
from tests.factories import (
    T0,
    crew_of,
    make_assignment,
    make_device,
    make_incident,
    make_unit,
    minutes,
    seconds,
)

ISSUED = T0 + minutes(20)


def sent_crew():
    """A unit that stood for five minutes and was sent at T0; and the GPS of its phone."""
    unit = make_unit()
    gps = Gps(make_device(crew_of(unit)[0]))
    gps.sends(gps.stands(T0 - minutes(5), 300, every=30))
    two_km_north = {"lat": gps.lat + 0.018, "lon": gps.lon}
    return make_assignment(unit=unit, incident=make_incident(**two_km_north)), gps


def look(moment):
    """Let the engine look: deadlines first, then judging."""
    fire_due(moment)
    review_due(moment)


def moved_crew():
    """The same, driving off after a minute."""
    assignment, gps = sent_crew()
    gps.sends(gps.stands(T0 + seconds(5), 60))
    gps.sends(gps.drives(T0 + seconds(65), 120))
    look(T0 + minutes(5))
    assignment.refresh_from_db()
    assert assignment.verdict == "moved"
    return assignment


def stationary_crew():
    """The same, standing for eleven minutes."""
    assignment, gps = sent_crew()
    gps.sends(gps.stands(T0 + seconds(5), 660))
    look(T0 + minutes(15))
    assignment.refresh_from_db()
    assert assignment.verdict == "stationary"
    return assignment


def handed_out(assignment, now=ISSUED):
    """The proof as somebody reads it from the wire, and the keys."""
    text = bytes_of(issue_proof(assignment=assignment, now=now))
    return json.loads(text), json.loads(json.dumps(published_keys()))
