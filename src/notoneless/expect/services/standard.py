"""The standing duties and rules of a new system, and the national calendar. Running it again changes nothing."""

import json
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
from django.db import transaction

from notoneless.expect.models import AskLimit, CalendarDay, Duty, Policy

STANDING_SINCE = date(2000, 1, 1)
SOURCE = "chinesecalendar"


def seed_standard() -> None:
    """Add the duties, standing policies and calendar days that are not there; a bureau's own edits are kept."""
    standard = json.loads(Path(__file__).parent.with_name("standard.json").read_text(encoding="utf-8"))
    with transaction.atomic():
        for entry in standard["duties"]:
            fields = {name: value for name, value in entry.items() if name != "code"}
            Duty.objects.get_or_create(code=entry["code"], defaults=fields)
        for entry in standard["policies"]:
            duty = Duty.objects.get(code=entry["duty"])
            if not Policy.objects.filter(duty=duty, unit=None).exists():
                fields = {name: value for name, value in entry.items() if name != "duty"}
                Policy.objects.create(
                    code=f"standing-{duty.code}", duty=duty, effect="require", effective_from=STANDING_SINCE,
                    status="published", **fields,
                )  # fmt: skip
        if not AskLimit.objects.exists():
            AskLimit.objects.create(effective_from=STANDING_SINCE, **standard["ask_limit"])
        if not CalendarDay.objects.exists():
            CalendarDay.objects.bulk_create(national_days(), batch_size=2000)


def national_days() -> list[CalendarDay]:
    """Every date that the calendar package knows, with its kind and holiday name."""
    known = sorted({day.year for day in chinese_calendar.constants.holidays})
    day, found = date(known[0], 1, 1), []
    while day.year <= known[-1]:
        on_holiday, name = chinese_calendar.get_holiday_detail(day)
        is_weekend = day.weekday() >= 5
        if chinese_calendar.is_workday(day):
            kind = "makeup" if is_weekend else "workday"
        else:
            kind = "holiday" if name else "weekend"
        # Of a worked weekend day, the holiday that it makes up for.
        holiday = chinese_calendar.Holiday(name) if name and (on_holiday or kind == "makeup") else None
        found.append(
            CalendarDay(
                day=day,
                kind=kind,
                name_zh=holiday.chinese if holiday else "",
                name_en=holiday.value if holiday else "",
                source=SOURCE,
            )
        )
        day += timedelta(days=1)
    return found
