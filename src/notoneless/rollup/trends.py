"""A unit over many days: counts and a measure, oldest first. Bureaus' locked days are kept as sums (sums.py)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from notoneless.expect.queries import DutyInfo
from notoneless.kernel.sql import fetch
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import DayUnitRef
from notoneless.rollup.models import DaySum
from notoneless.rollup.queries import SUMS, subtree_of
from notoneless.rollup.rules import Counts
from notoneless.rollup.small import SMALL

LONGEST = 400


@dataclass(frozen=True)
class TrendPoint:
    """One day. `n`: the measure's count; None: not to be shown."""

    day: date
    counts: Counts
    n: int | None


def trend_of(
    unit: DayUnitRef, last: date, duty: DutyInfo, measure: str, *, days: int, is_masked: bool
) -> tuple[TrendPoint, ...]:
    """The newest `days` opened days up to `last` of a unit (already found within the viewer's scope)."""
    opened = [day for day in ledger_queries.opened_days(LONGEST) if day <= last][:days]
    return points_of(unit, opened, duty, measure, is_masked=is_masked)


def points_of(
    unit: DayUnitRef, days: Sequence[date], duty: DutyInfo, measure: str, *, is_masked: bool
) -> tuple[TrendPoint, ...]:
    """These days, oldest first. A day on which the unit was not there counts nothing."""
    found = _kept(unit, days, duty, measure)
    for day in days:
        if day not in found:
            found[day] = _summed(unit, day, duty, measure)
    return tuple(
        TrendPoint(day, counts, None if is_masked and 0 < n < SMALL else n)
        for day, (counts, n) in sorted(found.items())
    )


def weeks(last: date) -> tuple[list[date], list[date]]:
    """The seven days of the week of `last` and those of the week before, Monday first."""
    monday = last - timedelta(days=last.weekday())
    return [monday + timedelta(days=n) for n in range(7)], [monday + timedelta(days=n - 7) for n in range(7)]


def _kept(unit: DayUnitRef, days: Sequence[date], duty: DutyInfo, measure: str) -> dict[date, tuple[Counts, int]]:
    rows = DaySum.objects.filter(day__in=days, duty_id=duty.id, unit_id=unit.unit_id)
    return {
        row.day: (
            Counts(row.on_time, row.late, row.excused, row.missing, row.due, row.voluntary),
            int(json.loads(row.measures).get(measure, 0)),
        )
        for row in rows
    }


def _summed(unit: DayUnitRef, day: date, duty: DutyInfo, measure: str) -> tuple[Counts, int]:
    at = ledger_queries.day_units(day, [unit.unit_id]).get(unit.unit_id)
    if at is None:
        return Counts(), 0
    subtree, within = subtree_of(day, duty.id, at)
    (sums,) = fetch(f"SELECT {SUMS} FROM tally WHERE {subtree}", within)
    counts = Counts(*(int(n or 0) for n in sums))
    if not measure:
        return counts, 0
    ((n,),) = fetch(f"SELECT SUM(n) FROM measure_tally WHERE {subtree} AND measure = %s", [*within, measure])
    return counts, int(n or 0)
