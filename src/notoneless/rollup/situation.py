"""What a bureau looks at first: the day in one line, what is new since the day before, last week, who needs attention.

Everything comes from tallies, one line for each school (for a school: each class) and day.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

from notoneless.expect import queries as expect_queries
from notoneless.expect.queries import DutyInfo
from notoneless.kernel.clock import to_micros
from notoneless.kernel.sql import fetch
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import DayUnitRef
from notoneless.rollup.queries import SUMS, subtree_of
from notoneless.rollup.rules import Counts, total
from notoneless.rollup.rules.news import (
    Attention,
    Footing,
    News,
    Pack,
    Standing,
    attention,
    in_order,
    news_of,
    pack,
)
from notoneless.rollup.small import SMALL, hidden_below
from notoneless.roster.scope import SYSTEM

T = TypeVar("T")
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class DayTotal:
    """A unit's whole on one day. `n`: how many raised the measure; None: not to be shown."""

    day: date
    counts: Counts
    n: int | None


@dataclass(frozen=True)
class Told:
    """A piece of news with the unit it is about."""

    news: News
    unit: DayUnitRef


@dataclass(frozen=True)
class Noted:
    """A unit that asks for attention."""

    attention: Attention
    unit: DayUnitRef


@dataclass(frozen=True)
class Situation:
    """`before`: the opened day before; `week`: the same weekday last week; None where that day was not opened.
    `silent_still`: not heard from on that day nor on this. `is_masked`: small counts are not shown."""

    unit: DayUnitRef
    duty: DutyInfo
    measure: str
    now: DayTotal
    before: DayTotal | None
    week: DayTotal | None
    footing: Footing
    due_at: int
    news: tuple[Told, ...]
    noted: tuple[Noted, ...]
    thresholds: Pack
    is_masked: bool
    as_of: datetime

    @property
    def silent_still(self) -> tuple[Told, ...]:
        return tuple(one for one in self.news if one.news.kind == "silent_still")

    @property
    def fresh(self) -> tuple[Told, ...]:
        return tuple(one for one in self.news if one.news.kind != "silent_still")


class Recall(Protocol):
    """Gives what `make` gives, or gave a little while ago for the same key."""

    def __call__(self, key: Hashable, make: Callable[[], T]) -> T: ...


def anew(key: Hashable, make: Callable[[], T]) -> T:
    """Recalls nothing."""
    return make()


def situation(
    code: str, day: date, duty_code: str, *, now: datetime, is_masked: bool, recall: Recall = anew
) -> Situation:
    """As the machine sees it (the caller asks whose it is); `is_masked`: as those may who see no names there.

    Raises DomainError `unknown_duty`, `day_not_open`, `unknown_unit`.
    """
    duty = expect_queries.duty_by_code(duty_code)
    unit = ledger_queries.day_unit(SYSTEM, day, code)
    measure = pack().measures.get(duty.form, "")
    level = "class" if unit.level == "school" else "school"
    refs = {ref.unit_id: ref for ref in ledger_queries.units_below(day, unit, level) if ref.unit_id != unit.unit_id}
    earlier = [one for one in ledger_queries.opened_days() if one < day]
    days = [day, *earlier[:1], *([day - WEEK] if day - WEEK in earlier[1:] else [])]
    found = {}
    for one in days:
        make = partial(_standings, one, unit, duty, measure, refs, level, is_masked=is_masked)
        found[one] = make() if one == day else recall((one, unit.unit_id, duty.id, level, is_masked), make)
    wholes = [DayTotal(one, *_whole(found[one], is_masked=is_masked)) for one in days]
    footing, due_at = _footing(day, duty, now)
    today = found[day].units
    before = found[earlier[0]].units if earlier else {}
    told = in_order(
        news for unit_id, one in today.items() if unit_id in refs
        for news in news_of(unit_id, one, before.get(unit_id), footing, pack())
    )  # fmt: skip
    by_day = {one.day: one for one in wholes}
    return Situation(
        unit, duty, measure, wholes[0], by_day.get(earlier[0]) if earlier else None, by_day.get(day - WEEK), footing,
        due_at, tuple(Told(one, refs[one.unit_id]) for one in told),
        tuple(Noted(one, refs[one.unit_id]) for one in attention(today, pack()) if one.unit_id in refs),
        pack(), is_masked, now,
    )  # fmt: skip


@dataclass(frozen=True)
class _Standings:
    units: Mapping[int, Standing]
    n: int


def _standings(
    day: date, root: DayUnitRef, duty: DutyInfo, measure: str, refs: Mapping[int, DayUnitRef], level: str,
    *, is_masked: bool,
) -> _Standings:  # fmt: skip
    """One line for each school or class; what counts under none of them has a line under another id."""
    at = ledger_queries.day_units(day, [root.unit_id]).get(root.unit_id)  # it may have stood elsewhere then
    if at is None:
        return _Standings({}, 0)
    by = "unit_id" if level == "class" else "school_id"
    subtree, within = subtree_of(day, duty.id, at)
    counts = {
        unit_id: Counts(*(int(n) for n in sums))
        for unit_id, *sums in fetch(f"SELECT {by}, {SUMS} FROM tally WHERE {subtree} GROUP BY {by}", within)
    }
    raised: dict[int, int] = {}
    if measure:
        rows = fetch(
            f"SELECT {by}, SUM(n) FROM measure_tally WHERE {subtree} AND measure = %s GROUP BY {by}",
            [*within, measure],
        )
        raised = {unit_id: int(n) for unit_id, n in rows}
    hidden: frozenset[int] = frozenset()
    if is_masked:
        paths = {unit_id: refs[unit_id].path if unit_id in refs else root.path for unit_id in raised}
        by_path: dict[str, int] = {}
        for unit_id, path in paths.items():
            by_path[path] = by_path.get(path, 0) + raised[unit_id]
        out = hidden_below(root.path, by_path)
        hidden = frozenset(unit_id for unit_id, path in paths.items() if path in out)
    standings = {
        unit_id: Standing(one, None if unit_id in hidden else raised.get(unit_id, 0))
        for unit_id, one in counts.items()
    }  # fmt: skip
    return _Standings(standings, sum(raised.values()))


def _whole(found: _Standings, *, is_masked: bool) -> tuple[Counts, int | None]:
    return total(one.counts for one in found.units.values()), None if is_masked and 0 < found.n < SMALL else found.n


def _footing(day: date, duty: DutyInfo, now: datetime) -> tuple[Footing, int]:
    """By the latest of the duty's sessions that the day has. The due instant in microseconds."""
    sessions = [one for one in ledger_queries.sessions_on(day) if one.duty_id == duty.id]
    due_at = max((to_micros(one.due_at) for one in sessions), default=0)
    closes_at = max((to_micros(one.closes_at) for one in sessions), default=0)
    at = to_micros(now)
    return Footing(at >= due_at, at >= closes_at), due_at
