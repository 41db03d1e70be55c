"""PostgreSQL: leave room in the pages of tallies, which change all morning, so that a change stays in its page."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def leave_room(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for table in ("tally", "measure_tally"):
            editor.execute(f"ALTER TABLE {table} SET (fillfactor = 50)")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_partitions")]
    operations = [migrations.RunPython(leave_room, migrations.RunPython.noop)]
