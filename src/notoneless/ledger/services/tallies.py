"""Tallies are deltas of a slot's old and new row. Two ways in, one meaning: from `slot_change`, or from a batch."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from notoneless.kernel.rowset import Answer, run_with
from notoneless.kernel.sql import each_text, execute, fetch
from notoneless.ledger.keys import SessionKey
from notoneless.ledger.rules import COLUMNS

_KEY = "district_id, day, duty_id, session, unit_id, population"
_ADD = ", ".join(f"{name} = tally.{name} + excluded.{name}" for name in COLUMNS)
_MEASURE_ADD = "n = measure_tally.n + excluded.n, voluntary = measure_tally.voluntary + excluded.voluntary"


def counts_sql(state: str, on_time: str, sign: str = "") -> str:
    """Six 0/1 expressions, one a tally column, for a slot whose state and punctuality are these columns."""
    tests = {
        "on_time": f"{state} = 'reported' AND {on_time}",
        "late": f"{state} = 'reported' AND NOT {on_time}",
        **{name: f"{state} = '{name}'" for name in COLUMNS[2:]},
    }
    return ", ".join(f"{sign}CASE WHEN {tests[name]} THEN 1 ELSE 0 END AS {name}" for name in COLUMNS)


def measures_sql(state: str, sign: str = "") -> str:
    """Two 0/1 expressions: counted among the reported, counted among the voluntary."""
    return ", ".join(
        f"{sign}CASE WHEN {state} = '{name}' THEN 1 ELSE 0 END AS {alias}"
        for name, alias in (("reported", "n"), ("voluntary", "voluntary"))
    )


def apply_changes(key: SessionKey) -> None:
    """Add to the tallies what the rows of the temporary table `slot_change` change."""
    sums = ", ".join(f"SUM({name}) AS {name}" for name in COLUMNS)
    execute(
        f"""
        INSERT INTO tally ({_KEY}, school_id, path, {", ".join(COLUMNS)})
        SELECT d.district_id, %(day)s, %(duty)s, %(session)s, d.unit_id, d.population, u.school_id, u.path,
               {", ".join(f"d.{name}" for name in COLUMNS)}
        FROM (SELECT district_id, unit_id, population, {sums}
              FROM (SELECT district_id, unit_id, population, {counts_sql("state", "on_time")} FROM slot_change
                    UNION ALL
                    SELECT was_district_id, was_unit_id, was_population,
                           {counts_sql("was_state", "was_on_time", "-")}
                    FROM slot_change WHERE was_state IS NOT NULL) AS moves
              GROUP BY district_id, unit_id, population) AS d
        JOIN day_unit u ON u.day = %(day)s AND u.unit_id = d.unit_id
        WHERE true
        ORDER BY d.district_id, d.unit_id, d.population
        ON CONFLICT ({_KEY}) DO UPDATE SET {_ADD}
        """,
        key.params(),
    )
    if not fetch("SELECT 1 FROM slot_change WHERE measures <> '[]' OR was_measures <> '[]' LIMIT 1"):
        return
    execute(
        f"""
        INSERT INTO measure_tally ({_KEY}, measure, school_id, path, n, voluntary)
        SELECT d.district_id, %(day)s, %(duty)s, %(session)s, d.unit_id, d.population, d.measure, u.school_id, u.path,
               d.n, d.voluntary
        FROM (SELECT district_id, unit_id, population, measure, SUM(n) AS n, SUM(voluntary) AS voluntary
              FROM (SELECT district_id, unit_id, population, item.value AS measure, {measures_sql("state")}
                    FROM slot_change, {each_text("measures")} WHERE measures <> '[]'
                    UNION ALL
                    SELECT was_district_id, was_unit_id, was_population, item.value, {measures_sql("was_state", "-")}
                    FROM slot_change, {each_text("was_measures")}
                    WHERE was_state IS NOT NULL AND was_measures <> '[]') AS moves
              GROUP BY district_id, unit_id, population, measure) AS d
        JOIN day_unit u ON u.day = %(day)s AND u.unit_id = d.unit_id
        WHERE true
        ORDER BY d.district_id, d.unit_id, d.population, d.measure
        ON CONFLICT ({_KEY}, measure) DO UPDATE SET {_MEASURE_ADD}
        """,
        key.params(),
    )


class Check(NamedTuple):
    """How many rows a statement should have touched."""

    answer: Answer
    expected: int

    def holds(self) -> bool:
        return self.answer.count() == self.expected


TallyKey = tuple[int, date, int, int, int, str]
"""district, day, duty, session, unit, population."""


_KEY_TYPES = {"district_id": "int", "day": "date", "duty_id": "int", "session": "smallint", "unit_id": "int",
              "population": "text"}  # fmt: skip
_COUNT_TYPES = _KEY_TYPES | dict.fromkeys(COLUMNS, "int")
_MEASURE_TYPES = _KEY_TYPES | {"measure": "text", "n": "int", "voluntary": "int"}
_ON_KEY = " AND ".join(f"tally.{name} = k.{name}" for name in _KEY.split(", "))
_ADD_COUNTS = f"""
UPDATE tally SET {", ".join(f"{name} = tally.{name} + k.{name}" for name in COLUMNS)} FROM k WHERE {_ON_KEY}
"""
_MAKE_COUNTS = f"""
INSERT INTO tally ({_KEY}, school_id, path, {", ".join(COLUMNS)})
SELECT k.district_id, k.day, k.duty_id, k.session, k.unit_id, k.population, u.school_id, u.path, 0, 0, 0, 0, 0, 0
FROM k JOIN day_unit u ON u.day = k.day AND u.unit_id = k.unit_id
WHERE true
ORDER BY k.district_id, k.day, k.duty_id, k.session, k.unit_id, k.population
ON CONFLICT ({_KEY}) DO NOTHING
"""
_ADD_MEASURES = f"""
INSERT INTO measure_tally ({_KEY}, measure, school_id, path, n, voluntary)
SELECT k.district_id, k.day, k.duty_id, k.session, k.unit_id, k.population, k.measure, u.school_id, u.path,
       k.n, k.voluntary
FROM k JOIN day_unit u ON u.day = k.day AND u.unit_id = k.unit_id
WHERE true
ORDER BY k.district_id, k.day, k.duty_id, k.session, k.unit_id, k.population, k.measure
ON CONFLICT ({_KEY}, measure) DO UPDATE SET {_MEASURE_ADD}
"""


def add_deltas(
    counts: Mapping[TallyKey, Sequence[int]],
    measures: Mapping[tuple[TallyKey, str], Sequence[int]],
    *,
    perhaps_new: Collection[TallyKey] = (),
) -> Check | None:
    """Add a batch's deltas: six columns a tally key, (n, voluntary) a key and measure. All-zero ones are skipped.

    Opening a day makes the tallies of all that is owed; `perhaps_new` are those that may not be there. Keys are taken
    in order, so that two batches never wait for each other in a ring. The check that it returns fails where a tally was
    not there.
    """
    if perhaps_new:
        run_with(_KEY_TYPES, [_bound(key) for key in sorted(perhaps_new)], _MAKE_COUNTS)
    rows = [(*_bound(key), *delta) for key, delta in sorted(counts.items()) if any(delta)]
    check = Check(run_with(_COUNT_TYPES, rows, _ADD_COUNTS), len(rows)) if rows else None
    raised = [(*_bound(key), measure, *delta) for (key, measure), delta in sorted(measures.items()) if any(delta)]
    if raised:
        run_with(_MEASURE_TYPES, raised, _ADD_MEASURES)
    return check


def _bound(key: TallyKey) -> tuple[object, ...]:
    return (key[0], str(key[1]), *key[2:])
