"""Requests of families: a school's inbox, one's own, and what is overdue below a unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from notoneless.consent.models import PrivacyRequest
from notoneless.kernel.clock import instant_on
from notoneless.roster import queries as roster_queries
from notoneless.roster.models import Placement, Unit
from notoneless.roster.scope import Scope


@dataclass(frozen=True)
class RequestInfo:
    """A request as it is read. `name` of the child, for who may see it; `place` its class."""

    id: int
    person_id: int
    name: str
    place: str
    unit_zh: str
    unit_en: str
    kind: str
    text: str
    made_at: datetime
    due_on: date
    status: str
    answer: str
    answered_at: datetime | None
    certificate: str

    def unit(self, language: str) -> str:
        return self.unit_zh if language.startswith("zh") else self.unit_en

    def is_overdue(self, today: date) -> bool:
        return self.status == "open" and self.due_on < today

    def is_open_to_fetch(self, since: datetime) -> bool:
        """Whether it entitles to a copy: granted, and not answered before `since`."""
        return (self.kind in ("access", "copy") and self.status == "accepted" and self.answered_at is not None
                and self.answered_at >= since)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """How a unit (with all below it) answers: open, of those overdue, answered, of those late; the oldest open's due
    day."""

    unit: str
    name_zh: str
    name_en: str
    open: int
    overdue: int
    answered: int
    late: int

    def label(self, language: str) -> str:
        return self.name_zh if language.startswith("zh") else self.name_en or self.name_zh


def inbox(scope: Scope, unit_code: str, *, limit: int, offset: int) -> tuple[int, list[RequestInfo]]:
    """What came to this unit itself: how many, and a page, the open first, by the day on which they are due."""
    unit = roster_queries.unit_by_code(scope, unit_code)
    found = PrivacyRequest.objects.filter(unit=unit)
    first = found.annotate(is_open=Q(status="open")).order_by("-is_open", "due_on", "pk")
    ids = list(first.values_list("pk", flat=True)[offset : offset + limit])
    return found.count(), _read(scope, found, ids)


def requests_of_households(scope: Scope, *, limit: int = 100) -> list[RequestInfo]:
    """What the scope's households asked for, newest first."""
    found = PrivacyRequest.objects.filter(person__household_id__in=scope.households).order_by("-made_at", "-pk")
    return _read(scope, found, list(found.values_list("pk", flat=True)[:limit]))


def standing(scope: Scope, unit_code: str, since: date, today: date) -> list[Standing]:
    """A line for the unit itself and each unit right below it that had requests since a day, with all below."""
    unit = roster_queries.unit_by_code(scope, unit_code)
    made = PrivacyRequest.objects.filter(unit__path__startswith=unit.path).filter(
        Q(status="open") | Q(made_at__gte=instant_on(since, 0))
    )
    rows = list(made.values_list("unit__path", "status", "due_on", "answered_at"))
    lines = [_standing(unit, [row for row in rows if row[0] == unit.path], today)]
    for child in Unit.objects.filter(authority=unit, closed_on=None).order_by("code"):
        below = [row for row in rows if row[0].startswith(child.path)]
        if below:
            lines.append(_standing(child, below, today))
    return lines


def _standing(unit: Unit, rows: Sequence[tuple[str, str, date, datetime | None]], today: date) -> Standing:
    waiting = [due_on for _, status, due_on, _ in rows if status == "open"]
    answered = [(due_on, at) for _, _, due_on, at in rows if at is not None]
    late = sum(at >= instant_on(due_on, 1440) for due_on, at in answered)
    overdue = sum(due_on < today for due_on in waiting)
    return Standing(unit.code, unit.name, unit.name_en, len(waiting), overdue, len(answered), late)


def _read(scope: Scope, rows: QuerySet[PrivacyRequest], ids: Sequence[int]) -> list[RequestInfo]:
    by_id = {row.pk: row for row in rows.select_related("unit").filter(pk__in=ids)}
    people = sorted({row.person_id for row in by_id.values()})
    names = roster_queries.names_of(scope, people)
    places = dict(Placement.objects.filter(person_id__in=people, to_day=None).values_list("person_id", "unit__name"))
    return [
        RequestInfo(
            id=row.pk, person_id=row.person_id, name=names.get(row.person_id, ""),
            place=places.get(row.person_id, ""), unit_zh=row.unit.name, unit_en=row.unit.name_en or row.unit.name,
            kind=row.kind, text=row.text, made_at=row.made_at, due_on=row.due_on, status=row.status,
            answer=row.answer, answered_at=row.answered_at, certificate=row.certificate,
        )
        for row in (by_id[pk] for pk in ids if pk in by_id)
    ]  # fmt: skip
