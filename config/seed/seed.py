"""Fill a database with Kota Solok: what is missing is added, what is there is left alone.

A database of an earlier version gets what that version did not know: rights of the seeded groups,
and what a unit must be able to do where its routing asks for nothing. Nothing is ever taken away.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.text import slugify

from config.seed.agencies import AGENCIES
from config.seed.areas import AREAS
from config.seed.groups import GROUPS
from config.seed.landmarks import LANDMARKS
from config.seed.needs import NEEDS
from config.seed.types import TYPES
from config.seed.units import UNITS, UnitRow
from incidents.models import Area, IncidentType, Landmark, Routing
from notifications.models import Official
from notifications.services.plans import seed_plans
from responders.models import Agency, CrewShift, Unit, User

STAFF = (
    ("admin", "Administrator", "administrator"),
    ("supervisor", "Supervisor", "supervisor"),
    ("dispatcher", "Dispatcher", "dispatcher"),
    ("calltaker", "Call taker", "call taker"),
)
OFFICES = {Area.Level.DISTRICT: "Camat", Area.Level.VILLAGE: "Lurah"}
PASSWORD_BYTES = 12  # 96 random bits, 16 characters


@dataclass
class SeedResult:
    """What a seeding made. `passwords`: username to password, of the staff made just now."""

    passwords: dict[str, str] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)
    rights: dict[str, list[str]] = field(default_factory=dict)  # of groups that were there

    def count(self, what: str, *, is_new: bool) -> None:
        """Count one row if it was made just now."""
        self.made[what] = self.made.get(what, 0) + is_new


def is_empty() -> bool:
    """Say whether the database was never seeded: it knows no area and no person."""
    return not Area.objects.exists() and not User.objects.exists()


def seed_city(now: datetime) -> SeedResult:
    """Add what is missing of areas, agencies, types, units, groups and people, in one transaction.

    Safe to run twice: a row that is there, whoever changed it, stays as it is, but for the rights
    and the needs of the module's docstring. `now` becomes the start of shifts and offices.
    Passwords stand in the result alone; crews and officials get none, they sign in by an enrolled
    phone.
    """
    result = SeedResult()
    with transaction.atomic():
        areas = _areas(result)
        _landmarks(areas, result)
        agencies = _agencies(result)
        _types(agencies, result)
        groups = _groups(result)
        _staff(agencies, groups, result)
        _officials(areas, now, result)
        for row in UNITS:
            _unit(row, agencies, now, result)
        seed_plans(now)
    return result


def crew_username(call_sign: str, letter: str) -> str:
    """Return the username of a crew member: `damkar-1-a`."""
    return f"{slugify(call_sign)}-{letter}"


def _areas(result: SeedResult) -> dict[str, Area]:
    areas: dict[str, Area] = {}
    for row in AREAS:
        areas[row.code], is_new = Area.objects.get_or_create(
            code=row.code,
            defaults={
                "name": row.name,
                "aliases": list(row.aliases),
                "level": row.level,
                "parent": areas.get(row.parent),
                "postal_code": row.postal_code,
                "centroid_lat": row.lat,
                "centroid_lon": row.lon,
            },
        )
        result.count("areas", is_new=is_new)
    return areas


def _landmarks(areas: dict[str, Area], result: SeedResult) -> None:
    for name, aliases, code, lat, lon in LANDMARKS:
        fields = {"aliases": list(aliases), "area": areas[code], "lat": lat, "lon": lon}
        _landmark, is_new = Landmark.objects.get_or_create(name=name, defaults=fields)
        result.count("landmarks", is_new=is_new)


def _agencies(result: SeedResult) -> dict[str, Agency]:
    agencies: dict[str, Agency] = {}
    for row in AGENCIES:
        defaults = {"name": row.name, "short_name": row.short_name, "kind": row.kind}
        agencies[row.key], is_new = Agency.objects.get_or_create(key=row.key, defaults=defaults)
        result.count("agencies", is_new=is_new)
    return agencies


def _types(agencies: dict[str, Agency], result: SeedResult) -> None:
    """Make types with their routing; one that is there keeps what the city gave it.

    Of a routing that is there only the needs are filled in, where it has none.
    """
    for row in TYPES:
        kind, is_new = IncidentType.objects.get_or_create(
            key=row.key,
            defaults={
                "label": row.label,
                "label_en": row.label_en,
                "category": row.category,
                "priority": row.priority,
                "notice": row.notice,
                "sensitive": row.sensitive,
            },
        )
        result.count("types", is_new=is_new)
        if is_new:
            Routing.objects.bulk_create(
                Routing(
                    type=kind,
                    agency=agencies[key],
                    role=role,
                    needs=list(NEEDS.get((row.key, key), ())),
                )
                for key, role in row.routes()
            )
    _needs(result)


def _needs(result: SeedResult) -> None:
    bare = Routing.objects.filter(needs=[]).select_related("type", "agency")
    for routing in bare:
        needs = NEEDS.get((routing.type.key, routing.agency.key))
        if needs:
            Routing.objects.filter(pk=routing.pk, needs=[]).update(needs=list(needs))
        result.count("needs", is_new=bool(needs))


def _groups(result: SeedResult) -> dict[str, Group]:
    """Make groups, and give each the rights of ours that it lacks; it keeps those of the city."""
    labels = Permission.objects.values_list("content_type__app_label", "codename", "pk")
    known = {f"{app}.{codename}": pk for app, codename, pk in labels}
    groups: dict[str, Group] = {}
    for name, permissions in GROUPS.items():
        group, is_new = Group.objects.get_or_create(name=name)
        has = set(group.permissions.values_list("pk", flat=True))
        lacks = sorted(label for label in set(permissions) if known[label] not in has)
        group.permissions.add(*(known[label] for label in lacks))
        if lacks and not is_new:
            result.rights[name] = lacks
        result.count("groups", is_new=is_new)
        groups[name] = group
    return groups


def _staff(agencies: dict[str, Agency], groups: dict[str, Group], result: SeedResult) -> None:
    for username, name, group in STAFF:
        _staff_user(username, name, groups[group], None, result)
    for key, agency in agencies.items():
        _staff_user(
            f"operator-{key}", f"Operator {agency.short_name}", groups["operator"], agency, result
        )


def _staff_user(
    username: str, name: str, group: Group, agency: Agency | None, result: SeedResult
) -> None:
    if User.objects.filter(username=username).exists():
        return
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    user = User.objects.create(
        username=username,
        name=name,
        role=User.Role.STAFF,
        agency=agency,
        is_staff=True,
        is_superuser=username == "admin",
        password=make_password(password),
    )
    user.groups.add(group)
    result.passwords[username] = password
    result.count("staff", is_new=True)


def _officials(areas: dict[str, Area], now: datetime, result: SeedResult) -> None:
    for area in areas.values():
        title = OFFICES.get(Area.Level(area.level))
        if title is None:
            continue
        user, is_new = _person(
            f"{title.lower()}-{area.code}", f"{title} {area.name}", User.Role.OFFICIAL, None
        )
        if is_new:
            Official.objects.create(user=user, area=area, role=Official.Role.HEAD, starts_at=now)
        result.count("officials", is_new=is_new)


def _unit(row: UnitRow, agencies: dict[str, Agency], now: datetime, result: SeedResult) -> None:
    unit, is_new = Unit.objects.get_or_create(
        call_sign=row.call_sign,
        defaults={
            "agency": agencies[row.agency],
            "kind": row.kind,
            "capabilities": list(row.capabilities),
            "home_lat": row.lat,
            "home_lon": row.lon,
            "duty_changed_at": now,
        },
    )
    result.count("units", is_new=is_new)
    if not is_new:
        return
    for letter in "ab":
        user, person_is_new = _person(
            crew_username(row.call_sign, letter),
            f"Petugas {row.call_sign} {letter.upper()}",
            User.Role.CREW,
            unit.agency,
        )
        if person_is_new:
            CrewShift.objects.create(user=user, unit=unit, starts_at=now)
        result.count("crew", is_new=person_is_new)


def _person(username: str, name: str, role: User.Role, agency: Agency | None) -> tuple[User, bool]:
    """Find or make somebody who signs in by phone alone; say whether they are new."""
    return User.objects.get_or_create(
        username=username,
        defaults={
            "name": name,
            "role": role,
            "agency": agency,
            "password": make_password(None),
        },
    )
