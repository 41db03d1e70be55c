"""What came in, what it adds up to and who is missing, for any unit of any depth on any day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from notoneless.collect import queries as collect_queries
from notoneless.collect.queries import Revision
from notoneless.expect import queries as expect_queries
from notoneless.expect.queries import DutyInfo
from notoneless.kernel.clock import from_micros
from notoneless.kernel.errors import DomainError
from notoneless.kernel.sql import as_day, fetch
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import DayUnitRef, SlotView
from notoneless.rollup.rules import Counts, places, total
from notoneless.roster import queries as roster_queries
from notoneless.roster.kinds import LEVELS
from notoneless.roster.roles import NAMES
from notoneless.roster.scope import Scope
from notoneless.roster.tree import END, SEGMENT

SUMS = ", ".join(f"SUM({name})" for name in ("on_time", "late", "excused", "missing", "due", "voluntary"))
_CARRIED = {"district": "district_id", "school": "school_id", "class": "unit_id"}
"""The columns of a tally that name its ancestors of that day."""
_SUBTREE = "day = %s AND duty_id = %s AND path >= %s AND path < %s"
_IN_DISTRICTS = """day = %s AND duty_id = %s AND district_id IN (
    WITH RECURSIVE named (id) AS (
        SELECT MIN(district_id) FROM tally
        UNION ALL SELECT (SELECT MIN(t.district_id) FROM tally t WHERE t.district_id > named.id) FROM named
        WHERE named.id IS NOT NULL
    ) SELECT u.unit_id FROM named CROSS JOIN day_unit u
    WHERE u.day = %s AND u.unit_id = named.id AND u.path >= %s AND u.path < %s)"""
"""A bureau's subtree by the head of the tallies' key. There are a few districts among very many rows, so the key is
asked for the next one after each, and not read through."""


@dataclass(frozen=True)
class Line:
    """One unit's figures. `measures` counts reported answers; `voluntary_measures` those that nobody owed; `hidden`:
    measures that are not shown to this viewer (rollup/small.py)."""

    unit: DayUnitRef
    counts: Counts
    measures: Mapping[str, int] = field(default_factory=dict)
    voluntary_measures: Mapping[str, int] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()

    def as_json(self, day: date, duty: str) -> dict[str, Any]:
        counts = self.counts
        return {
            "unit": self.unit.code, "day": str(day), "duty": duty, "expected": counts.expected,
            "reported": counts.reported, "on_time": counts.on_time, "late": counts.late, "excused": counts.excused,
            "missing": counts.missing, "due": counts.due, "rate": None if counts.rate is None else float(counts.rate),
            "measures": dict(self.measures), **({"hidden": list(self.hidden)} if self.hidden else {}),
        }  # fmt: skip


@dataclass(frozen=True)
class Completeness:
    """A unit's line and its children's, which sum to it. A unit with slots of its own stands among its children."""

    day: date
    duty: DutyInfo
    line: Line
    children: tuple[Line, ...]

    def as_json(self) -> dict[str, Any]:
        children = [child.as_json(self.day, self.duty.code) for child in self.children]
        return self.line.as_json(self.day, self.duty.code) | {"children": children}


def completeness(scope: Scope, unit_code: str, day: date, duty_code: str) -> Completeness:
    """Raises DomainError `unknown_duty`, `day_not_open`, `unknown_unit` or `out_of_scope`."""
    duty = expect_queries.duty_by_code(duty_code)
    unit = ledger_queries.day_unit(scope, day, unit_code)
    below = ledger_queries.units_below(day, unit)
    lines = _lines(day, duty, unit, [*below, unit], len(unit.path) + SEGMENT)
    own = lines[-1]
    children = [line for line in lines[:-1] if line.counts.columns != Counts().columns or duty.respondent == "person"]
    if below and any(own.counts.columns):
        children.append(own)
    whole = Line(
        unit,
        total(line.counts for line in lines),
        _sum_measures([line.measures for line in lines]),
        _sum_measures([line.voluntary_measures for line in lines]),
    )
    return Completeness(day, duty, whole, tuple(children))


def _lines(day: date, duty: DutyInfo, root: DayUnitRef, units: list[DayUnitRef], cut: int) -> list[Line]:
    """A line for each unit: the tallies below `root`, grouped by their path cut at `cut` characters."""
    counts: dict[str, Counts] = {}
    for path, *sums in fetch(*_grouped("tally", "", SUMS, day, duty.id, root, cut)):
        counts[path] = counts.get(path, Counts()) + Counts(*(int(n) for n in sums))
    measures: dict[str, dict[str, int]] = {}
    voluntary: dict[str, dict[str, int]] = {}
    measured = fetch(*_grouped("measure_tally", "measure", "SUM(n), SUM(voluntary)", day, duty.id, root, cut))
    for path, measure, n, extra in sorted(measured):
        for kept, count in ((measures, int(n)), (voluntary, int(extra))):
            if count:
                of_unit = kept.setdefault(path, {})
                of_unit[measure] = of_unit.get(measure, 0) + count
    return [Line(u, counts.get(u.path, Counts()), measures.get(u.path, {}), voluntary.get(u.path, {})) for u in units]


def subtree_of(day: date, duty_id: int, root: DayUnitRef) -> tuple[str, list[Any]]:
    """The condition that picks the tallies of a subtree, and its parameters."""
    if root.district_id == root.unit_id:  # then what is below carries it, or a district below it, whatever its path
        return _IN_DISTRICTS, [day, duty_id, day, root.path, root.path + END]
    return _SUBTREE, [day, duty_id, root.path, root.path + END]


def _grouped(
    table: str, key: str, sums: str, day: date, duty_id: int, root: DayUnitRef, cut: int
) -> tuple[str, list[Any]]:
    """Sums by head of path (and key); a path may come twice. A city's tens of thousands of rows are grouped by the
    district that each carries, a number, and only the city's own by their path.
    """
    comma, by = (f", {key}", f", {key}") if key else ("", "")
    subtree, within = subtree_of(day, duty_id, root)
    plain = f"SELECT substr(path, 1, %s) AS head{comma}, {sums} FROM {table} WHERE {subtree}"
    if root.level not in ("province", "city"):
        return f"{plain} GROUP BY substr(path, 1, %s){by}", [cut, *within, cut]
    names = [f"s{place}" for place in range(sums.count("SUM("))]
    named = ", ".join(f"{one} AS {name}" for one, name in zip(sums.split(", "), names, strict=True))
    picked = "".join(f", g.{name}" for name in ([key] if key else []) + names)
    return (
        f"SELECT substr(u.path, 1, %s) AS head{picked} FROM (SELECT district_id{comma}, {named} FROM {table}"
        f" WHERE {subtree} AND district_id <> %s GROUP BY district_id{by}) AS g"
        " JOIN day_unit u ON u.day = %s AND u.unit_id = g.district_id"
        f" UNION ALL {plain} AND district_id = %s GROUP BY substr(path, 1, %s){by}",
        [cut, *within, root.district_id, day, cut, *within, root.district_id, cut],
    )


def _sum_measures(parts: list[Mapping[str, int]]) -> dict[str, int]:
    summed: dict[str, int] = {}
    for part in parts:
        for code, n in part.items():
            summed[code] = summed.get(code, 0) + n
    return dict(sorted(summed.items()))


def lines_at(scope: Scope, unit_code: str, day: date, duty_code: str, level: str) -> list[Line]:
    """A line (its counts) for every unit of a level in the subtree, by code. Raises DomainError `unknown_level` and
    others."""
    if level not in LEVELS:
        raise DomainError("unknown_level", "level", known=", ".join(LEVELS))
    duty = expect_queries.duty_by_code(duty_code)
    root = ledger_queries.day_unit(scope, day, unit_code)
    units = ledger_queries.units_below(day, root, level)
    subtree, within = subtree_of(day, duty.id, root)
    ids = {unit.unit_id for unit in units}
    # Where one of a level stands below another, a tally carries only the nearer one: then its path must speak.
    if level in _CARRIED and not any(unit.parent_id in ids for unit in units):
        by = _CARRIED[level]
        rows = fetch(f"SELECT {by}, {SUMS} FROM tally WHERE {subtree} GROUP BY {by}", within)
        found = {unit_id: Counts(*(int(n) for n in sums)) for unit_id, *sums in rows}
        return [Line(unit, found.get(unit.unit_id, Counts())) for unit in units]
    by_depth: dict[int, list[DayUnitRef]] = {}
    for unit in units:
        by_depth.setdefault(len(unit.path), []).append(unit)
    lines = [line for cut, some in by_depth.items() for line in _lines(day, duty, root, some, cut)]
    return sorted(lines, key=lambda line: line.unit.code)


@dataclass(frozen=True)
class Ranked:
    """A unit's place among its peers; None where nothing was expected of it."""

    place: int | None
    line: Line

    def as_json(self) -> dict[str, Any]:
        counts = self.line.counts
        return {
            "place": self.place, "unit": self.line.unit.code, "name": self.line.unit.name,
            "expected": counts.expected, "reported": counts.reported, "on_time": counts.on_time, "late": counts.late,
            "excused": counts.excused, "missing": counts.missing, "due": counts.due,
            "rate": None if counts.rate is None else float(counts.rate),
        }  # fmt: skip


def ranking(scope: Scope, unit_code: str, day: date, duty_code: str, level: str = "school") -> list[Ranked]:
    """Units of a level by completeness, best first; ties share a place and stand in order of their codes."""
    lines = lines_at(scope, unit_code, day, duty_code, level)
    standing = places([line.counts.standing for line in lines])
    ranked = [Ranked(place, line) for place, line in zip(standing, lines, strict=True)]
    return sorted(ranked, key=lambda one: (one.place is None, one.place or 0))  # stable: they come by code


@dataclass(frozen=True)
class Unheard:
    """A slot nobody has filled: who, where, and since when it is overdue. `name` is the person's or the unit's."""

    code: str
    name: str
    unit: DayUnitRef
    population: str
    session: str
    state: str
    due_at: int
    respondent_id: int

    def as_json(self) -> dict[str, Any]:
        key = "unit" if self.population == "unit" else "person"
        return {
            key: self.code, "name": self.name, "class" if key == "person" else "level": self.unit.code
            if key == "person" else self.unit.level,
            "population": self.population, "session": self.session, "state": self.state,
            "due_at": from_micros(self.due_at).isoformat(),
        }  # fmt: skip


@dataclass(frozen=True)
class MissingPeople:
    """One page of the slots that are due or missing."""

    total: int
    items: tuple[Unheard, ...]


def missing_people(
    scope: Scope, unit_code: str, day: date, duty_code: str, *, limit: int = 100, offset: int = 0
) -> MissingPeople:
    """The persons (or, for a unit's duty, the units) not heard from below a unit, class by class."""
    duty = expect_queries.duty_by_code(duty_code)
    unit = ledger_queries.day_unit(scope, day, unit_code)
    if duty.respondent == "person":
        scope.require_power(NAMES, unit.path)
    table = duty.key(day).table
    count, rows = ledger_queries.unheard_slots(unit, day, duty.id, table=table, limit=limit, offset=offset)
    refs: Mapping[int, tuple[str, str]] = {}
    if duty.respondent == "person":
        refs = roster_queries.codes_and_names([slot.respondent_id for slot, _ in rows])
    items = []
    for slot, counted in rows:
        code, name = (
            refs.get(slot.respondent_id, ("", "")) if duty.respondent == "person" else (counted.code, counted.name)
        )
        items.append(
            Unheard(code, name, counted, slot.population, duty.sessions[slot.session].code, slot.state, slot.due_at,
                    slot.respondent_id)
        )  # fmt: skip
    return MissingPeople(count, tuple(items))


def missing_units(scope: Scope, unit_code: str, day: date, duty_code: str, level: str) -> list[Line]:
    """The units of a level with anyone due or missing, most first."""
    lines = [line for line in lines_at(scope, unit_code, day, duty_code, level) if line.counts.unheard]
    return sorted(lines, key=lambda line: (-line.counts.unheard, line.unit.code))


def slots_by_duty(day: date) -> dict[str, int]:
    """How many slots each duty has on a day, void and voluntary ones not counted."""
    codes = {duty.id: duty.code for duty in expect_queries.duties().values()}
    rows = fetch(
        "SELECT duty_id, SUM(on_time + late + excused + missing + due) FROM tally WHERE day = %s GROUP BY duty_id",
        [day],
    )
    return {codes[duty_id]: int(n) for duty_id, n in sorted(rows)}


@dataclass(frozen=True)
class PersonDay:
    """One person's day: (duty id, slot) for all that was owed or given, and every revision behind it."""

    unit: DayUnitRef
    person_id: int
    code: str
    name: str
    slots: tuple[tuple[int, SlotView], ...]
    revisions: tuple[Revision, ...]


def person_day(scope: Scope, unit_code: str, day: date, person_id: int) -> PersonDay:
    """Raises `out_of_scope` for a person with no slot below the unit on that day, whether or not there is one."""
    unit = ledger_queries.day_unit(scope, day, unit_code)
    scope.require_power(NAMES, unit.path)
    slots = ledger_queries.slots_of_respondents([person_id], day)
    units = ledger_queries.day_units(day, {slot.unit_id for _, slot in slots})
    within = {id_ for id_, ref in units.items() if ref.path.startswith(unit.path)}
    slots = [(duty_id, slot) for duty_id, slot in slots if slot.unit_id in within]
    if not slots:
        raise DomainError("out_of_scope", "person")
    code, name = roster_queries.codes_and_names([person_id])[person_id]
    rows = collect_queries.revisions_of(person_id, day, [slot.report_id for _, slot in slots])
    shown = {(duty_id, slot.session) for duty_id, slot in slots}
    revisions = tuple(r for r in rows if (r.duty_id, r.session) in shown)
    return PersonDay(unit, person_id, code, name, tuple(slots), revisions)


@dataclass(frozen=True)
class TrendDay:
    """One day of a measure; `expected` 0 when nothing was owed."""

    day: date
    expected: int
    n: int


def trend(unit: DayUnitRef, last: date, duty: DutyInfo, measure: str, *, days: int = 28) -> list[TrendDay]:
    """A measure below a unit (already found within the viewer's scope) over the days up to `last`, oldest first.

    Days on which nothing was expected are left out. The days are listed one by one: with a range, the index that
    begins with the day would be walked for every unit of the city.
    """
    wanted = [last - timedelta(days=back) for back in range(days)]
    marks = ", ".join(["%s"] * days)
    within = [*wanted, duty.id, unit.path, unit.path + END]
    where = f"WHERE day IN ({marks}) AND duty_id = %s AND path >= %s AND path < %s GROUP BY day"
    owed = fetch(f"SELECT day, SUM(on_time + late + excused + missing + due) FROM tally {where}", within)
    counted = f"SELECT day, SUM(CASE WHEN measure = %s THEN n ELSE 0 END) FROM measure_tally {where}"
    raised: dict[Any, int] = dict(fetch(counted, [measure, *within]))
    found = [TrendDay(as_day(day), int(expected), int(raised.get(day, 0))) for day, expected in owed]
    return sorted((one for one in found if one.expected), key=lambda one: one.day)
