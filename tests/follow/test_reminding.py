"""A tap reminds each family once: whatever the number of its children, of taps and of officers."""

from datetime import timedelta
from typing import Any

import pytest

from notoneless.expect.queries import duty_by_code
from notoneless.expect.services import open_day
from notoneless.follow.models import Reminded, Reminder
from notoneless.follow.queries import effect_of, entries_for, reminders_of, standing_of
from notoneless.follow.services import climb, remind_missing, send_waiting
from notoneless.jobs import tick
from notoneless.kernel.errors import DomainError
from notoneless.kernel.models import AuditEntry
from notoneless.ledger.queries import day_unit
from notoneless.retain.services import Approval, destroy_household, run_retention
from notoneless.roster import queries as roster_queries
from notoneless.roster.models import Person
from notoneless.roster.scope import SYSTEM, Scope
from tests.builders import DAY, check, clock_at, make_person, opened_city, report, send
from tests.follow.homes import duty_id, join, states
from tests.web.cast import make_account

pytestmark = pytest.mark.django_db


def tap(unit: str = "K1", hour: int = 9, minute: int = 0, duty: str = "daily-health", **given: Any) -> Any:
    return remind_missing(SYSTEM, unit, DAY, duty, clock=clock_at(hour, minute), **given)


def test_one_message_a_household_that_names_all_its_children_who_are_awaited() -> None:
    opened_city()
    join("H1", "H2", "H3")
    send(report("K2-2"))
    told = tap("K1")
    assert (told.planned, told.earlier, told.no_way, told.until) == (3, 0, 0, None)
    assert send_waiting(clock=clock_at(9)) == 3
    named = {
        (row.reminder.household.code, row.person.code)
        for row in Reminded.objects.select_related("reminder__household", "person")
        if row.reminder.household
    }
    assert ("H1", "L1-1") in named and ("H2", "K1-2") in named  # a sister at another school too
    assert ("H2", "K2-2") not in named  # has reported


def test_tapping_twice_and_from_another_school_reminds_once() -> None:
    opened_city()
    join("H1")
    first, second = tap("K1"), tap("K1")
    send_waiting(clock=clock_at(9))
    third = tap("L1", 9, 30)
    assert (first.planned, second.planned, second.earlier) == (1, 0, 1)
    assert (third.planned, third.earlier, third.earlier_at) == (0, 1, clock_at(9).now())
    assert send_waiting(clock=clock_at(9, 30)) == 0
    assert states() == {"H1": "sent", "H2": "no_way", "H3": "no_way"}


def test_who_has_reported_meanwhile_gets_nothing() -> None:
    opened_city(pupils=1)
    join("H1")
    tap("K1")
    send(report("K1-1"), report("K2-1"), report("L1-1"))
    assert send_waiting(clock=clock_at(9)) == 0
    assert states() == {"H1": "reported"}


def test_in_quiet_hours_a_message_waits_for_the_morning() -> None:
    opened_city(pupils=1)
    join("H1")
    told = tap("K1", 6, 10)
    assert (told.planned, told.until) == (1, clock_at(7).now())
    assert send_waiting(clock=clock_at(6, 59)) == 0
    assert states() == {"H1": "planned"}
    assert send_waiting(clock=clock_at(7)) == 1


def test_after_the_evening_begins_it_is_too_late_for_today() -> None:
    opened_city(pupils=1)
    join("H1")
    told = tap("K1", 21, 5)
    assert (told.planned, told.too_late) == (0, 1)
    assert states() == {}


def test_what_was_planned_and_never_left_ends_with_its_day() -> None:
    opened_city(pupils=1)
    join("H1")
    tap("K1", 20, 59)
    assert send_waiting(clock=clock_at(31)) == 0
    assert states() == {"H1": "too_late"}


def test_a_message_whose_end_nobody_saw_is_not_sent_again() -> None:
    opened_city(pupils=1)
    join("H1")
    tap("K1")
    Reminder.objects.update(tried_at=clock_at(9).now())
    assert send_waiting(clock=clock_at(9, 5)) == 0
    assert send_waiting(clock=clock_at(9, 11)) == 0
    assert states() == {"H1": "interrupted"}
    assert (tap("K1", 9, 12).planned, states()) == (0, {"H1": "interrupted"})


def test_a_family_that_joins_after_it_could_not_be_reached_can_be_reminded() -> None:
    opened_city(pupils=1)
    assert tap("K1").no_way == 1
    join("H1")
    assert (tap("K1", 9, 5).planned, send_waiting(clock=clock_at(9, 5))) == (1, 1)
    assert states() == {"H1": "sent"}


def test_most_a_day_holds_over_all_duties() -> None:
    opened_city(pupils=1)
    join("H1")
    tap("K1")
    row = Reminder.objects.get()
    for other in (901, 902):
        Reminder.objects.create(
            day=DAY, duty_id=other, rung="family", household=row.household, rules="x", state="sent",
            asked_at=row.asked_at, not_before=row.asked_at, settled_at=row.asked_at,
        )  # fmt: skip
    row.delete()
    assert (tap("K1").too_many, tap("K1").too_many) == (1, 1)


def test_people_without_a_household_are_said_to_be_out_of_reach() -> None:
    opened_city(pupils=1)
    join("H1")
    told = tap("S")
    assert (told.planned, told.no_way) == (1, 1)  # the teacher S-t lives in no household of ours


def test_only_today_and_only_who_sees_names_and_speaks_or_calls() -> None:
    opened_city(pupils=1)
    with pytest.raises(DomainError, match="remind_today_only"):
        remind_missing(SYSTEM, "K1", DAY, "daily-health", clock=clock_at(24 + 9))
    with pytest.raises(DomainError, match="unknown_rung"):
        tap(rung="nobody")
    for role, unit, error in (("leader", "C", "wrong_role"), ("teacher", "L1", "out_of_scope")):
        account = make_account(role, (role, unit))
        scope = roster_queries.scope_of(account, DAY)
        with pytest.raises(DomainError, match=error):
            remind_missing(scope, "K1", DAY, "daily-health", clock=clock_at(9))
    assert not Reminder.objects.exists() and not AuditEntry.objects.filter(act="remind").exists()


def test_a_check_reminds_class_teachers_and_a_school_report_reminds_schools() -> None:
    opened_city(pupils=1)
    send(check("K1-1"))
    assert (tap("S", duty="morning-check").rung, states()) == ("teacher", {"K2": "planned"})
    assert tap("C", duty="school-daily").planned == 2
    assert send_waiting(clock=clock_at(9)) == 3
    assert states() == {"K2": "sent", "S": "sent", "T": "sent"}


def test_a_long_list_is_walked_by_the_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    opened_city()
    join("H1", "H2", "H3")
    monkeypatch.setattr("notoneless.follow.services.asking.MOST_AT_ONCE", 2)
    monkeypatch.setattr("notoneless.follow.services.climbing.UNITS_A_BATCH", 1)
    told = tap("D")
    assert (told.walks, states()) == (True, {})
    asked = [climb(clock=clock_at(9)) for _ in range(5)]
    assert sum(asked) == 3 and asked[-1] == 0
    assert set(states()) == {"H1", "H2", "H3"}
    monkeypatch.setattr("notoneless.follow.services.asking.MOST_UNITS", 1)
    assert tap("C", duty="school-daily").walks
    tick(clock=clock_at(9))
    assert states() | {"S": "sent", "T": "sent"} == states()


def test_the_ladder_climbs_by_its_minutes() -> None:
    opened_city(pupils=1)
    join("H1")
    seen = {}
    for hour, minute in ((10, 14), (10, 15), (10, 59), (11, 0), (12, 0), (14, 0)):
        tick(clock=clock_at(hour, minute))
        rows = Reminder.objects.filter(duty_id=duty_id(), state="sent")
        seen[hour, minute] = sorted(f"{row.rung}:{row.household or row.unit}" for row in rows)
        assert not rows.exclude(by="").exists()
    assert seen[10, 14] == []
    assert seen[10, 15] == seen[10, 59] == ["family:H1"]
    assert [one for one in seen[11, 0] if one.startswith("t")] == ["teacher:K1 K1", "teacher:K2 K2", "teacher:L1 L1"]
    assert [one for one in seen[12, 0] if one.startswith("s")] == ["school:S S", "school:T T"]
    assert [one for one in seen[14, 0] if one.startswith("b")] == ["bureau:D D", "bureau:E E"]


def test_a_class_that_is_complete_is_not_asked() -> None:
    opened_city(pupils=1)
    send(report("K1-1"))
    tick(clock=clock_at(11))
    asked = Reminder.objects.filter(duty_id=duty_id(), rung="teacher").values_list("unit__code", flat=True)
    assert sorted(str(code) for code in asked) == ["K2", "L1"]


def test_an_entry_stands_while_somebody_is_awaited() -> None:
    opened_city(pupils=2)
    tick(clock=clock_at(11))
    unit = day_unit(SYSTEM, DAY, "K1")
    entry = next(one for one in entries_for(SYSTEM, unit, DAY) if one.duty.code == "daily-health")
    assert (entry.asked, entry.left, entry.since) == (2, 2, clock_at(10).now())
    send(report("K1-1"), report("K1-2"), clock=clock_at(11, 5))
    assert [one for one in entries_for(SYSTEM, unit, DAY) if one.duty.code == "daily-health"] == []
    assert entries_for(Scope("x", powers=()), unit, DAY) == []


def test_where_reminding_stands_is_what_the_button_says() -> None:
    opened_city()
    join("H1", "H2")
    unit = day_unit(SYSTEM, DAY, "K1")

    def now(hour: int) -> Any:
        return standing_of(SYSTEM, unit, DAY, duty_by_code("daily-health"), clock=clock_at(hour))

    before = now(6)
    assert (before.to_ask, before.no_way, before.is_any) == (2, 1, True)
    tap("K1", 6)
    waits = now(6)
    assert (waits.to_ask, waits.waiting, waits.until) == (0, 2, clock_at(7).now())
    send_waiting(clock=clock_at(7))
    assert (now(8).sent, now(8).sent_at, now(8).to_ask) == (2, clock_at(7).now(), 0)
    send(report("K1-1"), report("K1-2"), report("K1-3"))
    assert not now(9).is_any
    assert now(24 + 9) is None


def test_effect_counts_who_reported_within_the_hour_and_waits_for_the_hour_to_end() -> None:
    opened_city()
    join("H1", "H2")
    tap("K1")
    send_waiting(clock=clock_at(9))
    send(report("K1-1"), clock=clock_at(9, 30))
    send(report("K1-2"), clock=clock_at(10, 30))
    duty = duty_by_code("daily-health")
    assert effect_of(SYSTEM, "K1", DAY, duty, clock=clock_at(9, 59)).by_rung == {}
    found = effect_of(SYSTEM, "K1", DAY, duty, clock=clock_at(11))
    assert {rung: (share.n, share.of) for rung, share in found.by_rung.items()} == {"family": (1, 2)}
    assert found.compared is None  # nobody to compare with


def test_effect_is_compared_with_families_that_could_have_been_reminded() -> None:
    units = opened_city(pupils=1)
    for n in range(25):
        make_person(f"more-{n}", units["K2"], household=f"M{n}")
        if n < 22:
            make_account(f"guardian-M{n}", ("guardian", f"M{n}"))
    open_day(DAY, clock=clock_at(1))
    join("H1")
    tap("K1")
    send_waiting(clock=clock_at(9))
    send(*(report(f"more-{n}") for n in range(11)), report("more-24"), clock=clock_at(9, 20))
    found = effect_of(SYSTEM, "S", DAY, duty_by_code("daily-health"), clock=clock_at(10, 5))
    assert found.compared is not None
    assert (found.compared.n, found.compared.of) == (11, 22)


def test_a_list_names_only_whom_the_viewers_unit_reaches() -> None:
    opened_city(pupils=1)
    join("H1")
    tap("K1")
    send_waiting(clock=clock_at(9))
    page = reminders_of(SYSTEM, "K1", DAY, limit=50, offset=0)
    assert (page.total, page.by_state["sent"]) == (1, 1)
    assert [named.unit.code for named in page.lines[0].people if named.unit] == ["K1"]
    assert len(reminders_of(SYSTEM, "C", DAY, limit=50, offset=0).lines[0].people) == 3


def test_reminders_end_with_their_term_and_with_their_household() -> None:
    opened_city(pupils=1)
    join("H1")
    tap("K1")
    send_waiting(clock=clock_at(9))
    run_retention(DAY + timedelta(days=30), Approval("director", "yearly"), clock=clock_at(9))
    assert Reminder.objects.count() == 1
    destroy_household("H1", Approval("director", "asked for"), clock=clock_at(10))
    assert not Reminder.objects.exists() and not Reminded.objects.exists()
    assert not Person.objects.filter(code="K1-1").exists()


def test_reminders_of_thirty_one_days_ago_are_destroyed() -> None:
    opened_city(pupils=1)
    join("H1")
    tap("K1")
    rows = run_retention(DAY + timedelta(days=31), Approval("director", "yearly"), clock=clock_at(9))
    assert "reminders" in {row.rule for row in rows}
    assert not Reminder.objects.exists() and not Reminded.objects.exists()
