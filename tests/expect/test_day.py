"""Opening, refreshing and closing days."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from notoneless import jobs
from notoneless.expect.services import close_day, enter_override, open_day
from notoneless.kernel.errors import DomainError
from notoneless.kernel.models import AuditEntry
from notoneless.ledger.models import DaySession, UnitSlot
from notoneless.rollup.queries import completeness, slots_by_duty
from notoneless.rollup.services import recount
from notoneless.roster.scope import SYSTEM, Scope
from tests.builders import DAY, SATURDAY, clock_at, make_city, opened_city, report, send, unit_report

pytestmark = pytest.mark.django_db


def test_a_school_day_owes_what_the_standing_rules_say_and_a_saturday_less() -> None:
    make_city(pupils=3)
    open_day(DAY, clock=clock_at(0))
    open_day(SATURDAY, clock=clock_at(0, day=SATURDAY))
    assert slots_by_duty(DAY) == {
        "daily-health": 11, "morning-check": 9, "noon-check": 9, "school-daily": 2, "attendance": 2,
    }  # fmt: skip
    assert slots_by_duty(SATURDAY) == {"daily-health": 11, "school-daily": 2}


def test_opening_again_changes_nothing() -> None:
    opened_city()
    again = open_day(DAY, clock=clock_at(3))
    assert {tuple(vars(merged).values()) for merged in again.duties.values()} == {(0, 0, 0, 0, 0)}


def test_an_empty_roster_opens_an_empty_day() -> None:
    assert open_day(DAY, clock=clock_at(0)).duties["daily-health"].added == 0
    assert close_day(DAY, clock=clock_at(24))["daily-health"] == 0


def test_a_closure_entered_at_noon_excuses_and_lifting_it_restores() -> None:
    opened_city()
    send(unit_report(duty="attendance", answers={"rate": 9700}))
    enter_override(SYSTEM, "C", kind="closure", first_day=DAY, last_day=DAY, clock=clock_at(12), reason_zh="暴雪")
    jobs.drain_outbox(clock=clock_at(12))
    line = completeness(SYSTEM, "C", DAY, "attendance").line.counts
    assert (line.reported, line.excused, line.due, line.rate) == (1, 1, 0, Fraction(1))
    assert set(UnitSlot.objects.filter(state="excused").values_list("reason", flat=True)) == {"closure"}
    assert completeness(SYSTEM, "C", DAY, "daily-health").line.counts.excused == 0

    enter_override(SYSTEM, "C", kind="school_day", first_day=DAY, last_day=DAY, clock=clock_at(13))
    jobs.drain_outbox(clock=clock_at(13))
    assert completeness(SYSTEM, "C", DAY, "attendance").line.counts.due == 1
    assert recount(DAY).is_exact


def test_closing_is_refused_before_the_day_and_for_a_day_never_opened() -> None:
    opened_city()
    open_day(DAY + timedelta(days=1), clock=clock_at(9))
    with pytest.raises(DomainError, match="day_not_begun"):
        close_day(DAY + timedelta(days=1), clock=clock_at(9))
    with pytest.raises(DomainError, match="day_not_open"):
        close_day(date(2026, 1, 5), clock=clock_at(9))


def test_closing_twice_counts_once_and_is_audited() -> None:
    opened_city()
    send(report("K1-1"))
    assert close_day(DAY, clock=clock_at(24))["daily-health"] == 10
    assert close_day(DAY, clock=clock_at(25))["daily-health"] == 0
    assert DaySession.objects.filter(day=DAY, closed_at=None).count() == 0
    assert AuditEntry.objects.filter(act="day.close", subject=str(DAY)).count() == 2
    assert recount(DAY).is_exact


def test_the_clock_opens_today_and_closes_yesterday_by_itself() -> None:
    make_city()
    jobs.tick(clock=clock_at(0, 1))
    assert slots_by_duty(DAY)["daily-health"] == 11
    jobs.tick(clock=clock_at(24, 1))
    assert completeness(SYSTEM, "C", DAY, "daily-health").line.counts.missing == 11
    assert slots_by_duty(DAY + timedelta(days=1))["daily-health"] == 11


def test_a_calendar_entry_outside_ones_reach_or_in_disorder_is_refused() -> None:
    units = opened_city()
    office = Scope(actor="d", paths=(units["D"].path,))
    for unit, kind, last, code in (
        ("E", "closure", DAY, "out_of_scope"),
        ("S", "party", DAY, "unknown_calendar_kind"),
        ("S", "closure", DAY - timedelta(days=1), "days_out_of_order"),
    ):
        with pytest.raises(DomainError, match=code):
            enter_override(office, unit, kind=kind, first_day=DAY, last_day=last, clock=clock_at(9))


def test_an_opening_that_was_cut_short_is_taken_up_again_by_itself() -> None:
    make_city()

    def power_cut(duty: str, done: int, total: int) -> None:
        if duty == "noon-check":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_day(DAY, clock=clock_at(0), progress=power_cut)
    assert slots_by_duty(DAY) == {"daily-health": 11, "morning-check": 9}
    jobs.tick(clock=clock_at(0, 1))
    assert slots_by_duty(DAY) == {
        "daily-health": 11, "morning-check": 9, "noon-check": 9, "school-daily": 2, "attendance": 2,
    }  # fmt: skip
    assert recount(DAY).is_exact
