"""Command `rotate_signing_key`: sign with a new key from now on; old proofs still verify."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from incidents.proofs.signing import rotate_key


class Command(BaseCommand):
    """Make a new signing key and put the old one away; its public half stays published.

    Refused where the key comes from GERAK_SIGNING_KEY or GERAK_SIGNING_KEY_FILE: whoever set it
    changes it there.
    """

    help = "Sign new proofs with a new key. Proofs signed before still verify."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            old, new = rotate_key()
        except ValueError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"New proofs are signed with key {new}; {old} stays published.")
