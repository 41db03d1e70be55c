"""How far the figures may be trusted, as far as what is kept can tell: how late, what does not add up, what is too even
to be true, how old the roster is. Hints for a telephone call, not findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from notoneless.expect import queries as expect_queries
from notoneless.expect.queries import DutyInfo
from notoneless.kernel import audit
from notoneless.kernel.sql import fetch
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import DayUnitRef
from notoneless.rollup.queries import SUMS, subtree_of
from notoneless.rollup.rules import Counts
from notoneless.rollup.rules.news import pack
from notoneless.roster.scope import Scope
from notoneless.roster.tree import END

ATTENDANCE, CHECK, DAILY = "attendance", "morning-check", "school-daily"


@dataclass(frozen=True)
class Mismatch:
    """A school that states another number of pupils than its classes have in the ledger."""

    unit: DayUnitRef
    stated: int
    counted: int


@dataclass(frozen=True)
class TooEven:
    """A school that has signed zero on each of `days` days running, and how many people it answers for."""

    unit: DayUnitRef
    days: int
    people: int


@dataclass(frozen=True)
class Lateness:
    """Reports of one day after the due time. `median` and `longest` in minutes; None above a school, where they would
    have to be read from every slot."""

    counts: Counts
    median: int | None
    longest: int | None


@dataclass(frozen=True)
class Quality:
    lateness: Lateness
    mismatches: tuple[Mismatch, ...]
    too_even: tuple[TooEven, ...]
    even_days: int
    imported_at: datetime | None


def quality_of(scope: Scope, code: str, day: date, duty: DutyInfo) -> Quality:
    """Raises DomainError `day_not_open`, `unknown_unit` or `out_of_scope`."""
    unit = ledger_queries.day_unit(scope, day, code)
    schools = {ref.unit_id: ref for ref in ledger_queries.units_below(day, unit, "school")}
    known = expect_queries.duties()
    return Quality(
        _lateness(unit, day, duty), _mismatches(unit, day, known, schools), _too_even(unit, day, known, schools),
        pack().even_days, audit.latest("roster.import"),
    )  # fmt: skip


def _lateness(unit: DayUnitRef, day: date, duty: DutyInfo) -> Lateness:
    subtree, within = subtree_of(day, duty.id, unit)
    (sums,) = fetch(f"SELECT {SUMS} FROM tally WHERE {subtree}", within)
    counts = Counts(*(int(n or 0) for n in sums))
    if unit.level not in ("school", "class") or not counts.late:
        return Lateness(counts, None, None)
    rows = fetch(
        f"SELECT s.filled_at - s.due_at FROM {duty.key(day).table} s"
        " JOIN day_unit u ON u.day = s.day AND u.unit_id = s.unit_id"
        " WHERE s.district_id = %s AND s.day = %s AND s.duty_id = %s AND s.state = 'reported'"
        " AND s.filled_at > s.due_at AND u.path >= %s AND u.path < %s ORDER BY 1",
        [unit.district_id, day, duty.id, unit.path, unit.path + END],
    )
    minutes = [int(late) // 60_000_000 for (late,) in rows]
    if not minutes:  # past their term, slots are nobody's and have no instants
        return Lateness(counts, None, None)
    return Lateness(counts, minutes[len(minutes) // 2], minutes[-1])


def _mismatches(
    unit: DayUnitRef, day: date, known: Mapping[str, DutyInfo], schools: Mapping[int, DayUnitRef]
) -> tuple[Mismatch, ...]:
    """By the attendance that a school states (one row a school) and the pupils of its classes' morning check."""
    attendance, check, thresholds = known.get(ATTENDANCE), known.get(CHECK), pack()
    if attendance is None or check is None:
        return ()
    stated = fetch(
        "SELECT s.respondent_id, s.answers FROM unit_slot s"
        " JOIN day_unit u ON u.day = s.day AND u.unit_id = s.respondent_id"
        " WHERE s.day = %s AND s.duty_id = %s AND s.state = 'reported' AND u.path >= %s AND u.path < %s",
        [day, attendance.id, unit.path, unit.path + END],
    )
    if not stated:
        return ()
    counted = _people(unit, day, check)
    found = []
    for school_id, answers in stated:
        said: Any = msgspec.json.decode(answers or "{}").get("enrolled")
        here = counted.get(school_id, 0)
        if school_id not in schools or not isinstance(said, int) or not here:
            continue
        if abs(said - here) >= max(thresholds.mismatch_by, here * thresholds.mismatch_share // 100):
            found.append(Mismatch(schools[school_id], said, here))
    return tuple(sorted(found, key=lambda one: (-abs(one.stated - one.counted), one.unit.code)))


def _too_even(
    unit: DayUnitRef, day: date, known: Mapping[str, DutyInfo], schools: Mapping[int, DayUnitRef]
) -> tuple[TooEven, ...]:
    """Large schools that have signed zero on every one of the last days on which a statement was owed."""
    daily, check, thresholds = known.get(DAILY), known.get(CHECK), pack()
    opened = [one for one in ledger_queries.opened_days() if one <= day][: thresholds.even_days]
    if daily is None or check is None or len(opened) < thresholds.even_days:
        return ()
    marks = ", ".join(["%s"] * len(opened))
    rows = fetch(
        f"SELECT school_id, COUNT(DISTINCT day) FROM measure_tally WHERE day IN ({marks}) AND duty_id = %s"
        " AND path >= %s AND path < %s AND measure IN ('zero', 'zero_with_gaps') AND n > 0"
        " GROUP BY school_id HAVING COUNT(DISTINCT day) = %s",
        [*opened, daily.id, unit.path, unit.path + END, len(opened)],
    )
    if not rows:
        return ()
    people = _people(unit, day, known["daily-health"])
    found = [
        TooEven(schools[school_id], int(days), people.get(school_id, 0))
        for school_id, days in rows
        if school_id in schools and people.get(school_id, 0) >= thresholds.even_people
    ]
    return tuple(sorted(found, key=lambda one: (-one.people, one.unit.code)))


def _people(unit: DayUnitRef, day: date, duty: DutyInfo) -> dict[int, int]:
    """School id -> how many were owed by it."""
    subtree, within = subtree_of(day, duty.id, unit)
    rows = fetch(f"SELECT school_id, {SUMS} FROM tally WHERE {subtree} GROUP BY school_id", within)
    return {school_id: Counts(*(int(n) for n in sums)).expected for school_id, *sums in rows}
