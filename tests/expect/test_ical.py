"""Calendar files: out and in again, and the ones that are wrong."""

from datetime import date

import pytest

from notoneless import jobs
from notoneless.expect.models import CalendarDay, CalendarOverride
from notoneless.expect.queries import national_day
from notoneless.expect.services import (
    Holiday,
    enter_override,
    enter_year,
    export_days,
    import_days,
    open_day,
    remove_override,
)
from notoneless.kernel.errors import DomainError
from notoneless.ledger.models import PersonSlot
from notoneless.rollup.services import recount
from notoneless.roster.scope import SYSTEM, Scope
from tests.builders import DAY, clock_at, make_city, opened_city

pytestmark = pytest.mark.django_db
CLOCK = clock_at(8)


def event(*lines: str, uid: str = "a@b") -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20261101T000000Z", *lines, "END:VEVENT"])


def calendar(*events: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN", *events, "END:VCALENDAR", ""]).encode()


def days() -> list[tuple[str, str, str]]:
    rows = CalendarOverride.objects.order_by("first_day", "pk")
    return [(row.kind, str(row.first_day), str(row.last_day)) for row in rows]


def test_what_goes_out_comes_in_again_elsewhere_and_a_second_time_changes_nothing() -> None:
    make_city()
    enter_override(SYSTEM, "D", kind="vacation", first_day=date(2026, 7, 10), last_day=date(2026, 8, 31), clock=CLOCK,
                   reason_zh="暑假")  # fmt: skip
    enter_override(SYSTEM, "S", kind="closure", first_day=DAY, last_day=DAY, clock=CLOCK, reason_zh="诺如病毒")
    raw = export_days(SYSTEM, "K1", 2026)
    text = raw.decode()
    assert "SUMMARY:放假：暑假" in text and "SUMMARY:停课：诺如病毒" in text and "SUMMARY:国庆节" in text
    first = import_days(SYSTEM, "E", raw, clock=CLOCK)
    assert (first.added, first.changed, first.unchanged, first.refused) == (2, 0, 0, [])
    again = import_days(SYSTEM, "E", raw, clock=CLOCK)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    here = CalendarOverride.objects.filter(unit__code="E").order_by("first_day")
    assert [(row.kind, row.first_day, row.last_day, row.reason_zh) for row in here] == [
        ("vacation", date(2026, 7, 10), date(2026, 8, 31), "暑假"), ("closure", DAY, DAY, "诺如病毒"),
    ]  # fmt: skip


def test_an_event_that_has_moved_takes_the_place_of_the_old_one() -> None:
    make_city()
    old = calendar(event("DTSTART;VALUE=DATE:20261124", "DTEND;VALUE=DATE:20261126", "SUMMARY:停课"))
    new = calendar(event("DTSTART;VALUE=DATE:20261125", "DTEND;VALUE=DATE:20261127", "SUMMARY:停课"))
    import_days(SYSTEM, "S", old, clock=CLOCK)
    assert import_days(SYSTEM, "S", new, clock=CLOCK).changed == 1
    assert days() == [("closure", "2026-11-25", "2026-11-26")]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (("DTSTART;TZID=Mars/Olympus:20261124T080000", "SUMMARY:停课"), "ical_bad_time_zone"),
        (("DTSTART;VALUE=DATE:20261124", "RRULE:FREQ=DAILY", "SUMMARY:停课"), "ical_recurring"),
        (("DTSTART;VALUE=DATE:20261124", "SUMMARY:运动会"), "ical_unknown_kind"),
        (("SUMMARY:停课",), "ical_bad_time"),
        (("DTSTART;VALUE=DATE:20261124", "DTEND;VALUE=DATE:20261110", "SUMMARY:停课"), "days_out_of_order"),
    ],
)
def test_a_bad_event_fails_alone(lines: tuple[str, ...], code: str) -> None:
    make_city()
    good = event("DTSTART;VALUE=DATE:20261201", "SUMMARY:补课", uid="good@b")
    done = import_days(SYSTEM, "S", calendar(event(*lines), good), clock=CLOCK)
    assert [error.code for _, error in done.refused] == [code]
    assert days() == [("school_day", "2026-12-01", "2026-12-01")]


@pytest.mark.parametrize("raw", [b"", b"not a calendar", b"BEGIN:VCALENDAR\r\n", b"\xff\xfe\x00", b"{}"])
def test_a_file_that_is_no_calendar_is_refused_whole(raw: bytes) -> None:
    make_city()
    with pytest.raises(DomainError, match="ical_broken"):
        import_days(SYSTEM, "S", raw, clock=CLOCK)


def test_a_time_of_a_known_zone_is_its_day_at_the_bureau() -> None:
    make_city()
    late = event("DTSTART:20261123T170000Z", "SUMMARY:停课")  # one in the morning of the 24th in Shanghai
    import_days(SYSTEM, "S", calendar(late), clock=CLOCK)
    assert days() == [("closure", "2026-11-24", "2026-11-24")]


def test_a_dry_run_enters_nothing() -> None:
    make_city()
    file = calendar(event("DTSTART;VALUE=DATE:20261124", "SUMMARY:停课"))
    assert import_days(SYSTEM, "S", file, clock=CLOCK, is_dry_run=True).added == 1
    assert days() == []


def test_removing_a_closure_makes_the_days_checks_due_again() -> None:
    opened_city()
    entry = enter_override(SYSTEM, "S", kind="closure", first_day=DAY, last_day=DAY, clock=CLOCK)
    jobs.drain_outbox(clock=CLOCK)
    assert PersonSlot.objects.filter(state="excused").count() == 12
    with pytest.raises(DomainError, match="out_of_scope"):
        remove_override(SYSTEM, "T", entry.pk, clock=CLOCK)
    remove_override(SYSTEM, "S", entry.pk, clock=CLOCK)
    jobs.drain_outbox(clock=CLOCK)
    assert PersonSlot.objects.filter(state="excused").count() == 0
    assert recount(DAY).is_exact


def test_a_year_is_entered_once_by_the_topmost_unit() -> None:
    units = make_city()
    new_year = Holiday(date(2027, 1, 1), date(2027, 1, 3), "元旦", "New Year")
    assert national_day(date(2027, 1, 1)).is_known is False
    officer = Scope("officer", paths=(units["D"].path,))
    with pytest.raises(DomainError, match="out_of_scope"):
        enter_year(officer, "D", 2027, [new_year], [], source="国办", clock=CLOCK)
    with pytest.raises(DomainError, match="bad_calendar_day"):
        enter_year(SYSTEM, "C", 2027, [new_year], [date(2027, 1, 4)], source="国办", clock=CLOCK)
    assert enter_year(SYSTEM, "C", 2027, [new_year], [date(2027, 1, 9)], source="国办", clock=CLOCK) == 365
    kinds = {row.day.day: row.kind for row in CalendarDay.objects.filter(day__year=2027, day__month=1)}
    assert (kinds[1], kinds[4], kinds[9], kinds[10]) == ("holiday", "workday", "makeup", "weekend")
    with pytest.raises(DomainError, match="year_known"):
        enter_year(SYSTEM, "C", 2027, [new_year], [], source="国办", clock=CLOCK)
    open_day(date(2027, 1, 9), clock=clock_at(0, day=date(2027, 1, 9)))
    assert PersonSlot.objects.filter(day=date(2027, 1, 9)).count() == 11 + 18
