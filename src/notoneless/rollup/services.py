"""Recount: rebuild the tallies of a day from its slots and compare. It must find nothing."""

from dataclasses import dataclass
from datetime import date

from notoneless.kernel.sql import each_text, fetch
from notoneless.ledger.rules import COLUMNS
from notoneless.ledger.services.tallies import counts_sql, measures_sql

_KEY = "district_id, duty_id, session, unit_id, population"


@dataclass(frozen=True)
class Recount:
    """How many tally rows were compared, and those that stand in the slots or in the tallies alone."""

    day: date
    rows: int
    differences: tuple[str, ...]

    @property
    def is_exact(self) -> bool:
        return not self.differences


def recount(day: date) -> Recount:
    """Compare every tally of the day with its slots, both ways. Rows of nothing but zeros are no rows."""
    sums = ", ".join(f"SUM({name}) AS {name}" for name in COLUMNS)
    slots = "(SELECT * FROM person_slot WHERE day = %s UNION ALL SELECT * FROM unit_slot WHERE day = %s)"
    some = " + ".join(f"ABS({name})" for name in COLUMNS)
    counted = (
        f"SELECT {_KEY}, {', '.join(COLUMNS)} FROM (SELECT {_KEY}, {sums} FROM"
        f" (SELECT {_KEY}, {counts_sql('state', 'on_time')} FROM {slots} AS s) AS one GROUP BY {_KEY}) AS g"
        f" WHERE {some} <> 0"
    )
    kept = f"SELECT {_KEY}, {', '.join(COLUMNS)} FROM tally WHERE day = %s AND {some} <> 0"
    measured = (
        f"SELECT * FROM (SELECT {_KEY}, measure, SUM(n) AS n, SUM(voluntary) AS voluntary FROM"
        f" (SELECT {_KEY}, item.value AS measure, {measures_sql('state')} FROM {slots} AS s,"
        f" {each_text('measures')} WHERE measures <> '[]') AS one GROUP BY {_KEY}, measure) AS g"
        " WHERE n <> 0 OR voluntary <> 0"
    )
    measure_kept = (
        f"SELECT {_KEY}, measure, n, voluntary FROM measure_tally WHERE day = %s AND (n <> 0 OR voluntary <> 0)"
    )
    found: list[str] = []
    for table, of_slots, of_tallies in (("tally", counted, kept), ("measure_tally", measured, measure_kept)):
        # One statement sees one snapshot: a report that lands meanwhile is in both sides or in neither.
        both = (
            f"SELECT 'only in slots', a.* FROM ({of_slots} EXCEPT {of_tallies}) AS a"
            f" UNION ALL SELECT 'only in tallies', b.* FROM ({of_tallies} EXCEPT {of_slots}) AS b"
        )
        found.extend(f"{table} {what}: {tuple(row)}" for what, *row in fetch(both, [day] * 6))
    rows = fetch("SELECT COUNT(*) FROM tally WHERE day = %s", [day])[0][0]
    return Recount(day, rows, tuple(found))
