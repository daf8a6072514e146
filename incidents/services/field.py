"""Take in notes and photos: of a crew, also long after they were made, and of the desk."""

from datetime import datetime
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction

from incidents.claims import happened_at, storable
from incidents.journal import record
from incidents.models import Assignment, Incident, Note, Photo
from incidents.models.field import photo_storage
from incidents.photos import Drawn
from responders.models import User


@transaction.atomic
def add_note(
    *, note_id: UUID, assignment: Assignment, text: str, at: datetime, actor: User, now: datetime
) -> Note:
    """Keep a crew member's words, of an open or an ended assignment. Records note.added."""
    note = Note.objects.create(
        id=note_id,
        assignment=assignment,
        author=actor,
        text=text,
        claimed_at=storable(at),
        received_at=now,
    )
    happened, _doubtful = happened_at(claimed=at, not_before=assignment.dispatched_at, now=now)
    record(
        "note.added",
        now=now,
        incident=assignment.incident,
        assignment=assignment,
        actor=actor,
        happened_at=happened,
        data={"note": str(note.pk)},
    )
    return note


@transaction.atomic
def add_desk_note(*, incident: Incident, text: str, actor: User, now: datetime) -> Note:
    """Keep what the desk knows of an incident, in whatever state it is. Records note.added."""
    note = Note.objects.create(
        incident=incident, author=actor, text=text, claimed_at=now, received_at=now
    )
    record("note.added", now=now, incident=incident, actor=actor, data={"note": str(note.pk)})
    return note


@transaction.atomic
def add_photo(
    *,
    photo_id: UUID,
    assignment: Assignment,
    name: str,
    drawn: Drawn,
    digest: str,
    lat: float | None,
    lon: float | None,
    at: datetime,
    actor: User,
    now: datetime,
) -> Photo:
    """Keep a photo whose file `name` is in the storage already. Records photo.added."""
    photo = Photo.objects.create(
        id=photo_id,
        assignment=assignment,
        author=actor,
        claimed_at=storable(at),
        received_at=now,
        lat=lat,
        lon=lon,
        file=name,
        width=drawn.width,
        height=drawn.height,
        digest=digest,
    )
    happened, _doubtful = happened_at(claimed=at, not_before=assignment.dispatched_at, now=now)
    record(
        "photo.added",
        now=now,
        incident=assignment.incident,
        assignment=assignment,
        actor=actor,
        happened_at=happened,
        data={"photo": str(photo.pk)},
    )
    return photo


def store_file(drawn: Drawn, *, key: UUID, now: datetime) -> str:
    """Write a drawn photo to the storage; return its name there.

    Before the row and outside any transaction: a disk is slow, and a file without a row is
    nothing, while a row without its file would be a lie.
    """
    return photo_storage().save(f"{now:%Y/%m/%d}/{key}.jpg", ContentFile(drawn.jpeg))


def drop_file(name: str) -> None:
    """Take back a file whose row was not written."""
    photo_storage().delete(name)
