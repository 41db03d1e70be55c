"""The day's tree and slots, as the later stages read them. Scope is checked against the tree of that day."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from notoneless.kernel.errors import DomainError
from notoneless.kernel.sql import as_day, fetch, rows_table
from notoneless.ledger.models import DaySession, DayUnit, PersonSlot
from notoneless.roster.scope import Scope


@dataclass(frozen=True)
class DayUnitRef:
    """A unit as it was on one day."""

    unit_id: int
    parent_id: int | None
    code: str
    name: str
    name_en: str
    level: str
    kind: str
    path: str
    district_id: int

    def label(self, language: str) -> str:
        return self.name if language.startswith("zh") else self.name_en or self.name


_FIELDS = ("unit_id", "parent_id", "code", "name", "name_en", "level", "kind", "path", "district_id")


def day_unit(scope: Scope, day: date, code: str) -> DayUnitRef:
    """The unit of this code on that day. Raises `day_not_open`, `unknown_unit`, `out_of_scope`."""
    row = DayUnit.objects.filter(day=day, code=code).values_list(*_FIELDS).first()
    if row is None:
        if not DaySession.objects.filter(day=day).exists():
            raise DomainError("day_not_open", "day", day=day)
        raise DomainError("unknown_unit" if scope.is_everything else "out_of_scope", "unit")
    found = DayUnitRef(*row)
    scope.require(found.path)
    return found


def units_below(day: date, unit: DayUnitRef, level: str = "") -> list[DayUnitRef]:
    """The unit's own children; or, with a level, every unit of it in the subtree, the unit itself included."""
    rows = DayUnit.objects.filter(day=day)
    if level:
        rows = rows.filter(level=level, path__gte=unit.path, path__lt=unit.path + "~")
    else:
        rows = rows.filter(parent_id=unit.unit_id)
    return [DayUnitRef(*row) for row in rows.order_by("code").values_list(*_FIELDS)]


def ancestors(day: date, unit: DayUnitRef) -> list[DayUnitRef]:
    """The units above it, root first."""
    prefixes = [unit.path[:end] for end in range(7, len(unit.path), 7)]
    rows = DayUnit.objects.filter(day=day, path__in=prefixes).order_by("path")
    return [DayUnitRef(*row) for row in rows.values_list(*_FIELDS)]


def sessions_on(day: date) -> list[DaySession]:
    return list(DaySession.objects.filter(day=day).order_by("duty_id", "session"))


def opened_days(limit: int = 60) -> list[date]:
    """The latest days that were opened, newest first."""
    return sorted(set(DaySession.objects.values_list("day", flat=True).distinct()), reverse=True)[:limit]


@dataclass(frozen=True)
class SlotView:
    """A slot as pages show it. Instants in microseconds since 1970 UTC; `answers` is JSON text."""

    respondent_id: int
    unit_id: int
    population: str
    session: int
    state: str
    reason: str
    on_time: bool | None
    by: str
    made_at: int | None
    filled_at: int | None
    due_at: int
    revision: int
    answers: str
    measures: str
    report_id: str


_SLOT = ("s.respondent_id, s.unit_id, s.population, s.session, s.state, s.reason, s.on_time, s.by, s.made_at,"
         " s.filled_at, s.due_at, s.revision, s.answers, s.measures, s.report_id")  # fmt: skip


def slots_of_unit(unit: DayUnitRef, day: date, duty_id: int, table: str = "person_slot") -> list[SlotView]:
    """Every slot that counts under exactly this unit (a class), void ones left out, by respondent."""
    rows = fetch(
        f"SELECT {_SLOT} FROM {table} s WHERE s.district_id = %s AND s.day = %s AND s.duty_id = %s AND s.unit_id = %s"
        " AND s.state <> 'void' ORDER BY s.session, s.respondent_id",
        [unit.district_id, day, duty_id, unit.unit_id],
    )
    return [SlotView(*row) for row in rows]


def slots_of_respondents(ids: Sequence[int], day: date, table: str = "person_slot") -> list[tuple[int, SlotView]]:
    """(duty id, slot) for all that these respondents owe or gave on a day, void ones left out."""
    if not ids:
        return []
    marks = ", ".join(["%s"] * len(ids))
    rows = fetch(
        f"SELECT s.duty_id, {_SLOT} FROM {table} s WHERE s.respondent_id IN ({marks}) AND s.day = %s"
        " AND s.state <> 'void' ORDER BY s.respondent_id, s.duty_id, s.session",
        [*ids, day],
    )
    return [(duty_id, SlotView(*rest)) for duty_id, *rest in rows]


def slots_of_person(person_id: int, days: Sequence[date]) -> list[tuple[date, int, SlotView]]:
    """(day, duty id, slot) for all that one person owed or gave on these days, void ones left out."""
    rows = fetch(
        f"SELECT s.day, s.duty_id, {_SLOT} FROM person_slot s WHERE s.respondent_id = %s"
        f" AND s.day IN ({', '.join(['%s'] * len(days))}) AND s.state <> 'void' ORDER BY s.day, s.duty_id, s.session",
        [person_id, *days],
    )
    return [(as_day(day), duty_id, SlotView(*rest)) for day, duty_id, *rest in rows]


def latest_answers(ids: Sequence[int], duty_id: int, days: Sequence[date]) -> dict[int, tuple[date, str]]:
    """Respondent -> (day, answers as JSON text) of the newest of these days on which they gave any."""
    if not ids or not days:
        return {}
    people, dates = ", ".join(["%s"] * len(ids)), ", ".join(["%s"] * len(days))
    rows = fetch(
        f"SELECT s.respondent_id, s.day, s.answers FROM person_slot s WHERE s.respondent_id IN ({people})"
        f" AND s.day IN ({dates}) AND s.duty_id = %s AND s.state IN ('reported', 'voluntary') AND s.answers <> ''"
        " ORDER BY s.day",
        [*ids, *days, duty_id],
    )
    return {respondent: (as_day(day), answers) for respondent, day, answers in rows}


def marks_of_person(person_id: int, day: date) -> dict[tuple[int, int], tuple[str, str, int | None]]:
    """(duty id, session) -> state, reason and policy id of every slot that a person has or had on a day, void ones
    among them."""
    rows = PersonSlot.objects.filter(respondent_id=person_id, day=day)
    return {
        (duty_id, session): (state, reason, policy_id)
        for duty_id, session, state, reason, policy_id in rows.values_list(
            "duty_id", "session", "state", "reason", "policy_id"
        )
    }


def unheard_slots(
    unit: DayUnitRef, day: date, duty_id: int, *, table: str, limit: int, offset: int
) -> tuple[int, list[tuple[SlotView, DayUnitRef]]]:
    """Slots below the unit that are due or missing, with the unit that each counts under; and how many there are.

    The tallies say how many each unit has, in order; so only the slots of this part's own units are read, however large
    the city. Slots that are nobody's any more (services/forgetting.py) are counted and not listed.
    """
    where, params = "", [day, duty_id, unit.path, unit.path + "~"]
    if unit.level not in ("province", "city"):
        where = " AND district_id = %s"
        params.append(unit.district_id)
    groups = fetch(
        "SELECT path, session, unit_id, district_id, SUM(missing + due) FROM tally"
        f" WHERE day = %s AND duty_id = %s AND path >= %s AND path < %s{where} AND missing + due > 0"
        " GROUP BY path, session, unit_id, district_id ORDER BY path, session",
        params,
    )
    over = expired_sessions_of(day, duty_id)
    groups = [group for group in groups if group[1] not in over]
    total, skipped, asked = 0, 0, []
    for path, session, unit_id, district_id, n in groups:
        if total + n <= offset:
            skipped += int(n)
        elif total < offset + limit:
            asked.append((unit_id, session, district_id, path))
        total += int(n)
    found = _slots_unheard(day, duty_id, table, [group[:3] for group in asked])
    units = day_units(day, {unit_id for unit_id, *_ in asked})
    paths = {unit_id: path for unit_id, _, _, path in asked}
    found.sort(key=lambda slot: (paths[slot.unit_id], slot.session, slot.respondent_id))
    first = offset - skipped
    return total, [(slot, units[slot.unit_id]) for slot in found[first : first + limit]]


def _slots_unheard(day: date, duty_id: int, table: str, groups: Sequence[tuple[int, int, int]]) -> list[SlotView]:
    """The due and missing slots of (unit, session, district), each by the index of boards."""
    if not groups:
        return []
    keys, params = rows_table("k", {"unit_id": "int", "session": "int", "district_id": "int"}, groups)
    rows = fetch(
        f"SELECT {_SLOT} FROM {keys} JOIN {table} s ON s.district_id = k.district_id AND s.day = %s AND s.duty_id = %s"
        " AND s.session = k.session AND s.unit_id = k.unit_id"
        " WHERE s.state IN ('due', 'missing') AND s.respondent_id > 0",
        [*params, day, duty_id],
    )
    return [SlotView(*row) for row in rows]


def expired_sessions_of(day: date, duty_id: int) -> set[int]:
    """The sessions whose slots of that day are nobody's any more."""
    rows = DaySession.objects.filter(day=day, duty_id=duty_id).exclude(expired_at=None)
    return set(rows.values_list("session", flat=True))


def day_units(day: date, ids: Collection[int]) -> dict[int, DayUnitRef]:
    """Units of a day by id. No scope: for naming the units of slots that the caller has found inside its scope."""
    rows = DayUnit.objects.filter(day=day, unit_id__in=ids).values_list(*_FIELDS)
    return {ref.unit_id: ref for ref in (DayUnitRef(*row) for row in rows)}


def areas_of(day: date, ids: Collection[int]) -> dict[int, str]:
    """Unit id -> the code of the area where it stands (GB/T 2260), where the roster says one. No scope: as above."""
    rows = DayUnit.objects.filter(day=day, unit_id__in=ids).exclude(area="").values_list("unit_id", "area")
    return dict(rows)


def excuses_of(units: Collection[DayUnitRef], day: date, duty_id: int, *, table: str) -> dict[int, str]:
    """Unit id -> the reason of one excused slot below it. For units whose slots are all excused: one speaks for all."""
    if not units:
        return {}
    marks = ", ".join(["%s"] * len(units))
    rows = fetch(
        f"SELECT u.unit_id, (SELECT s.reason FROM day_unit d JOIN {table} s ON s.day = d.day AND s.unit_id = d.unit_id"
        " AND s.district_id = d.district_id WHERE d.day = u.day AND d.path >= u.path AND d.path < u.path || '~'"
        " AND s.duty_id = %s AND s.state = 'excused' LIMIT 1)"
        f" FROM day_unit u WHERE u.day = %s AND u.unit_id IN ({marks})",
        [duty_id, day, *(unit.unit_id for unit in units)],
    )
    return {unit_id: reason for unit_id, reason in rows if reason}
