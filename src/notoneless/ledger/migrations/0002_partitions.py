"""PostgreSQL: slots are partitioned by day, and paths compare byte by byte whatever the database's locale."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

PATHS = ("day_unit", "tally", "measure_tally")


def partition(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor != "postgresql":
        return
    for table in ("person_slot", "unit_slot"):
        editor.execute(f"ALTER TABLE {table} RENAME TO {table}_plain")
        editor.execute(f"CREATE TABLE {table} (LIKE {table}_plain INCLUDING ALL) PARTITION BY RANGE (day)")
        editor.execute(f"DROP TABLE {table}_plain")
    for table in PATHS:
        editor.execute(f'ALTER TABLE {table} ALTER COLUMN path TYPE varchar(140) COLLATE "C"')


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(partition, migrations.RunPython.noop)]
