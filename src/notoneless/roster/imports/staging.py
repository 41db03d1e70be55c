"""People on their way in: chunks into a temporary table, by COPY on PostgreSQL and executemany on SQLite."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.db import connection

from notoneless.kernel.crypto import unseal
from notoneless.kernel.sql import as_day, execute, fetch, is_postgres, rows_table
from notoneless.roster.imports import refusals
from notoneless.roster.imports.person_rows import Held, Staged
from notoneless.roster.imports.scratch import scratch_table

TABLE = "import_person"
CHUNK = 10_000
NULL = "\\N"

_COLUMNS = ("place", "code", "population", "household", "unit_id", "id_type", "id_index", "sex", "birth_date", "tags",
            "sealed", "leaving")  # fmt: skip


@contextmanager
def staging_tables() -> Iterator[None]:
    """Refusals and staged people, empty on entry. Inside one transaction."""
    sealed = "BYTEA" if is_postgres() else "BLOB"
    people = (
        "place BIGINT NOT NULL PRIMARY KEY, code TEXT NOT NULL, population TEXT NOT NULL, household TEXT NOT NULL, "
        "unit_id INTEGER, id_type TEXT NOT NULL, id_index TEXT NOT NULL, sex TEXT NOT NULL, birth_date DATE, "
        f"tags TEXT NOT NULL, sealed {sealed} NOT NULL, leaving SMALLINT NOT NULL"
    )
    if not is_postgres():
        # An INTEGER PRIMARY KEY is SQLite's own row number: no second index.
        people = people.replace("BIGINT NOT NULL PRIMARY KEY", "INTEGER PRIMARY KEY")
    if is_postgres():
        # 1.3 million rows are sorted and hashed: 4 MB of the default would go through the disk each time.
        execute("SET LOCAL work_mem = '128MB'")
    with scratch_table(refusals.TABLE, refusals.COLUMNS), scratch_table(TABLE, people):
        yield


def stage(rows: Sequence[Staged]) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        if is_postgres():
            with cursor.copy(f"COPY {TABLE} ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
                copy.write("".join(_copy_lines(rows)))
        else:
            marks = ", ".join(["%s"] * len(_COLUMNS))
            cursor.executemany(f"INSERT INTO {TABLE} ({', '.join(_COLUMNS)}) VALUES ({marks})", rows)


def _copy_lines(rows: Iterable[Staged]) -> Iterator[str]:
    """COPY's text format. Nothing needs escaping: codes hold no backslash and no white space (cells.read_code)."""
    for place, code, population, household, unit, id_type, index, sex, birth, tags, sealed, leaving in rows:
        yield (
            f"{place}\t{code}\t{population}\t{household}\t{NULL if unit is None else unit}\t{id_type}\t{index}\t{sex}"
            f"\t{birth or NULL}\t{tags}\t\\\\x{sealed.hex()}\t{leaving}\n"
        )


def index_staged() -> None:
    """Once everything is staged: what the checks and the merge look up by. PostgreSQL hashes, and needs none."""
    if not is_postgres():
        execute(f"CREATE INDEX {TABLE}_code ON {TABLE} (code)")
        execute(f"CREATE INDEX {TABLE}_document ON {TABLE} (id_index) WHERE NOT (id_index = '')")
    execute(f"ANALYZE {TABLE}")


def has_people() -> bool:
    return bool(fetch("SELECT 1 FROM roster_person LIMIT 1"))


def held_of(codes: Sequence[str]) -> dict[str, Held]:
    """What the roster holds of these people; for files that leave columns out."""
    item, params = rows_table("r", {"code": "text"}, [(code,) for code in codes])
    found = fetch(
        "SELECT p.code, coalesce(h.code, ''), p.id_type, p.sex, p.birth_date, p.tags, p.sealed "
        f"FROM {item} JOIN roster_person p ON p.code = r.code LEFT JOIN roster_household h ON h.id = p.household_id",
        params,
    )
    held = {}
    for code, household, id_type, sex, birth, tags, sealed in found:
        personal = unseal(sealed, context=code)
        day = as_day(birth).isoformat() if birth else ""
        held[code] = Held(household, id_type, personal.id_number, personal.phone, sex, day, tags)
    return held
