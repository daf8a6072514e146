"""Command `service_token`: a token with the rights of one staff user."""

from argparse import ArgumentParser
from datetime import UTC, datetime

from django.core.management.base import BaseCommand, CommandError

from incidents.services.service_tokens import issue_service_token
from responders.models import User


class Command(BaseCommand):
    help = "Print a token for another system, with the rights of one staff user. Shown once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="what the token is for")

    def handle(self, *args: object, username: str, name: str, **options: object) -> None:
        user = User.objects.filter(username=username, role=User.Role.STAFF).first()
        if user is None:
            raise CommandError(f"There is no staff user called {username}.")
        if not user.is_active:
            raise CommandError(f"{username} is not active.")
        self.stdout.write(issue_service_token(user=user, name=name, now=datetime.now(UTC)))
