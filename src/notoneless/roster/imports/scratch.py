"""Tables of one import. Unlike kernel.sql.temp_table they are dropped: filled first, indexed later, and big."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from notoneless.kernel.sql import execute, fetch, is_postgres


@contextmanager
def scratch_table(name: str, columns: str) -> Iterator[None]:
    """A session-private table that is gone on exit; inside one transaction, whose failure takes it away too."""
    execute(f"DROP TABLE IF EXISTS {name}")
    execute(f"CREATE TEMPORARY TABLE {name} ({columns})")
    yield
    execute(f"DROP TABLE {name}")


@contextmanager
def scratch_on_disk() -> Iterator[None]:
    """SQLite keeps the scratch tables of this connection in a file, not in memory: a city's people take 600 MB.

    Goes around the transaction, in which SQLite refuses the change; does nothing inside one, and on PostgreSQL.
    """
    if is_postgres() or connection.in_atomic_block:
        yield
        return
    ((before,),) = fetch("PRAGMA temp_store")
    execute("PRAGMA temp_store = FILE")
    try:
        yield
    finally:
        execute(f"PRAGMA temp_store = {before}")
