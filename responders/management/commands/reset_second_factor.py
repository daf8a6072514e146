"""Command `reset_second_factor`: let somebody in again whose phone and paper are lost."""

from argparse import ArgumentParser
from datetime import UTC, datetime

from django.core.management.base import BaseCommand, CommandError

from responders.models import User
from responders.services.second_factor import reset_factor


class Command(BaseCommand):
    help = "Take the second factor off one account, where nobody at the desk can do it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: object, username: str, **options: object) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is nobody called {username}.")
        reset_factor(user=user, actor=None, now=datetime.now(UTC))
        self.stdout.write(f"{username} signs in by password and sets up a new factor.")
