"""The day's reminders below a unit, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from notoneless.follow.models import Reminded, Reminder, Walk
from notoneless.follow.queries.standing import require_reminding
from notoneless.kernel.clock import Clock, day_of, from_micros
from notoneless.kernel.sql import fetch
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.models import DayUnit
from notoneless.ledger.queries import DayUnitRef
from notoneless.roster import queries as roster_queries
from notoneless.roster.scope import Scope
from notoneless.roster.tree import END


@dataclass(frozen=True)
class Named:
    """One whom a reminder is about, as far as the viewer's unit reaches. `heard_at`: when their report came in."""

    person_id: int
    name: str
    unit: DayUnitRef | None
    heard_at: datetime | None


@dataclass(frozen=True)
class ReminderLine:
    """A reminder as a list shows it. `people`: of a family; `asked`: the unit of a rung above."""

    id: int
    duty_id: int
    rung: str
    state: str
    reason: str
    channel: str
    answer: str
    by: str
    asked_at: datetime
    not_before: datetime
    settled_at: datetime | None
    count: int
    people: tuple[Named, ...]
    asked: DayUnitRef | None


@dataclass(frozen=True)
class ReminderPage:
    """One page, and how many there are in each state."""

    total: int
    by_state: dict[str, int]
    lines: tuple[ReminderLine, ...]


def reminders_of(
    scope: Scope, unit_code: str, day: date, duty_id: int | None = None, *, limit: int, offset: int
) -> ReminderPage:
    """Of one duty, or of all. Raises DomainError `day_not_open`, `unknown_unit`, `out_of_scope`, `wrong_role`."""
    unit = ledger_queries.day_unit(scope, day, unit_code)
    require_reminding(scope, unit.path)
    below = DayUnit.objects.filter(day=day, path__gte=unit.path, path__lt=unit.path + END).values("unit_id")
    naming = Reminded.objects.filter(unit_id__in=below, reminder__day=day).values("reminder_id")
    rows = Reminder.objects.filter(Q(pk__in=naming) | Q(unit_id__in=below), day=day)
    if duty_id is not None:
        rows = rows.filter(duty_id=duty_id)
    states = rows.aggregate(**{
        state: Count("pk", filter=Q(state=state)) for state in ("planned", "sent", "failed", "suppressed")
    })  # fmt: skip
    page = list(rows.order_by("-asked_at", "-pk")[offset : offset + limit])
    named = _named([row.pk for row in page if row.rung == "family"], day, unit)
    units = ledger_queries.day_units(day, {row.unit_id for row in page if row.unit_id is not None})
    lines = tuple(_line(row, named.get(row.pk, []), units) for row in page)
    return ReminderPage(sum(states.values()), states, lines)


def is_walking(*, clock: Clock) -> bool:
    """Whether any walk could go on now."""
    return Walk.objects.filter(day=day_of(clock.now()), next_at__lte=clock.now()).exists()


def _line(row: Reminder, people: Sequence[Named], units: dict[int, DayUnitRef]) -> ReminderLine:
    return ReminderLine(
        row.pk, row.duty_id, row.rung, row.state, row.reason, row.channel, row.answer, row.by, row.asked_at,
        row.not_before, row.settled_at, row.people, tuple(people), units.get(row.unit_id or 0),
    )  # fmt: skip


def _named(ids: Sequence[int], day: date, below: DayUnitRef) -> dict[int, list[Named]]:
    """A sibling at another school is named to that school, and not to this one."""
    rows = Reminded.objects.filter(reminder_id__in=ids).values_list("reminder_id", "person_id", "unit_id")
    seen = list(rows.order_by("person_id"))
    units = ledger_queries.day_units(day, {unit_id for _, _, unit_id in seen})
    units = {unit_id: ref for unit_id, ref in units.items() if ref.path.startswith(below.path)}
    people = [person for _, person, unit_id in seen if unit_id in units]
    names = roster_queries.codes_and_names(people)
    heard = _heard(ids)
    found: dict[int, list[Named]] = {}
    for reminder, person, unit_id in seen:
        if unit_id in units:
            at = heard.get((reminder, person))
            named = Named(person, names[person][1], units[unit_id], None if at is None else from_micros(at))
            found.setdefault(reminder, []).append(named)
    return found


def _heard(ids: Sequence[int]) -> dict[tuple[int, int], int]:
    """(reminder, person) -> when their report came in, in microseconds."""
    if not ids:
        return {}
    rows = fetch(
        "SELECT n.reminder_id, n.person_id, MIN(s.filled_at) FROM follow_reminded n"
        " JOIN follow_reminder r ON r.id = n.reminder_id"
        " JOIN person_slot s ON s.respondent_id = n.person_id AND s.day = r.day AND s.duty_id = r.duty_id"
        f" WHERE n.reminder_id IN ({', '.join(['%s'] * len(ids))}) AND s.filled_at IS NOT NULL"
        " GROUP BY n.reminder_id, n.person_id",
        list(ids),
    )
    return {(reminder, person): at for reminder, person, at in rows}
