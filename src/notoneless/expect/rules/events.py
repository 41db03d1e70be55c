"""The events of a calendar file (RFC 5545) as days of a unit: what each one says, or why it cannot be taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar
from icalendar.error import BrokenCalendarProperty
from icalendar.timezone import tzp

from notoneless.expect.rules.days import OVERRIDE_KINDS
from notoneless.kernel.errors import DomainError
from notoneless.roster.rules import tidy

MOST_BYTES, MOST_EVENTS = 2_000_000, 2000
FIRST_YEAR, LAST_YEAR = 2000, 2100
KIND_LABELS: Mapping[str, tuple[str, str]] = {
    "school_day": ("上课", "School day"), "vacation": ("放假", "Vacation"), "closure": ("停课", "Classes suspended"),
}  # fmt: skip
"""How our own files begin a summary and a description; the reason follows."""
STAGE = "X-NOL-STAGE"
"""Where our own files say for which stage the days are: without it they would become everybody's."""
_WORDS: tuple[tuple[str, str], ...] = (
    ("停课", "closure"), ("补课", "school_day"), ("上课", "school_day"), ("补班", "school_day"), ("寒假", "vacation"),
    ("暑假", "vacation"), ("放假", "vacation"), ("假期", "vacation"), ("休息", "vacation"),
)  # fmt: skip
"""What clerks write in a summary, and the kind that it stands for; the first that fits."""
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class FileDays:
    """What one event sets for a unit."""

    summary: str
    kind: str
    first_day: date
    last_day: date
    stage: str
    reason_zh: str
    reason_en: str
    document: str
    uid: str


@dataclass(frozen=True)
class Refused:
    """An event that cannot be taken, and why."""

    summary: str
    error: DomainError


def read_events(raw: bytes, zone: tzinfo) -> list[FileDays | Refused]:
    """Every event but the nation's own days of our files. `zone`: the bureau's, for instants and floating times.

    Raises DomainError `ical_broken`, `ical_too_large`, `ical_too_many`.
    """
    if len(raw) > MOST_BYTES:
        raise DomainError("ical_too_large", "file", limit=MOST_BYTES // 1_000_000)
    try:
        calendars = Calendar.from_ical(raw.decode("utf-8-sig"), multiple=True)
    except Exception as error:  # whatever the parser stumbles over, it is the file that cannot be read
        raise DomainError("ical_broken", "file") from error
    finally:
        # The library keeps the zones that a file defines for the whole process; the next file is somebody else's.
        tzp.use_default()
    if not calendars or any(calendar.name != "VCALENDAR" for calendar in calendars):
        raise DomainError("ical_broken", "file")
    if sum(len(calendar.walk("VEVENT")) for calendar in calendars) > MOST_EVENTS:
        raise DomainError("ical_too_many", "file", limit=MOST_EVENTS)
    zoned = [(calendar, _zones(calendar)) for calendar in calendars]
    events = [(event, zones) for calendar, zones in zoned for event in calendar.walk("VEVENT")]
    found: list[FileDays | Refused] = []
    for number, (event, zones) in enumerate(events, start=1):
        if any(category.startswith("national-") for category in _categories(event)):
            continue
        try:
            found.append(_days(event, zones, zone))
        except DomainError as error:
            found.append(Refused(_text(event, "summary")[:60] or f"VEVENT {number}", error))
    return found


def _zones(calendar: Any) -> dict[str, tzinfo]:
    """The zones that the file itself defines. Of a name that the world knows, what the world means by it counts."""
    found: dict[str, tzinfo] = {}
    for part in calendar.walk("VTIMEZONE"):
        name = str(part.get("tzid", ""))
        zone = _known_zone(name) or _own_zone(part)
        if zone is not None:
            found[name] = zone
    return found


def _known_zone(name: str) -> tzinfo | None:
    """What the world means by a name, as files from phones use it without saying so again (RFC 7809)."""
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        return None


def _own_zone(part: Any) -> tzinfo | None:
    # Clocks change once a year. A rule for every second would be counted through from its beginning, for hours.
    for change in part.subcomponents:
        rules = change.get("rrule", [])
        for rule in rules if isinstance(rules, list) else [rules]:
            if not isinstance(rule, dict) or [str(one).upper() for one in rule.get("FREQ", [])] != ["YEARLY"]:
                return None
    try:
        made: tzinfo = part.to_tz(lookup_tzid=False)
        made.utcoffset(datetime(FIRST_YEAR, 1, 1))  # noqa: DTZ001 # a wall time, to see whether it can be read at all
    except Exception:  # a definition that says nothing defines nothing: the events that use it are refused by name
        return None
    return made


def _days(event: Any, zones: Mapping[str, tzinfo], zone: tzinfo) -> FileDays:
    """Raises DomainError `ical_recurring`, `ical_cancelled`, `ical_unknown_kind`, `ical_bad_time`,
    `ical_bad_time_zone`, `days_out_of_order`, `value_required`, `value_too_long`."""
    if any(event.get(name) is not None for name in ("rrule", "rdate", "recurrence-id")):
        raise DomainError("ical_recurring", "rrule")
    if _text(event, "status").upper() == "CANCELLED":
        raise DomainError("ical_cancelled", "status")
    summary = _text(event, "summary")
    kind = next((one for one in _categories(event) if one in OVERRIDE_KINDS), "")
    kind = kind or next((kind for word, kind in _WORDS if word in summary), "")
    if not kind:
        raise DomainError("ical_unknown_kind", "summary")
    uid = _text(event, "uid")
    if not uid:
        raise DomainError("value_required", "uid")
    if len(uid) > 200:
        raise DomainError("value_too_long", "uid", limit=200)
    first, last = _span(event, zones, zone)
    zh, en = KIND_LABELS[kind]
    reason_zh = "" if summary == zh else summary.removeprefix(f"{zh}：")
    described = _text(event, "description")
    reason_en = described.removeprefix(f"{en}: ") if described.startswith(f"{en}: ") else ""
    return FileDays(
        summary[:60] or uid[:60], kind, first, last, _text(event, STAGE), reason_zh[:120], reason_en[:120],
        _text(event, "comment")[:80], uid,
    )  # fmt: skip


def _part(value: Any, name: str) -> Any:
    """A part of a property's value; None where there is none, or where the property could not be read."""
    try:
        return getattr(value, name, None)
    except BrokenCalendarProperty:
        return None


def _categories(event: Any) -> list[str]:
    found = event.get("categories", [])
    parts = found if isinstance(found, list) else [found]
    return [str(one).strip().lower() for part in parts for one in _part(part, "cats") or [part]]


def _text(event: Any, name: str) -> str:
    """The first value of a property, in one line and without the signs that no database keeps."""
    value = event.get(name, "")
    if isinstance(value, list):
        value = value[0] if value else ""
    line = " ".join(str(value).split())
    kept = tidy(line)
    return kept if kept is not None else tidy("".join(sign if sign.isprintable() else " " for sign in line)) or ""


def _span(event: Any, zones: Mapping[str, tzinfo], zone: tzinfo) -> tuple[date, date]:
    """First and last day. An end is where the event is over: at midnight, the day before was its last."""
    start = _moment(event, "dtstart", zones, zone)
    if event.get("dtend") is not None:
        end = _moment(event, "dtend", zones, zone)
    elif event.get("duration") is not None:
        length = _part(event.get("duration"), "dt")
        if not isinstance(length, timedelta) or abs(length) > timedelta(days=1000):
            raise DomainError("ical_bad_time", "duration")
        end = start + length
    else:
        end = start
    if isinstance(start, datetime) != isinstance(end, datetime):
        raise DomainError("ical_bad_time", "dtend")
    if end < start:
        raise DomainError("days_out_of_order", "dtend")
    last = max(start, end - (_INSTANT if isinstance(end, datetime) else timedelta(days=1)))
    return _as_day(start), _as_day(last)


def _as_day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _moment(event: Any, name: str, zones: Mapping[str, tzinfo], zone: tzinfo) -> date | datetime:
    """A date, or an instant in the bureau's zone."""
    value = event.get(name)
    found = _part(value, "dt")
    if not isinstance(found, date) or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise DomainError("ical_bad_time", name)
    if not isinstance(found, datetime):
        return found
    params: Mapping[str, Any] = _part(value, "params") or {}
    if "TZID" in params:
        named = str(params["TZID"])
        own = zones.get(named) or _known_zone(named)
        if own is None:
            raise DomainError("ical_bad_time_zone", name, zone=named[:40])
        return found.replace(tzinfo=own).astimezone(zone)
    return found.replace(tzinfo=zone) if found.tzinfo is None else found.astimezone(zone)
