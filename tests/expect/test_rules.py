"""The calendar and simple policies."""

from datetime import date
from typing import Any

import pytest

from notoneless.expect.queries import national_day
from notoneless.expect.rules import DayType, Group, NationalDay, Override, PolicyRule, day_type_of, guess_day, resolve

MONDAY, SUNDAY = NationalDay(date(2026, 11, 23), "workday"), NationalDay(date(2026, 11, 22), "weekend")
CITY, DISTRICT, SCHOOL = 1, 2, 3
PATH = [CITY, DISTRICT, SCHOOL]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2020-09-27", "makeup"), ("2020-10-01", "holiday"), ("2020-10-08", "holiday"), ("2020-10-10", "makeup"),
        ("2020-01-19", "makeup"), ("2020-02-01", "holiday"), ("2020-02-02", "holiday"), ("2026-02-14", "makeup"),
        ("2026-11-21", "weekend"), ("2026-11-23", "workday"),
    ],
)  # fmt: skip
def test_seeded_calendar_knows_holidays_and_make_up_days(day: str, kind: str) -> None:
    found = national_day(date.fromisoformat(day))
    assert (found.kind, found.is_known) == (kind, True)


@pytest.mark.django_db
def test_a_year_that_nobody_entered_goes_by_weekdays_and_says_so() -> None:
    assert national_day(date(2027, 3, 1)) == NationalDay(date(2027, 3, 1), "workday", is_known=False)
    assert guess_day(date(2027, 3, 6)).day_type == "weekend"


@pytest.mark.parametrize(
    ("national", "overrides", "expected"),
    [
        (MONDAY, [], "school_day"),
        (SUNDAY, [], "weekend"),
        (SUNDAY, [(CITY, "school_day")], "school_day"),
        (MONDAY, [(CITY, "vacation")], "vacation"),
        (MONDAY, [(CITY, "vacation"), (SCHOOL, "school_day")], "school_day"),
        (MONDAY, [(SCHOOL, "school_day"), (CITY, "vacation")], "school_day"),
        (MONDAY, [(DISTRICT, "closure")], "closure"),
        (SUNDAY, [(DISTRICT, "closure")], "weekend"),
        (MONDAY, [(CITY, "vacation"), (SCHOOL, "closure")], "vacation"),
        (MONDAY, [(CITY, "closure"), (SCHOOL, "school_day")], "school_day"),
        (MONDAY, [(99, "closure")], "school_day"),
    ],
)
def test_the_nearest_units_day_wins(national: NationalDay, overrides: list[tuple[int, str]], expected: str) -> None:
    entered = [Override(number, unit, kind, "") for number, (unit, kind) in enumerate(overrides)]
    assert day_type_of(PATH, "primary", national, entered) == expected


def test_an_override_for_one_stage_leaves_the_others() -> None:
    entered = [Override(1, CITY, "vacation", "senior")]
    assert day_type_of(PATH, "senior", MONDAY, entered) == "vacation"
    assert day_type_of(PATH, "primary", MONDAY, entered) == "school_day"


def rule(number: int, unit: int = 0, effect: Any = "require", *, is_floor: bool = False, **parts: Any) -> PolicyRule:
    days = frozenset(parts.pop("days", ("school_day",)))
    sets: dict[str, Any] = {name: frozenset(chosen) for name, chosen in parts.items()}
    return PolicyRule(number, unit, 7, effect, "floor" if is_floor else "", days, **sets)


def verdict(*rules: PolicyRule, day_type: DayType = "school_day", population: str = "student") -> Any:
    found = resolve(rules, PATH, Group(population, "primary", "primary", day_type=day_type))
    return found and (found.claim, found.reason, found.policy_id)


def test_the_nearest_policy_speaks_and_a_floor_is_not_waived_below_it() -> None:
    standing = rule(1)
    assert verdict(standing) == ("owed", "", 1)
    assert verdict(standing, rule(2, DISTRICT, "waive")) is None
    assert verdict(standing, rule(2, DISTRICT, "waive"), rule(3, SCHOOL)) == ("owed", "", 3)
    assert verdict(rule(1, is_floor=True), rule(2, DISTRICT, "waive")) == ("owed", "", 1)


def test_audience_and_days_are_heard() -> None:
    assert verdict(rule(1, populations=["staff"])) is None
    assert verdict(rule(1, stages=["senior"])) is None
    assert verdict(rule(1), day_type="weekend") is None
    assert verdict(rule(1, DISTRICT + 40)) is None


def test_a_closure_excuses_the_duties_of_a_school_day_and_keeps_those_that_name_it() -> None:
    assert verdict(rule(1), day_type="closure") == ("excused", "closure", 1)
    assert verdict(rule(1, days=["school_day", "closure"]), day_type="closure") == ("owed", "", 1)
    assert verdict(rule(1, days=["weekend"]), day_type="closure") is None
