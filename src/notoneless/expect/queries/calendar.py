"""The nation's calendar and the units' own days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from notoneless.expect.models import CalendarDay, CalendarOverride
from notoneless.expect.rules import NationalDay, Override, guess_day


def national_day(day: date) -> NationalDay:
    """The calendar's row for a date; where the year has not been entered, its weekday speaks (`is_known` False)."""
    row = CalendarDay.objects.filter(day=day).first()
    if row is None:
        return guess_day(day)
    return NationalDay(day, row.kind, name_zh=row.name_zh, name_en=row.name_en, source=row.source)


def overrides_on(day: date) -> list[Override]:
    """Every unit's entry that holds on a date, oldest first."""
    held = CalendarOverride.objects.filter(first_day__lte=day, last_day__gte=day).order_by("pk")
    return [_override(row) for row in held]


def _override(row: CalendarOverride) -> Override:
    return Override(row.pk, row.unit_id, row.kind, row.stage, row.reason_zh, row.reason_en, row.document)


def last_known_day() -> date | None:
    """The last date in the nation's calendar: from the day after, weekdays decide."""
    return CalendarDay.objects.order_by("-day").values_list("day", flat=True).first()


def is_known_year(year: int) -> bool:
    """Whether somebody has entered a year of the nation's calendar."""
    return CalendarDay.objects.filter(day__year=year).exists()


@dataclass(frozen=True)
class Entry:
    """Days that a unit has entered; `unit_code` says which on the path."""

    id: int
    unit_code: str
    unit_zh: str
    unit_en: str
    kind: str
    first_day: date
    last_day: date
    stage: str
    reason_zh: str
    reason_en: str
    document: str

    def label(self, language: str) -> str:
        return self.unit_zh if language.startswith("zh") else self.unit_en or self.unit_zh

    def reason(self, language: str) -> str:
        return self.reason_zh if language.startswith("zh") else self.reason_en or self.reason_zh


def entries_of(path_ids: Sequence[int], year: int) -> list[Entry]:
    """What the units of a path have entered for a year, by day."""
    rows = CalendarOverride.objects.filter(
        unit_id__in=path_ids, first_day__lte=date(year, 12, 31), last_day__gte=date(year, 1, 1)
    ).order_by("first_day", "pk")  # fmt: skip
    return [
        Entry(row.pk, row.unit.code, row.unit.name, row.unit.name_en, row.kind, row.first_day, row.last_day, row.stage,
              row.reason_zh, row.reason_en, row.document)
        for row in rows.select_related("unit")
    ]  # fmt: skip
