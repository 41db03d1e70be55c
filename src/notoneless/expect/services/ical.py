"""A unit's days as a calendar file (RFC 5545), out and in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django.db import transaction
from icalendar import Calendar, Event

from notoneless.expect.models import CalendarDay, CalendarOverride
from notoneless.expect.services.calendar import KINDS, enter_override, tell
from notoneless.kernel.clock import Clock, bureau_zone
from notoneless.kernel.errors import DomainError
from notoneless.roster import queries as roster_queries
from notoneless.roster.scope import Scope
from notoneless.roster.tree import ids_of

MOST_BYTES, MOST_EVENTS = 2_000_000, 2000
_SUMMARIES: Mapping[str, tuple[str, str]] = {
    "school_day": ("上课", "School day"), "vacation": ("放假", "Vacation"), "closure": ("停课", "Classes suspended"),
}  # fmt: skip
_WORDS: tuple[tuple[str, str], ...] = (
    ("停课", "closure"), ("补课", "school_day"), ("上课", "school_day"), ("补班", "school_day"), ("寒假", "vacation"),
    ("暑假", "vacation"), ("放假", "vacation"), ("假期", "vacation"), ("休息", "vacation"),
)  # fmt: skip
"""What clerks write in a summary, and the kind that it stands for; the first that fits."""


@dataclass
class Imported:
    """What became of a file: events by what was done, and those refused as (summary, error)."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[tuple[str, DomainError]] = field(default_factory=list)


def export_days(scope: Scope, unit_code: str, year: int) -> bytes:
    """The nation's holidays and make-up days, and the days of the unit and of the units above it, as all-day events.

    Raises DomainError `bad_parameter`, or what `unit_by_code` raises.
    """
    if not 2000 <= year <= 2100:
        raise DomainError("bad_parameter", "year")
    unit = roster_queries.unit_by_code(scope, unit_code)
    calendar = Calendar()
    calendar.add("prodid", "-//Not One Less//calendar//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", unit.name)
    rows = CalendarOverride.objects.filter(
        unit_id__in=ids_of(unit.path), first_day__year__lte=year, last_day__year__gte=year
    ).order_by("first_day", "pk")  # fmt: skip
    for row in rows:
        zh, en = _SUMMARIES[row.kind]
        uid = row.uid or f"days-{row.pk}@notoneless"
        calendar.add_component(_event(uid, row.first_day, row.last_day, row.kind, f"{zh}：{row.reason_zh}".rstrip("："),
                                      f"{en}: {row.reason_en}".rstrip(": "), row.document))  # fmt: skip
    for first, last, kind, zh, en in _national(year):
        calendar.add_component(
            _event(f"{first}-{kind}@calendar.notoneless", first, last, f"national-{kind}", zh, en, "")
        )
    return bytes(calendar.to_ical())


def _national(year: int) -> Iterator[tuple[date, date, str, str, str]]:
    """Holidays joined into runs, and each make-up day."""
    run: list[Any] = []
    for row in CalendarDay.objects.filter(day__year=year, kind__in=("holiday", "makeup")).order_by("day"):
        joins = (
            run and row.kind == run[2] == "holiday" and row.name_zh == run[3] and row.day == run[1] + timedelta(days=1)
        )
        if joins:
            run[1] = row.day
            continue
        if run:
            yield tuple(run)
        zh, en = (
            (row.name_zh or "节假日", row.name_en or "Holiday")
            if row.kind == "holiday"
            else ("调休上班", "Make-up workday")
        )
        run = [row.day, row.day, row.kind, zh, en]
    if run:
        yield tuple(run)


def _event(uid: str, first: date, last: date, kind: str, zh: str, en: str, document: str) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", datetime(first.year, 1, 1, tzinfo=bureau_zone()))
    event.add("dtstart", first)
    event.add("dtend", last + timedelta(days=1))
    event.add("summary", zh)
    event.add("description", en)
    event.add("categories", [kind])
    if document:
        event.add("comment", document)
    return event


def import_days(scope: Scope, unit_code: str, raw: bytes, *, clock: Clock, is_dry_run: bool = False) -> Imported:
    """Enter the events of a calendar file as days of a unit; those that name no kind are refused, others go on.

    An event that comes again by its UID is changed or left as it is. Raises DomainError `ical_broken`,
    `ical_too_large`, or what `unit_by_code` raises.
    """
    unit = roster_queries.unit_by_code(scope, unit_code)
    events = _events(raw)
    done = Imported()
    with transaction.atomic():
        held = {row.uid: row for row in CalendarOverride.objects.filter(unit=unit).exclude(uid="")}
        for number, event in enumerate(events, start=1):
            summary = str(event.get("summary", ""))[:60] or f"VEVENT {number}"
            try:
                wanted = _wanted(event)
                if wanted is None:
                    continue
                kind, first, last, reason, document, uid = wanted
                row = held.get(uid)
                if row is not None and (row.kind, row.first_day, row.last_day) == (kind, first, last):
                    done.unchanged += 1
                    continue
                if row is not None:
                    tell(unit, row.first_day, row.last_day, clock=clock)
                    row.delete()
                held[uid] = enter_override(
                    scope, unit_code, kind=kind, first_day=first, last_day=last, clock=clock, reason_zh=reason,
                    document=document, uid=uid,
                )  # fmt: skip
                done.changed += row is not None
                done.added += row is None
            except DomainError as error:
                done.refused.append((summary, error))
        if is_dry_run:
            transaction.set_rollback(True)
    return done


def _events(raw: bytes) -> list[Any]:
    if len(raw) > MOST_BYTES:
        raise DomainError("ical_too_large", "file", limit=MOST_BYTES // 1_000_000)
    try:
        calendar = Calendar.from_ical(raw.decode("utf-8-sig"))
        events = list(calendar.walk("VEVENT"))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise DomainError("ical_broken", "file") from error
    if len(events) > MOST_EVENTS:
        raise DomainError("ical_too_large", "file", limit=MOST_EVENTS)
    return events


def _wanted(event: Any) -> tuple[str, date, date, str, str, str] | None:
    """Kind, first and last day, reason, document and UID of an event; None for one of our own national ones.

    Raises DomainError `ical_recurring`, `ical_unknown_kind`, `ical_bad_time`, `ical_bad_time_zone`, `value_required`.
    """
    categories = [str(one).lower() for one in _categories(event)]
    if any(one.startswith("national-") for one in categories):
        return None
    if event.get("rrule") is not None or event.get("rdate") is not None:
        raise DomainError("ical_recurring", "rrule")
    summary = str(event.get("summary", ""))
    kind = next((one for one in categories if one in KINDS), "") or next(
        (kind for word, kind in _WORDS if word in summary), ""
    )
    if not kind:
        raise DomainError("ical_unknown_kind", "summary")
    uid = str(event.get("uid", ""))[:200]
    if not uid:
        raise DomainError("value_required", "uid")
    first = _day(event, "dtstart")
    if event.get("dtend") is not None:
        end, is_date = _day(event, "dtend"), not isinstance(event.decoded("dtend"), datetime)
        last = end - timedelta(days=1) if is_date and end > first else end
    else:
        last = first
    reason = summary.partition("：")[2] or summary
    return kind, first, last, reason[:120], str(event.get("comment", ""))[:80], uid


def _categories(event: Any) -> list[Any]:
    found = event.get("categories")
    if found is None:
        return []
    parts = found if isinstance(found, list) else [found]
    return [one for part in parts for one in getattr(part, "cats", [part])]


def _day(event: Any, name: str) -> date:
    """The calendar date in the bureau's zone."""
    value = event.get(name)
    if value is None:
        raise DomainError("ical_bad_time", name)
    try:
        found = event.decoded(name)
    except (ValueError, KeyError, TypeError) as error:
        raise DomainError("ical_bad_time", name) from error
    named = str(value.params.get("TZID", "")) if hasattr(value, "params") else ""
    if isinstance(found, datetime):
        zone: tzinfo | None = found.tzinfo
        if named and zone is None:
            raise DomainError("ical_bad_time_zone", name, zone=named[:40])
        return found.date() if zone is None else found.astimezone(bureau_zone()).date()
    if not isinstance(found, date):
        raise DomainError("ical_bad_time", name)
    return found
