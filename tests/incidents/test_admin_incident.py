"""The incident's page: what it offers, what its form accepts, what a missing point becomes."""

import pytest
from django.urls import reverse

from incidents.admin.incident_forms import IncidentForm, OpenIncidentForm
from incidents.journal import record
from incidents.models import Routing
from incidents.selectors.recommendation import recommend_units
from tests.factories import (
    T0,
    crew_of,
    make_area,
    make_assignment,
    make_device,
    make_incident,
    make_staff,
    make_type,
    make_unit,
    minutes,
)


@pytest.fixture
def desk(client, db):
    client.force_login(make_staff("admin"))
    return client


def page_of(incident):
    return reverse("admin:incidents_incident_change", args=[incident.pk])


def filled(**over):
    return {"type": make_type().pk, "summary": "Asap", **over}


def test_a_form_has_one_button_named_after_what_it_does(desk):
    add = desk.get(reverse("admin:incidents_incident_add")).content.decode()
    change = desk.get(page_of(make_incident())).content.decode()

    assert 'data-key="Alt+Enter">Buka kejadian' in add
    for key in ("Alt+J", "Alt+L", "Alt+U"):
        assert f'data-key="{key}"' in add
    assert 'data-key="Alt+Enter">Simpan' in change
    for page in (add, change):
        assert "_addanother" not in page
        assert "_continue" not in page


def test_closing_is_offered_only_when_no_unit_is_out(desk):
    quiet = desk.get(page_of(make_incident())).content.decode()
    running = desk.get(page_of(make_assignment().incident)).content.decode()

    assert "/do/close/" in quiet
    assert "/do/close/" not in running
    assert "setelah semua penugasan selesai atau dibatalkan" in running
    assert "setelah semua penugasan selesai atau dibatalkan" not in quiet


@pytest.mark.parametrize(
    ("lat", "lon", "point"),
    [
        ("-0.79", "100.65", (-0.79, 100.65)),
        ("-0,79", "100,65", (-0.79, 100.65)),
        ("-0.79, 100.65", "", (-0.79, 100.65)),
        ("-0.79,100.65", "", (-0.79, 100.65)),
        ("", "-0,79; 100,65", (-0.79, 100.65)),
        ("\N{MINUS SIGN}0,79 100,65", "99.9", (-0.79, 100.65)),
        ("", "", (None, None)),
    ],
)
def test_a_point_is_read_as_people_write_it(db, lat, lon, point):
    form = OpenIncidentForm(filled(lat=lat, lon=lon))

    assert form.is_valid(), form.errors
    assert (form.cleaned_data["lat"], form.cleaned_data["lon"]) == point


@pytest.mark.parametrize(
    ("lat", "lon", "errors"),
    [
        ("utara", "100", {"lat": ["Tulis angka derajat, misalnya -0,78930."]}),
        ("1 2 3", "", {"lat": ["Tulis angka derajat, misalnya -0,78930."]}),
        ("-0.79", "", {"__all__": ["Isi lintang dan bujur, atau kosongkan keduanya."]}),
        (
            "100.65",
            "-0.79",
            {"lat": ["Lintang harus antara -90 dan 90. Mungkin tertukar dengan bujur."]},
        ),
        ("-0.79", "1006", {"lon": ["Bujur harus antara -180 dan 180."]}),
    ],
)
def test_a_wrong_point_is_refused_in_plain_words(db, lat, lon, errors):
    assert OpenIncidentForm(filled(lat=lat, lon=lon)).errors == errors


def test_a_priority_is_one_of_four(db):
    choices = [label for _value, label in IncidentForm().fields["priority"].choices]

    assert choices == ["P1", "P2", "P3", "P4"]
    assert OpenIncidentForm(filled(priority="2")).fields["priority"].clean("2") == 2
    assert "priority" in OpenIncidentForm(filled(priority="5")).errors
    assert "priority" in IncidentForm(filled(priority="")).errors


def ready_unit():
    unit = make_unit(home_lat=-0.79, home_lon=100.65)
    make_device(crew_of(unit)[0], online_until=T0 + minutes(9))
    Routing.objects.create(type=make_type(), agency=unit.agency, role="lead")
    return unit


def test_without_a_point_distances_are_from_the_first_village(desk):
    ready_unit()
    district = make_area("13.72.01", "Lembah Segar", "kecamatan", centroid_lat=5.0)
    incident = make_incident(lat=None, lon=None, areas=[district, make_area()])

    proposal = recommend_units(incident, T0)

    best = proposal.candidates[0]
    assert proposal.shortfalls == []
    assert best.distance_m == pytest.approx(1119, abs=5)
    assert "nearest" in best.codes
    assert "titik tengah wilayah" in desk.get(page_of(incident)).content.decode()


def test_without_any_place_nothing_is_called_nearest(db):
    ready_unit()
    incident = make_incident(lat=None, lon=None)

    proposal = recommend_units(incident, T0)

    best = proposal.candidates[0]
    assert [reason.code for reason in proposal.shortfalls] == ["no_place"]
    assert (best.chosen, best.distance_m, "nearest" in best.codes) == (True, None, False)


def test_the_timeline_names_the_office_that_was_told(desk):
    incident = make_incident(areas=[make_area()])
    told = {"office": "13.72.01.1004", "notice_id": str(incident.pk)}
    record("notice.issued", now=T0, incident=incident, actor=None, data=told)

    page = desk.get(page_of(incident)).content.decode()

    assert '<span class="g-detail">IX Korong</span>' in page
