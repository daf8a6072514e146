"""Two versions can share a database for ten minutes: a release adds, and takes nothing away.

The old version still writes rows while the new one is let in process by process. What would break
it is refused here: a column or table that goes or changes its name, a column that is required
without a value that the database itself gives. Such a change takes two releases: the first stops
using it and makes the database give a value, the second removes it.
"""

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

OURS = ("responders", "incidents", "notifications")
# The newest migration of each app in the first release; what came before it nobody shares.
RELEASED = {
    "responders": "0003_access_log",
    "incidents": "0012_restricted_callers",
    "notifications": "0007_data_requests",
}
TAKES_AWAY = (
    migrations.DeleteModel,
    migrations.RemoveField,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterModelTable,
)


def _newer():
    loader = MigrationLoader(None)
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if app in OURS and name > RELEASED[app]:
            yield migration


def breaks_the_old_version(operation):
    """Return why an operation must not stand in one release with its use; nothing where it may."""
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        found = map(breaks_the_old_version, operation.database_operations)
        return next(filter(None, found), "")
    if isinstance(operation, TAKES_AWAY):
        return "takes away or renames what the old version reads"
    if isinstance(operation, migrations.AddField) and _is_demanded(operation.field):
        return "the old version's inserts leave it out: null=True or db_default"
    return ""


def _is_demanded(field):
    many = isinstance(field, models.ManyToManyField)
    given = field.db_default is not models.NOT_PROVIDED
    return not many and not field.null and not given


NEWER = list(_newer())


@pytest.mark.parametrize("migration", NEWER or [None], ids=str)
def test_what_a_release_changes_leaves_the_old_version_working(migration):
    operations = migration.operations if migration else []

    told = {str(one): breaks_the_old_version(one) for one in operations}

    assert not {name: reason for name, reason in told.items() if reason}


@pytest.mark.parametrize(
    ("operation", "breaks"),
    [
        (migrations.AddField("call", "x", models.TextField(null=True)), False),
        (migrations.AddField("call", "x", models.TextField(db_default="")), False),
        (migrations.AddField("call", "x", models.TextField(default="")), True),
        (migrations.AddField("call", "x", models.TextField()), True),
        (migrations.RemoveField("call", "x"), True),
        (migrations.RenameField("call", "x", "y"), True),
        (migrations.DeleteModel("Call"), True),
        (migrations.SeparateDatabaseAndState([migrations.RemoveField("call", "x")], []), True),
        (migrations.SeparateDatabaseAndState([], [migrations.RemoveField("call", "x")]), False),
    ],
)
def test_the_rule_knows_what_breaks(operation, breaks):
    assert bool(breaks_the_old_version(operation)) is breaks
