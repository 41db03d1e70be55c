"""What the verdicts say, written with a handful of statements: households, people, placements."""

from datetime import date

from notoneless.kernel.sql import execute, fetch, is_postgres
from notoneless.roster.imports import staging

VERDICT = "import_verdict"
VERDICT_COLUMNS = (
    "place BIGINT NOT NULL, code TEXT NOT NULL, person_id BIGINT, household_id BIGINT, placement_id BIGINT, "
    "from_day DATE, unit_id INTEGER, kind TEXT, leaving SMALLINT, differs SMALLINT, moves SMALLINT"
)
"""A row for each person who is new, differs or moves. `person_id` is NULL for new people."""

STATISTICS_FROM = 10_000
"""Rows written from which PostgreSQL is told to look at the tables again."""

# None of these sorts: people lie in the staging table as they lay in the file, and a scan hands them on in that order.

_HOUSEHOLDS = f"""
    INSERT INTO roster_household (code)
    SELECT DISTINCT s.household FROM {VERDICT} v JOIN {staging.TABLE} s ON s.place = v.place
    WHERE s.household <> '' AND v.leaving = 0
      AND NOT EXISTS (SELECT 1 FROM roster_household h WHERE h.code = s.household)
"""

_NEW_PEOPLE = f"""
    INSERT INTO roster_person (code, population, household_id, id_type, id_index, sex, birth_date, tags, sealed)
    SELECT s.code, s.population, h.id, s.id_type, s.id_index, s.sex, s.birth_date, s.tags, s.sealed
    FROM {staging.TABLE} s JOIN {VERDICT} v ON v.place = s.place
    LEFT JOIN roster_household h ON h.code = s.household
    WHERE v.person_id IS NULL
"""

_CHANGED_PEOPLE = f"""
    UPDATE roster_person SET population = s.population, household_id = h.id, id_type = s.id_type,
        id_index = s.id_index, sex = s.sex, birth_date = s.birth_date, tags = s.tags, sealed = s.sealed
    FROM {VERDICT} v JOIN {staging.TABLE} s ON s.place = v.place
    LEFT JOIN roster_household h ON h.code = s.household
    WHERE roster_person.id = v.person_id AND v.differs = 1
"""

# A placement that began on the day itself, or later, never took effect: the unit is replaced where it stands.
_REPLACED_PLACEMENTS = f"""
    UPDATE roster_placement SET unit_id = v.unit_id, kind = v.kind FROM {VERDICT} v
    WHERE roster_placement.id = v.placement_id AND v.moves = 1 AND v.leaving = 0 AND v.from_day >= date(%(day)s)
"""

_CLOSED_PLACEMENTS = f"""
    UPDATE roster_placement SET to_day = CASE WHEN v.from_day > date(%(day)s) THEN v.from_day ELSE date(%(day)s) END
    FROM {VERDICT} v
    WHERE roster_placement.id = v.placement_id AND v.moves = 1 AND (v.leaving = 1 OR v.from_day < date(%(day)s))
"""

_NEXT_PLACEMENTS = f"""
    INSERT INTO roster_placement (person_id, unit_id, kind, title, from_day)
    SELECT v.person_id, v.unit_id, v.kind, '', date(%(day)s) FROM {VERDICT} v
    WHERE v.person_id IS NOT NULL AND v.moves = 1 AND v.leaving = 0
      AND (v.placement_id IS NULL OR v.from_day < date(%(day)s))
"""

_FIRST_PLACEMENTS = f"""
    INSERT INTO roster_placement (person_id, unit_id, kind, title, from_day)
    SELECT p.id, v.unit_id, v.kind, '', date(%(since)s) FROM {VERDICT} v JOIN roster_person p ON p.code = v.code
    WHERE v.person_id IS NULL
"""

_LEFT_HOUSEHOLDS = f"""
    DELETE FROM roster_household WHERE id IN (SELECT household_id FROM {VERDICT} WHERE differs = 1)
      AND NOT EXISTS (SELECT 1 FROM roster_person p WHERE p.household_id = roster_household.id)
      AND NOT EXISTS (SELECT 1 FROM roster_grant g WHERE g.household_id = roster_household.id)
"""


def write_people(*, day: date, since: date, is_first_load: bool) -> None:
    """`day`: transfers take effect. `since`: new people's placements begin."""
    # SQLite's date() and PostgreSQL's both turn ISO text into what a date column holds.
    days = {"day": day.isoformat(), "since": since.isoformat()}
    execute(_HOUSEHOLDS)
    if not is_first_load:
        execute(_CHANGED_PEOPLE)
        execute(_REPLACED_PLACEMENTS, days)
        execute(_CLOSED_PLACEMENTS, days)
        execute(_NEXT_PLACEMENTS, days)
    execute(_NEW_PEOPLE)
    execute(_FIRST_PLACEMENTS, days)
    if not is_first_load:
        execute(_LEFT_HOUSEHOLDS)


def look_at_tables_again() -> None:
    """After much was written, let PostgreSQL's planner know within the transaction."""
    if is_postgres() and fetch(f"SELECT 1 FROM {VERDICT} OFFSET {STATISTICS_FROM} LIMIT 1"):
        execute("ANALYZE roster_household, roster_person, roster_placement")
