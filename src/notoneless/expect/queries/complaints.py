"""Complaints about asks: a unit's inbox, one's own, and how quickly they are answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from django.db.models import Q, QuerySet

from notoneless.expect.models import Complaint
from notoneless.kernel.clock import Clock, instant_on
from notoneless.roster.models import Placement, Unit
from notoneless.roster.queries import unit_by_code
from notoneless.roster.scope import Scope


@dataclass(frozen=True)
class ComplaintInfo:
    """A complaint as it is read. No name and no code of the person: `place` is their school and class."""

    id: int
    day: date
    duty_zh: str
    duty_en: str
    policy_title_zh: str
    policy_title_en: str
    document: str
    unit_zh: str
    unit_en: str
    place: str
    text: str
    trace: tuple[str, ...]
    made_at: datetime
    answer: str
    answered_at: datetime | None

    def duty(self, language: str) -> str:
        return self.duty_zh if language.startswith("zh") else self.duty_en

    def policy(self, language: str) -> str:
        return self.policy_title_zh if language.startswith("zh") else self.policy_title_en or self.policy_title_zh


@dataclass(frozen=True)
class Standing:
    """How a unit (with all below it) answers. Hours; None where nothing was answered."""

    unit: str
    name_zh: str
    name_en: str
    received: int
    answered: int
    median_hours: float | None
    longest_hours: float | None
    oldest_open_days: int

    @property
    def open(self) -> int:
        return self.received - self.answered

    def label(self, language: str) -> str:
        return self.name_zh if language.startswith("zh") else self.name_en or self.name_zh


def inbox(scope: Scope, unit_code: str, *, limit: int, offset: int) -> tuple[int, list[ComplaintInfo]]:
    """What came to this unit itself: how many, and a page of them, the unanswered first, oldest first."""
    unit = unit_by_code(scope, unit_code)
    found = Complaint.objects.filter(unit=unit)
    first = found.annotate(is_open=Q(answered_at=None)).order_by("-is_open", "made_at", "pk")
    ids = list(first.values_list("pk", flat=True)[offset : offset + limit])
    return found.count(), _read(found, ids)


def complaints_of_households(scope: Scope, *, limit: int = 50) -> list[ComplaintInfo]:
    """What the scope's households have complained of, newest first."""
    found = Complaint.objects.filter(person__household_id__in=scope.households).order_by("-made_at")
    return _read(found, list(found.values_list("pk", flat=True)[:limit]))


def standing(scope: Scope, unit_code: str, first_day: date, last_day: date, *, clock: Clock) -> list[Standing]:
    """A line for the unit itself and for each unit right below it, with all below that."""
    unit = unit_by_code(scope, unit_code)
    made = Complaint.objects.filter(
        unit__path__startswith=unit.path, made_at__gte=instant_on(first_day, 0), made_at__lt=instant_on(last_day, 1440)
    )
    rows = list(made.values_list("unit__path", "made_at", "answered_at"))
    children = list(Unit.objects.filter(authority=unit, closed_on=None).order_by("code"))
    lines = [_standing(unit, [row for row in rows if row[0] == unit.path], clock)]
    for child in children:
        below = [row for row in rows if row[0].startswith(child.path)]
        if below:
            lines.append(_standing(child, below, clock))
    return lines


def _standing(unit: Unit, rows: Sequence[tuple[str, datetime, datetime | None]], clock: Clock) -> Standing:
    hours = [(answered - made).total_seconds() / 3600 for _, made, answered in rows if answered is not None]
    waiting = [(clock.now() - made).days for _, made, answered in rows if answered is None]
    return Standing(
        unit.code, unit.name, unit.name_en, len(rows), len(hours), round(median(hours), 1) if hours else None,
        round(max(hours), 1) if hours else None, max(waiting, default=0),
    )  # fmt: skip


def _read(rows: QuerySet[Complaint], ids: Sequence[int]) -> list[ComplaintInfo]:
    by_id = {row.pk: row for row in rows.select_related("duty", "policy__document", "unit").filter(pk__in=ids)}
    people = {row.person_id for row in by_id.values()}
    places = {
        person_id: f"{school or ''} {name}".strip()
        for person_id, name, school in Placement.objects.filter(person_id__in=people, to_day=None).values_list(
            "person_id", "unit__name", "unit__authority__name"
        )
    }
    return [
        ComplaintInfo(
            id=row.pk, day=row.day, duty_zh=row.duty.name_zh, duty_en=row.duty.name_en,
            policy_title_zh=row.policy.title_zh if row.policy else "",
            policy_title_en=row.policy.title_en if row.policy else "",
            document=row.policy.document.number if row.policy and row.policy.document else "",
            unit_zh=row.unit.name if row.unit else "", unit_en=(row.unit.name_en or row.unit.name) if row.unit else "",
            place=places.get(row.person_id, ""), text=row.text, trace=tuple(row.trace), made_at=row.made_at,
            answer=row.answer, answered_at=row.answered_at,
        )
        for row in (by_id[pk] for pk in ids if pk in by_id)
    ]  # fmt: skip
