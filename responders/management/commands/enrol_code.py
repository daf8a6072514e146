"""Command `enrol_code`: a one-time code for one person's phone."""

from argparse import ArgumentParser
from datetime import UTC, datetime

from django.core.management.base import BaseCommand, CommandError

from responders.models import User
from responders.services.enrolment import issue_code


class Command(BaseCommand):
    help = "Print a code that enrols one phone of one person; good once, for ten minutes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", nargs="+", help="several: one code a line, in order")

    def handle(self, *args: object, username: list[str], **options: object) -> None:
        people = [_person(name) for name in username]
        for person in people:
            self.stdout.write(issue_code(user=person, actor=None, now=datetime.now(UTC)))


def _person(username: str) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        raise CommandError(f"There is nobody called {username}.")
    if user.role == User.Role.STAFF:
        raise CommandError(f"{username} is staff: phones are for crews and officials.")
    if not user.is_active:
        raise CommandError(f"{username} is not active.")
    return user
