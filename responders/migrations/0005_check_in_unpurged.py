from django.db import migrations, models

INDEX = models.Index(
    condition=models.Q(("salt", ""), _negated=True),
    fields=["received_at"],
    name="check_in_unpurged",
)
HALF_BUILT = """
    SELECT NOT indisvalid FROM pg_index WHERE indexrelid = to_regclass('check_in_unpurged')
"""


def build(apps, schema_editor):
    """Build it beside phones that write: on PostgreSQL without a lock that stops them.

    That works in no transaction, so one that broke off leaves half an index: it is built anew. One
    that an administrator built is kept.
    """
    check_in = apps.get_model("responders", "CheckIn")
    if schema_editor.connection.vendor != "postgresql":
        schema_editor.add_index(check_in, INDEX)
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(HALF_BUILT)
        found = cursor.fetchone()
    if found == (True,):
        schema_editor.execute("DROP INDEX CONCURRENTLY check_in_unpurged")
    if found != (False,):
        schema_editor.add_index(check_in, INDEX, concurrently=True)


def drop(apps, schema_editor):
    schema_editor.remove_index(apps.get_model("responders", "CheckIn"), INDEX)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("responders", "0004_check_ins_indexed_once")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(build, drop)],
            state_operations=[migrations.AddIndex(model_name="checkin", index=INDEX)],
        ),
    ]
