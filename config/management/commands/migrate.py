"""Command `migrate`: Django's own, refused beside a running embedded server."""

from django.core.management.commands.migrate import Command as DjangoCommand

from config.instance import HoldsTheFolder


class Command(HoldsTheFolder, DjangoCommand):
    pass
