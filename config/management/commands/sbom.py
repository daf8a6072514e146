"""Command `sbom`: the list of parts of this release, as CycloneDX JSON."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from config.sbom import sbom_of


class Command(BaseCommand):
    help = "Print the software bill of materials (CycloneDX 1.6, JSON) of requirements.lock."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--release", default="0", help="the release's own version")

    def handle(self, *args: object, **options: Any) -> None:
        lock = (Path(settings.BASE_DIR) / "requirements.lock").read_text(encoding="utf-8")
        document = sbom_of(lock, version=options["release"], now=datetime.now(UTC))
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))
