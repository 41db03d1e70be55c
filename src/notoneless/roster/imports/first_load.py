"""PostgreSQL's first load of a roster: write the rows, then build the indexes and check the foreign keys as sets.

Kept up row by row they cost three quarters of the time (measured at 200,000 people: 53 us a row against 20). The
definitions are read from the database itself, so that a migration cannot make this list stale; everything happens in
the import's transaction, so that a crash leaves the tables as they were. Only for an empty roster: the tables are
locked meanwhile, and there is nobody in them to be read.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from notoneless.kernel.sql import execute, fetch, is_postgres

WORTHWHILE = 20_000
"""People from which the rebuilding pays."""

_TABLES = ("roster_household", "roster_person", "roster_placement")

# Foreign keys (f) and unique codes (u); the primary keys stay, other tables refer to them. Foreign keys sort first, and
# are put back last.
_CONSTRAINTS = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype IN ('f', 'u') AND conrelid = ANY(%s::regclass[]) ORDER BY contype, conname
"""
_INDEXES = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
    WHERE i.indrelid = ANY(%s::regclass[])
      AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid) ORDER BY 1
"""


@contextmanager
def built_afterwards(*, people: int, is_roster_empty: bool) -> Iterator[None]:
    """Indexes, unique codes and foreign keys of the roster's people are gone inside, and back and checked on leaving.

    Does nothing for a roster that has people, for small loads, where the service does not own the tables, and on
    SQLite. When the load fails, the transaction does the rest.
    """
    if not (is_postgres() and is_roster_empty and people >= WORTHWHILE and _owns_tables()):
        yield
        return
    # Checks that still wait, such as those of units just inserted, would forbid changing the tables.
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("SET LOCAL maintenance_work_mem = '256MB'")
    constraints = fetch(_CONSTRAINTS, [list(_TABLES)])
    indexes = fetch(_INDEXES, [list(_TABLES)])
    for table, name, _ in constraints:
        execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _ in indexes:
        execute(f"DROP INDEX {name}")
    yield
    for _, definition in indexes:
        execute(definition)
    for table, name, definition in reversed(constraints):
        execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    execute("SET CONSTRAINTS ALL DEFERRED")


def _owns_tables() -> bool:
    """Dropping a foreign key needs the table it refers to as well."""
    owned = "SELECT bool_and(pg_has_role(relowner, 'USAGE')) FROM pg_class WHERE oid = ANY(%s::regclass[])"
    return bool(fetch(owned, [[*_TABLES, "roster_unit"]])[0][0])
