"""The hot tables as each database likes them best.

PostgreSQL: room in the pages of tallies, which change all morning, so that a change stays in its page. SQLite: slots and
tallies are kept in the tree of their key itself (WITHOUT ROWID): a look-up meets one tree and not two.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

HOT = ("person_slot", "tally", "measure_tally")


def arrange(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for table in HOT[1:]:
            editor.execute(f"ALTER TABLE {table} SET (fillfactor = 50)")
        return
    with editor.connection.cursor() as cursor:
        for table in HOT:
            cursor.execute("SELECT type, sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL", [table])
            found = cursor.fetchall()
            (made,) = (sql for kind, sql in found if kind == "table")
            cursor.execute(f'ALTER TABLE "{table}" RENAME TO "{table}_rows"')
            cursor.execute(f"{made} WITHOUT ROWID")
            cursor.execute(f'INSERT INTO "{table}" SELECT * FROM "{table}_rows"')
            cursor.execute(f'DROP TABLE "{table}_rows"')
            for kind, sql in found:
                if kind == "index":
                    cursor.execute(sql)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_partitions")]
    operations = [migrations.RunPython(arrange, migrations.RunPython.noop)]
