"""PostgreSQL: paths compare byte by byte whatever the database's locale."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def collate(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute('ALTER TABLE roster_unit ALTER COLUMN path TYPE varchar(140) COLLATE "C"')


class Migration(migrations.Migration):
    dependencies = [("roster", "0001_initial")]
    operations = [migrations.RunPython(collate, migrations.RunPython.noop)]
