"""Command `import_areas`: the incidents' own, refused beside a running embedded server."""

from config.instance import HoldsTheFolder
from incidents.management.commands.import_areas import Command as ImportCommand


class Command(HoldsTheFolder, ImportCommand):
    pass
