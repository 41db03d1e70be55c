"""A unit's days as a calendar file (RFC 5545), out and in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from icalendar import Calendar, Event

from notoneless.expect.models import CalendarDay, CalendarOverride
from notoneless.expect.rules.events import FIRST_YEAR, KIND_LABELS, LAST_YEAR, STAGE, FileDays, Refused, read_events
from notoneless.expect.services.calendar import check_days, tell
from notoneless.kernel import audit
from notoneless.kernel.clock import Clock, bureau_zone
from notoneless.kernel.errors import DomainError
from notoneless.roster import queries as roster_queries
from notoneless.roster.models import Unit
from notoneless.roster.roles import RULE
from notoneless.roster.scope import Scope
from notoneless.roster.tree import ids_of


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
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DomainError("bad_parameter", "year")
    unit = roster_queries.unit_by_code(scope, unit_code)
    calendar = Calendar()
    calendar.add("prodid", "-//Not One Less//calendar//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", unit.name)
    path_ids = ids_of(unit.path)
    rows = list(
        CalendarOverride.objects.filter(
            unit_id__in=path_ids, first_day__year__lte=year, last_day__year__gte=year
        ).order_by("first_day", "pk")
    )
    uids = _uids(rows, path_ids)
    for row in rows:
        zh, en = KIND_LABELS[row.kind]
        event = _event(uids[row.pk], row.first_day, row.last_day, row.kind, f"{zh}：{row.reason_zh}".rstrip("："),
                       f"{en}: {row.reason_en}".rstrip(": "), row.document)  # fmt: skip
        if row.stage:
            event.add(STAGE, row.stage)
        calendar.add_component(event)
    for first, last, kind, zh, en in _national(year):
        calendar.add_component(
            _event(f"{first}-{kind}@calendar.notoneless", first, last, f"national-{kind}", zh, en, "")
        )
    return bytes(calendar.to_ical())


def _own_uid(row: CalendarOverride) -> str:
    return f"days-{row.pk}@notoneless"


def _uids(rows: list[CalendarOverride], path_ids: list[int]) -> dict[int, str]:
    """UID of each row. Two units may have read the same file: the nearer one's entry keeps the file's UID."""
    taken: set[str] = set()
    found = {}
    for row in sorted(rows, key=lambda row: (path_ids.index(row.unit_id), row.pk), reverse=True):
        uid = row.uid if row.uid and row.uid not in taken else _own_uid(row)
        taken.add(uid)
        found[row.pk] = uid
    return found


def _national(year: int) -> Iterator[tuple[date, date, str, str, str]]:
    """Holidays joined into runs, and each make-up day."""
    run: list[Any] = []
    for row in CalendarDay.objects.filter(day__year=year, kind__in=("holiday", "makeup")).order_by("day"):
        zh, en = ("调休上班", "Make-up workday") if row.kind == "makeup" else (
            row.name_zh or "节假日", row.name_en or "Holiday"
        )  # fmt: skip
        if run and run[2:] == [row.kind, zh, en] and row.kind == "holiday" and row.day == run[1] + timedelta(days=1):
            run[1] = row.day
            continue
        if run:
            yield tuple(run)
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

    An event that comes again by its UID takes the place of the entry it made, or leaves it as it is; one that is
    refused leaves it too. One audit row and one outbox event for the whole file, none where nothing changes.
    Raises DomainError `ical_broken`, `ical_too_large`, `ical_too_many`, or what `unit_by_code` raises.
    """
    unit = roster_queries.unit_to(RULE, scope, unit_code)
    read = read_events(raw, bureau_zone())
    with transaction.atomic():
        # Two clerks with the same file: the second must see what the first has entered.
        Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
        rows = CalendarOverride.objects.filter(unit=unit).order_by("pk")
        done, changes = _compared(read, {row.uid or _own_uid(row): row for row in rows})
        if changes and not is_dry_run:
            _replace(scope, unit, done, changes, clock=clock)
    return done


def _compared(
    read: list[FileDays | Refused], held: dict[str, CalendarOverride]
) -> tuple[Imported, list[tuple[CalendarOverride | None, FileDays]]]:
    """What a file would do, and the entries to be made, each with the one whose place it takes."""
    done, changes, seen = Imported(), [], set[str]()
    for event in read:
        if isinstance(event, Refused):
            done.refused.append((event.summary, event.error))
            continue
        try:
            if event.uid in seen:
                raise DomainError("ical_repeated", "uid")
            check_days(event.kind, event.first_day, event.last_day, stage=event.stage)
        except DomainError as error:
            done.refused.append((event.summary, error))
            continue
        seen.add(event.uid)
        row = held.get(event.uid)
        if row is not None and _said(row) == _said(event):
            done.unchanged += 1
            continue
        done.changed += row is not None
        done.added += row is None
        changes.append((row, event))
    return done, changes


def _said(days: CalendarOverride | FileDays) -> tuple[object, ...]:
    return (days.kind, days.first_day, days.last_day, days.stage, days.reason_zh, days.reason_en, days.document)


def _replace(
    scope: Scope, unit: Unit, done: Imported, changes: list[tuple[CalendarOverride | None, FileDays]], *, clock: Clock
) -> None:
    gone = [row for row, _ in changes if row is not None]
    touched: list[CalendarOverride | FileDays] = [*gone, *(event for _, event in changes)]
    first_day, last_day = min(one.first_day for one in touched), max(one.last_day for one in touched)
    CalendarOverride.objects.filter(pk__in=[row.pk for row in gone]).delete()
    CalendarOverride.objects.bulk_create(
        CalendarOverride(
            unit_id=unit.pk, kind=event.kind, first_day=event.first_day, last_day=event.last_day, stage=event.stage,
            reason_zh=event.reason_zh, reason_en=event.reason_en, document=event.document, uid=event.uid,
        )
        for _, event in changes
    )  # fmt: skip
    audit.record(scope.actor, "calendar.import", unit.code, clock=clock,
                 detail={"first_day": str(first_day), "last_day": str(last_day), "added": done.added,
                         "changed": done.changed, "refused": len(done.refused)})  # fmt: skip
    tell(unit, first_day, last_day, clock=clock)
