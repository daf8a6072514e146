"""A name, a number and a home, planted through every door of one story; where to look for them."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.db import connection
from django.utils import timezone
from PIL import Image

from incidents.models import Call
from incidents.models.field import photo_storage
from incidents.services.agency_requests import answer_request, ask_agency
from incidents.services.alerts import raise_alert
from incidents.services.calls import Ring, classify_call, note_ring
from incidents.services.closure import close_incident, hold_incident, resume_incident
from incidents.services.dispatch import cancel_assignment
from incidents.services.field import add_desk_note
from incidents.services.handovers import sign_handover, take_over, write_handover
from incidents.services.intake import update_incident
from incidents.services.proofs import issue_proof
from incidents.services.response import take_step
from notifications.models import Notice, Official
from notifications.services.answers import answer_notice
from notifications.services.notices import notices_due
from notifications.services.privacy import approve, ask, carry_out, refuse
from notifications.services.subscriptions import subscribe
from notifications.webhook_rules import WIRE_KINDS
from responders.wire_time import to_wire
from tests.factories import (
    T0,
    crew_of,
    make_agency,
    make_area,
    make_assignment,
    make_device,
    make_staff,
    make_unit,
    make_user,
    minutes,
)
from tests.incidents.proven import moved_crew
from tests.incidents.test_field_notes import picture, post_photo

NAME, NUMBER = "Zulfahmirwan", "081377665544"
E164 = "+6281377665544"
HOME = -0.7712345
WORDS = f"{NAME} {NUMBER}"
PLANTED = (NAME, "81377665544", "0.7712345")


def holding(texts):
    """Return what of some texts holds something planted."""
    return [text[:200] for text in texts if any(one in text for one in PLANTED)]


def stored():
    """Yield every row of every table as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            for row in cursor.fetchall():
                yield f"{table}: " + " ".join(
                    bytes(cell).decode("utf-8", "replace")
                    if isinstance(cell, bytes | memoryview)
                    else str(cell)
                    for cell in row
                )


def photos_kept():
    return {path for path in Path(photo_storage().location).rglob("*") if path.is_file()}


def exif():
    data = Image.Exif()
    data[0x010E] = WORDS
    return data


def plant(phone):
    """Put name, number and home into every door of one story; return the proven assignment."""
    desk, other = make_staff("desk-1"), make_staff("desk-2")
    subscribe(agency=make_agency(), name="x", url="https://opd.example/", kinds=list(WIRE_KINDS),
              with_caller=True, actor=desk, now=T0)  # fmt: skip
    assignment = moved_crew()
    crew = crew_of(assignment.unit)[0]
    incident = assignment.incident
    Call.objects.filter(incident=incident).update(
        caller_name=NAME, caller_number=E164, caller_raw=NUMBER, note=WORDS
    )
    changes = {"summary": WORDS, "address": f"Jl. {WORDS}", "landmark": NAME}
    changes |= {"lat": HOME, "lon": 100.65}
    korong = make_area()
    update_incident(incident=incident, changes=changes, areas=[korong], actor=desk, now=T0)
    for number, kind in enumerate(("prank", "information")):
        ring = Ring(f"pbx-{number}", "answered", T0, NUMBER, "1", "")
        classify_call(
            call=note_ring(ring=ring, now=T0), call_class=kind, actor=desk, now=T0, note=WORDS
        )
    lurah = make_user(role="official")
    Official.objects.create(user=lurah, area=korong, starts_at=T0 - timedelta(days=1), phone=NUMBER)
    notices_due(T0 + minutes(2))
    answer_notice(
        notice=Notice.objects.first(),
        person=lurah,
        device=make_device(lurah),
        answer_id=uuid4(),
        condition="victims",
        text=WORDS,
        needs=WORDS,
        at=T0,
        now=T0,
    )
    Official.objects.update(ends_at=T0 + minutes(30))
    make_device(crew, name=f"HP {NAME}", revoked_at=T0 + minutes(30))
    client = phone(make_device(crew))
    path = f"/api/v1/assignments/{assignment.pk}/notes"
    note = {"id": str(uuid4()), "at": to_wire(timezone.now()), "text": WORDS}
    assert client.post(path, note, format="json").status_code == 201
    assert (
        post_photo(client, assignment, picture(exif=exif()), name=f"{NAME}.jpg").status_code == 201
    )
    add_desk_note(incident=incident, text=WORDS, actor=desk, now=T0)
    raise_alert(
        alert_id=uuid4(), kind="backup", at=T0, actor=crew, now=T0, text=WORDS, lat=HOME, lon=100.65
    )
    second, third = (make_assignment(unit=make_unit(), incident=incident) for _ in range(2))
    take_step(assignment=second, step="declined", at=T0, actor=None, now=T0, reason=WORDS)
    cancel_assignment(assignment=third, reason=WORDS, actor=desk, now=T0)
    polres = make_agency("polres", kind="external", short_name="Polres")
    asked = ask_agency(
        incident=incident, agency=polres, how="phone", note=WORDS, actor=desk, now=T0
    )
    answer_request(request=asked, state="accepted", answer=WORDS, actor=desk, now=T0)
    handover = write_handover(text=WORDS, actor=desk, now=T0)
    sign_handover(handover=handover, actor=desk, now=T0)
    take_over(handover=handover, remark=WORDS, actor=other, now=T0)
    issue_proof(assignment=assignment, now=T0 + minutes(20))
    take_step(
        assignment=assignment, step="completed", at=T0, actor=crew, now=T0 + minutes(21), note=WORDS
    )
    hold_incident(incident=incident, reason=WORDS, actor=desk, now=T0)
    resume_incident(incident=incident, actor=desk, now=T0)
    request = ask(kind="correct", number=NUMBER, new_name=NAME, reason=WORDS, actor=desk, now=T0)
    carry_out(request=request, actor=desk, now=T0)
    request = ask(kind="restrict", number=NUMBER, reason=WORDS, actor=desk, now=T0)
    carry_out(request=request, actor=desk, now=T0)
    request = ask(kind="export", number=NUMBER, reason=WORDS, actor=desk, now=T0)
    approve(request=request, actor=other, now=T0)
    refuse(request=request, refusal=WORDS, actor=desk, now=T0)
    close_incident(
        incident=incident, disposition="handled", actor=desk, now=T0 + minutes(40), note=WORDS
    )
    return assignment
