"""Make what was deleted unreadable in the files too: a row that is gone may still lie in a page until it is reused."""

from django.db import connection

from notoneless.kernel.sql import execute, is_postgres

PERSONAL = (
    "roster_",
    "person_slot",
    "report",
    "absence_contact",
    "expect_complaint",
    "django_session",
    "kernel_outbox",
    "follow_",
    "publish_",
)
"""How the names of tables that hold personal rows begin."""


def scrub_storage() -> None:
    """Rewrite the files without what was deleted. Outside any transaction; a city's database takes minutes.

    SQLite: VACUUM writes a new file, and the write-ahead log is cut to nothing. PostgreSQL: VACUUM FULL of the tables
    that hold personal rows; what its write-ahead log and backups hold ends with their own terms (docs/PRIVACY.md).
    """
    if not is_postgres():
        execute("VACUUM")
        execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    for table in connection.introspection.table_names():
        if table.startswith(PERSONAL):
            execute(f'VACUUM FULL "{table}"')
