"""Checks that need every row at once, as set-based statements over the staged people."""

from collections.abc import Mapping
from contextlib import AbstractContextManager

from notoneless.kernel.sql import execute, fetch, is_postgres
from notoneless.roster.imports import refusals, staging
from notoneless.roster.imports.scratch import scratch_table

HOUSEHOLD_UNIT = "import_household_unit"

_REPEATED_CODES = f"""
    SELECT s.place FROM {staging.TABLE} s
    JOIN (SELECT code, min(place) AS first FROM {staging.TABLE} GROUP BY code HAVING count(*) > 1) d
      ON d.code = s.code AND s.place > d.first
"""

# Whoever holds the document in the roster keeps it; otherwise the first row does.
_REPEATED_DOCUMENTS = f"""
    SELECT place FROM (
        SELECT s.place, row_number() OVER (
            PARTITION BY s.id_index ORDER BY CASE WHEN p.id IS NULL THEN 1 ELSE 0 END, s.place
        ) AS turn
        FROM (
            SELECT id_index FROM {staging.TABLE} WHERE NOT (id_index = '') GROUP BY id_index HAVING count(*) > 1
        ) d
        JOIN {staging.TABLE} s ON s.id_index = d.id_index AND NOT (s.id_index = '')
        LEFT JOIN roster_person p ON p.code = s.code AND p.id_index = s.id_index
    ) ranked WHERE turn > 1
"""

# A person of the roster whose own row is in the file gives the document up (or the row above has found the repeat).
_TAKEN_DOCUMENTS = f"""
    SELECT DISTINCT s.place FROM {staging.TABLE} s
    JOIN roster_person p ON p.id_index = s.id_index AND NOT (p.id_index = '') AND p.code <> s.code
    WHERE NOT (s.id_index = '')
      AND NOT EXISTS (SELECT 1 FROM {staging.TABLE} o WHERE o.code = p.code AND o.leaving = 0)
"""

_UNPLACED = f"""
    SELECT s.place FROM {staging.TABLE} s
    LEFT JOIN {HOUSEHOLD_UNIT} u ON u.household = s.household
    WHERE s.unit_id IS NULL AND s.leaving = 0 AND u.unit_id IS NULL
"""

# Who belongs, or would belong, outside of the subtree that the import is for. A person who left everywhere is nobody's.
_OUTSIDE = f"""
    SELECT s.place FROM {staging.TABLE} s
    LEFT JOIN {HOUSEHOLD_UNIT} h ON s.unit_id IS NULL AND h.household = s.household
    LEFT JOIN roster_unit w ON w.id = coalesce(s.unit_id, h.unit_id)
    LEFT JOIN roster_person p ON p.code = s.code
    LEFT JOIN roster_placement l ON l.person_id = p.id AND l.to_day IS NULL
    LEFT JOIN roster_unit u ON u.id = l.unit_id
    WHERE (w.id IS NOT NULL AND substr(w.path, 1, %(length)s) <> %(within)s)
       OR (u.id IS NOT NULL AND substr(u.path, 1, %(length)s) <> %(within)s)
"""


def refuse_unfit_people(*, is_roster_empty: bool, within: str = "") -> int:
    """Move what cannot be merged from the staged people to the refusals; returns how many rows.

    A refused row leaves its person as the roster holds it, with document and household: so again until nothing moves.
    The units of households (HOUSEHOLD_UNIT, made by `household_units`) are current afterwards. `within`: the path of
    the unit that imports; whom it does not reach it does not change.
    """
    refused = _refuse(_REPEATED_CODES, "duplicate_code", "code")
    while True:
        moved = _refuse(_REPEATED_DOCUMENTS, "duplicate_document", "id_number")
        if not is_roster_empty:
            moved += _refuse(_TAKEN_DOCUMENTS, "document_taken", "id_number")
        _fill_household_units(is_roster_empty=is_roster_empty)
        moved += _refuse(_UNPLACED, "unit_required", "unit")
        if within:
            moved += _refuse(_OUTSIDE, "import_outside", "unit", {"within": within, "length": len(within)})
        refused += moved
        if not moved:
            return refused


def household_units() -> AbstractContextManager[None]:
    """The table of units that relatives without one take over, empty at first."""
    return scratch_table(HOUSEHOLD_UNIT, "household TEXT NOT NULL PRIMARY KEY, unit_id INTEGER NOT NULL")


def _refuse(places: str, code: str, column: str, params: Mapping[str, object] | None = None) -> int:
    before = int(fetch(f"SELECT count(*) FROM {refusals.TABLE}")[0][0])
    execute(
        f"INSERT INTO {refusals.TABLE} SELECT r.place, '{code}', '{column}', '{{}}' FROM ({places}) r", params or ()
    )
    moved = int(fetch(f"SELECT count(*) FROM {refusals.TABLE}")[0][0]) - before
    if moved:
        execute(
            f"DELETE FROM {staging.TABLE} WHERE place IN (SELECT place FROM {refusals.TABLE} WHERE code = '{code}')"
        )
    return moved


def _fill_household_units(*, is_roster_empty: bool) -> None:
    """The unit of each household's first pupil by code, in the file or, where the file is silent, in the roster."""
    execute(f"DELETE FROM {HOUSEHOLD_UNIT}")
    if not fetch(f"SELECT 1 FROM {staging.TABLE} WHERE unit_id IS NULL AND leaving = 0 LIMIT 1"):
        return
    # The same order on both databases, whatever the locale.
    order = 'code COLLATE "C"' if is_postgres() else "code"
    in_roster = f"""
        UNION ALL
        SELECT n.household, p.code, l.unit_id
        FROM (SELECT DISTINCT household FROM {staging.TABLE}
              WHERE unit_id IS NULL AND leaving = 0 AND household <> '') n
        JOIN roster_household h ON h.code = n.household
        JOIN roster_person p ON p.household_id = h.id AND p.population = 'student'
        JOIN roster_placement l ON l.person_id = p.id AND l.to_day IS NULL
        WHERE NOT EXISTS (SELECT 1 FROM {staging.TABLE} o WHERE o.code = p.code)
    """
    execute(f"""
        INSERT INTO {HOUSEHOLD_UNIT}
        SELECT household, unit_id FROM (
            SELECT household, unit_id, row_number() OVER (PARTITION BY household ORDER BY {order}) AS turn
            FROM (
                SELECT household, code, unit_id FROM {staging.TABLE}
                WHERE population = 'student' AND household <> '' AND leaving = 0
                {"" if is_roster_empty else in_roster}
            ) pupils
        ) ranked WHERE turn = 1
    """)
    execute(f"ANALYZE {HOUSEHOLD_UNIT}")
