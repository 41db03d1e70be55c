"""The nation's calendar and the units' own days."""

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
    return [
        _override(row) for row in CalendarOverride.objects.filter(first_day__lte=day, last_day__gte=day).order_by("pk")
    ]


def _override(row: CalendarOverride) -> Override:
    return Override(row.pk, row.unit_id, row.kind, row.stage, row.reason_zh, row.reason_en, row.document)


def last_known_day() -> date | None:
    """The last date in the nation's calendar: from the day after, weekdays decide."""
    return CalendarDay.objects.order_by("-day").values_list("day", flat=True).first()
