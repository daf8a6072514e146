"""What the look-ups are measured on: generated villages, manned units with phones, incidents."""

from datetime import timedelta

from incidents.area_index import box_of, cell_of
from incidents.models import Area, Incident, IncidentType, Routing
from incidents.selectors.areas import outline_of
from responders.models import Agency, CrewShift, Device, Unit, User
from tests.bench.look_ups import NOW, middle, ring

BATCH = 1_000


def make_villages(first, end):
    """Add villages, placed as a save places them."""
    for start in range(first, end, BATCH):
        areas = []
        for number in range(start, min(start + BATCH, end)):
            lat, lon = middle(number)
            outline = {"type": "Polygon", "coordinates": [ring(number)]}
            area = Area(
                code=f"99.{number:06}",
                name=f"Kelurahan {number}",
                level=Area.Level.VILLAGE,
                centroid_lat=lat,
                centroid_lon=lon,
                polygon=outline,
            )
            box = box_of(outline_of(area))
            area.cell = cell_of(box)
            area.south, area.west, area.north, area.east = box.south, box.west, box.north, box.east
            areas.append(area)
        Area.objects.bulk_create(areas)


def make_units(first, end, agencies):
    """Add units, the agencies in turn: each crewed, its phone reachable and at its base.

    Every fifth of an agency is off duty.
    """
    kind, _ = IncidentType.objects.get_or_create(
        key="bench", defaults={"label": "Uji", "label_en": "Bench", "priority": 2, "category": "-"}
    )
    ours = []
    for number in range(agencies):
        agency, is_new = Agency.objects.get_or_create(
            key=f"bench-{number}",
            defaults={"name": f"Instansi {number}", "short_name": f"I {number}"},
        )
        ours.append(agency)
        if is_new and number < 4:
            role = Routing.Role.SUPPORT if number else Routing.Role.LEAD
            Routing.objects.create(type=kind, agency=agency, role=role)
    numbers = range(first, end)
    users = User.objects.bulk_create(
        User(username=f"bench-{number}", name=f"Petugas {number}", role="crew")
        for number in numbers
    )
    units = []
    for number in numbers:
        lat, lon = middle(number)
        units.append(
            Unit(
                call_sign=f"Regu {number}",
                agency=ours[number % agencies],
                kind=Unit.Kind.FIRE_ENGINE,
                home_lat=lat,
                home_lon=lon,
                duty_status="available" if is_available(number, agencies) else "off_duty",
            )
        )
    units = Unit.objects.bulk_create(units, batch_size=BATCH)
    CrewShift.objects.bulk_create(
        CrewShift(user=user, unit=unit, starts_at=NOW - timedelta(days=1))
        for user, unit in zip(users, units, strict=True)
    )
    Device.objects.bulk_create(
        Device(
            user=user,
            name="bench",
            platform="android",
            token_digest=f"{user.pk:064x}",
            enrolled_at=NOW - timedelta(days=1),
            push_token="bench",
            push_token_at=NOW,
            last_lat=unit.home_lat,
            last_lon=unit.home_lon,
            last_recorded_at=NOW - timedelta(seconds=30 if number % 3 else 3_600),
        )
        for number, (user, unit) in enumerate(zip(users, units, strict=True))
    )


def is_available(number, agencies):
    return number // agencies % 5 != 4


def make_incident_at(lat, lon):
    """Return an open incident at a place."""
    kind = IncidentType.objects.get(key="bench")
    return Incident.objects.create(
        number=f"B-{lat}-{lon}"[:32], type=kind, priority=2, lat=lat, lon=lon, opened_at=NOW
    )
