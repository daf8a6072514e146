"""The only way from a person to somebody's rows: visible_to, one function a kind.

Crew see the assignments of their unit and those they were sent with; an agency's operator what
concerns the agency; the rest of the staff everything. Officials see notices, not incidents.
"""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from incidents.models import Assignment, Call, CrewAlert, Incident, Note, Photo
from responders.models import Unit, User
from responders.selectors import units_of


def is_operator(user: User) -> bool:
    """Say whether a staff user is bound to the agency in their account."""
    return user.bound_agency_id is not None


def assignments_visible_to(user: User, now: datetime | None = None) -> QuerySet[Assignment]:
    """Return the assignments a person may see."""
    rows = Assignment.objects.all()
    if user.role == User.Role.CREW:
        on_now = units_of(user, now or timezone.now())
        return rows.filter(Q(crew=user) | Q(unit__in=on_now)).distinct()
    if user.role != User.Role.STAFF or not user.is_active:
        return rows.none()
    agency_id = user.bound_agency_id
    return rows if agency_id is None else rows.filter(unit__agency_id=agency_id)


def notes_visible_to(user: User, now: datetime | None = None) -> QuerySet[Note]:
    """Return the notes of the assignments a person may see."""
    return Note.objects.filter(assignment__in=assignments_visible_to(user, now).values("pk"))


def notes_of(incident: Incident, user: User) -> QuerySet[Note]:
    """Return what a staff user may read of an incident: field notes, and the desk's own to the
    whole desk."""
    rows = notes_visible_to(user).filter(assignment__incident=incident)
    if user.role == User.Role.STAFF and user.is_active and not is_operator(user):
        rows = rows | Note.objects.filter(incident=incident)
    return rows


def photos_visible_to(user: User, now: datetime | None = None) -> QuerySet[Photo]:
    """Return the photos of the assignments a person may see."""
    return Photo.objects.filter(assignment__in=assignments_visible_to(user, now).values("pk"))


def alerts_visible_to(user: User, now: datetime | None = None) -> QuerySet[CrewAlert]:
    """Return the calls for help a person may see: a crew's own, an agency's, all."""
    rows = CrewAlert.objects.all()
    if user.role == User.Role.CREW:
        on_now = units_of(user, now or timezone.now()).values("pk")
        return rows.filter(Q(raised_by=user) | Q(unit__in=on_now))
    if user.role != User.Role.STAFF or not user.is_active:
        return rows.none()
    agency_id = user.bound_agency_id
    if agency_id is None:
        return rows
    return rows.filter(Q(unit__agency_id=agency_id) | Q(raised_by__agency_id=agency_id))


def incidents_visible_to(user: User) -> QuerySet[Incident]:
    """Return the incidents a staff user may see; an operator's are those routed to the agency."""
    rows = Incident.objects.all()
    if user.role != User.Role.STAFF or not user.is_active:
        return rows.none()
    agency_id = user.bound_agency_id
    if agency_id is None:
        return rows
    mine = Assignment.objects.filter(unit__agency_id=agency_id).values("incident_id")
    return rows.filter(pk__in=mine)


def calls_visible_to(user: User) -> QuerySet[Call]:
    """Return the calls a staff user may see; an operator sees those of visible incidents."""
    rows = Call.objects.all()
    if user.role != User.Role.STAFF or not user.is_active:
        return rows.none()
    if is_operator(user):
        return rows.filter(incident__in=incidents_visible_to(user))
    return rows


def units_visible_to(user: User) -> QuerySet[Unit]:
    """Return the units a staff user may see."""
    rows = Unit.objects.filter(active=True)
    if user.role != User.Role.STAFF or not user.is_active:
        return rows.none()
    agency_id = user.bound_agency_id
    return rows if agency_id is None else rows.filter(agency_id=agency_id)
