import django.db.models.deletion
from django.db import migrations, models

# Each other index of the table begins with the device: this one cost each check-in a write and
# nobody a read. By hand, since Django would check the whole table's foreign key again.
INDEX = 'responders_checkin_device_id_6f62eca8'


class Migration(migrations.Migration):

    dependencies = [
        ('responders', '0003_access_log'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f'DROP INDEX {INDEX}',
                    f'CREATE INDEX {INDEX} ON responders_checkin (device_id)',
                ),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name='checkin',
                    name='device',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='check_ins', to='responders.device', verbose_name='perangkat'),
                ),
            ],
        ),
    ]
