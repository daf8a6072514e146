"""Command `import_areas`: outlines of areas from a GeoJSON file, by Kemendagri code."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from shapely.errors import ShapelyError
from shapely.geometry import shape

from incidents.models import Area

LEVELS = set(Area.Level.values)


class Command(BaseCommand):
    help = "Read outlines from a GeoJSON FeatureCollection whose features carry a `code`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: object, file: Path, **options: object) -> None:
        features = _features(file)
        with transaction.atomic():
            updated = [_import(feature, number) for number, feature in enumerate(features, 1)]
        self.stdout.write(f"{len(updated)} areas: {', '.join(sorted(updated))}")


def _features(file: Path) -> list[dict[str, Any]]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{file} cannot be read as JSON: {error}") from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not features:
        raise CommandError(f"{file} holds no features.")
    return features


def _import(feature: dict[str, Any], number: int) -> str:
    """Give one known area its outline; a bad or unknown one stops the whole import."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    code = (properties or {}).get("code")
    area = Area.objects.filter(code=code).first()
    if area is None:
        raise CommandError(f"Feature {number}: no area has the code {code!r}. Nothing was changed.")
    geometry = feature.get("geometry")
    try:
        outline = shape(geometry)
    except (ShapelyError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise CommandError(f"Feature {number} ({code}): no geometry. {error}") from error
    if outline.geom_type not in ("Polygon", "MultiPolygon") or not outline.is_valid:
        raise CommandError(f"Feature {number} ({code}): not a valid polygon. Nothing was changed.")
    area.polygon = geometry
    area.save(update_fields=["polygon"])
    return str(code)
