"""Command `verify_proof`: say whether a movement proof holds. Needs no database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from incidents.proofs.shape import read_json
from incidents.proofs.verify import sentence_on, verify_proof


class Command(BaseCommand):
    """Exit 0 and a plain sentence where the proof holds; 1 and what is wrong, naming the row."""

    help = "Verify a movement proof with the published keys. Needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the proof")
        parser.add_argument("--keys", required=True, help="a copy of gerak112-keys.json")

    def handle(self, *args: Any, **options: Any) -> None:
        proof = _read(options["file"])
        problem = verify_proof(proof, _read(options["keys"]))
        if problem is not None:
            raise CommandError(f"The proof does not hold. {problem}", returncode=1)
        self.stdout.write(sentence_on(proof))


def _read(name: str) -> Any:
    try:
        return read_json(Path(name).read_bytes())
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}", returncode=1) from error
    except ValueError as error:
        raise CommandError(f"{name} is not JSON: {error}", returncode=1) from error
