"""The worked city as a table: who owes what on which day. The rules are the demo's file (docs/POLICIES.md)."""

from datetime import date

import pytest

from notoneless.expect import queries as expect_queries
from notoneless.expect.models import Policy
from notoneless.expect.services import approve_policy, open_day
from notoneless.expect.services.policies import draft_policy
from notoneless.expect.services.policy_terms import read_policies
from notoneless.kernel.clock import FixedClock, instant_on
from notoneless.kernel.errors import DomainError
from notoneless.ledger.models import DayUnit, PersonSlot
from notoneless.rollup.services import recount
from notoneless.roster.models import Person
from notoneless.roster.scope import SYSTEM
from tests.expect import worked

pytestmark = pytest.mark.django_db

MAKEUP_SUNDAY = date(2020, 9, 27)
MAKEUP_SATURDAY = date(2020, 10, 10)
MONDAY = date(2020, 9, 14)
SUNDAY = date(2020, 9, 20)
CLOSED_TUESDAY = date(2020, 9, 22)
NATIONAL_DAYS = [date(2020, 10, day) for day in range(1, 9)]
SPRING_MAKEUP = date(2020, 1, 19)
EXTENDED_SPRING = [date(2020, 2, 1), date(2020, 2, 2)]

HOME, MORNING, NOON, EVENING = "daily-health", "morning-check", "noon-check", "evening-check"
CHECKED = {MORNING: "due", NOON: "due"}
ASKED = {HOME: "due"}
NOTHING: dict[str, str] = {}


@pytest.fixture
def became() -> dict[str, str]:
    return worked.build()


def owed(day: date) -> dict[str, dict[str, str]]:
    """Person code -> duty code -> state of the slot, once the day is open."""
    open_day(day, clock=FixedClock(instant_on(day, 0)))
    duties = {duty.id: duty.code for duty in expect_queries.duties().values()}
    codes = dict(Person.objects.values_list("id", "code"))
    found: dict[str, dict[str, str]] = {code: {} for code in codes.values()}
    for person_id, duty_id, state in PersonSlot.objects.filter(day=day).values_list(
        "respondent_id", "duty_id", "state"
    ):
        found[codes[person_id]][duties[duty_id]] = state
    assert recount(day).is_exact
    return found


def test_district_ds_looser_rule_is_refused_and_the_clause_is_named(became: dict[str, str]) -> None:
    assert became.pop("d-no-weekends") == "policy_below_floor"
    assert set(became.values()) == {"published"}
    assert len(became) == 7
    assert Policy.objects.get(code="d-no-weekends").status == "draft"


def test_the_refusal_names_the_floor_and_its_document(became: dict[str, str]) -> None:
    terms = next(one for one in read_policies(worked.FILE) if one.code == "d-no-weekends")
    with pytest.raises(DomainError) as refused:
        draft_policy(SYSTEM, terms, clock=worked.START)
        approve_policy(SYSTEM, terms.code, clock=worked.START)
    message = refused.value.message("zh")
    assert refused.value.code == "policy_below_floor"
    assert "city-off-days" in message
    assert "郑教疫防〔2020〕18号" in message


@pytest.mark.parametrize("day", [MONDAY, MAKEUP_SUNDAY, MAKEUP_SATURDAY, SPRING_MAKEUP])
def test_school_days_and_the_weekend_days_that_are_worked(became: dict[str, str], day: date) -> None:
    found = owed(day)
    for district in "ABD":
        assert found[f"{district}-pri"] == CHECKED  # seen by the class teacher: the family must not be asked
        assert found[f"{district}-kg"] == CHECKED
    assert found["C-pri"] == found["C-kg"] == CHECKED | ASKED  # district C asks every school day
    for district in "ABCD":
        assert found[f"{district}-pri-ill"] == CHECKED | ASKED
        assert found[f"{district}-kg-ill"] == CHECKED | ASKED
        assert found[f"{district}-leave"] == CHECKED | ASKED
    assert found["A1-board"] == CHECKED | {EVENING: "due"}
    assert found["A1-day"] == CHECKED


@pytest.mark.parametrize("day", [SUNDAY, *NATIONAL_DAYS, *EXTENDED_SPRING])
def test_weekends_and_holidays(became: dict[str, str], day: date) -> None:
    found = owed(day)
    for district in "ABCD":
        assert found[f"{district}-pri"] == ASKED  # in D too: its waiver was refused
        assert found[f"{district}-pri-ill"] == ASKED
        assert found[f"{district}-kg-ill"] == ASKED  # in B too: a floor for those at home ill
        assert found[f"{district}-leave"] == ASKED
    for district in "ACD":
        assert found[f"{district}-kg"] == ASKED
    assert found["B-kg"] == NOTHING  # district B's kindergartens have stopped
    assert found["A1-board"] == found["A1-day"] == ASKED


def test_a_suspended_class_reports_from_home_and_its_checks_are_excused(became: dict[str, str]) -> None:
    found = owed(CLOSED_TUESDAY)
    for district in "ABCD":
        assert found[f"{district}-susp"] == {HOME: "due", MORNING: "excused", NOON: "excused"}
    assert found["A-pri"] == CHECKED
    back = owed(date(2020, 9, 25))
    assert back["A-susp"] == CHECKED


def test_the_days_are_what_the_calendar_of_2020_says() -> None:
    kinds = {day: expect_queries.national_day(day).kind for day in (MAKEUP_SUNDAY, MAKEUP_SATURDAY, SPRING_MAKEUP)}
    assert set(kinds.values()) == {"makeup"}
    assert {expect_queries.national_day(day).kind for day in (*NATIONAL_DAYS, *EXTENDED_SPRING)} == {"holiday"}


def test_every_slot_keeps_the_rule_that_made_it(became: dict[str, str]) -> None:
    open_day(SUNDAY, clock=FixedClock(instant_on(SUNDAY, 0)))
    slots = PersonSlot.objects.filter(day=SUNDAY).values_list("respondent_id", "policy_id")
    people = dict(Person.objects.values_list("id", "code"))
    policies = dict(Policy.objects.values_list("id", "code"))
    made = {people[person]: policies[policy] for person, policy in slots if policy is not None}
    codes = {code: made[code] for code in ("A-pri", "A-pri-ill")}
    assert codes == {"A-pri": "city-off-days", "A-pri-ill": "city-at-home"}


def test_the_boarders_window_is_the_schools_own(became: dict[str, str]) -> None:
    open_day(MONDAY, clock=FixedClock(instant_on(MONDAY, 0)))
    slot = PersonSlot.objects.get(day=MONDAY, duty_id=expect_queries.duty_by_code(EVENING).id)
    assert slot.due_at == instant_on(MONDAY, 21 * 60 + 45)
    assert DayUnit.objects.get(day=MONDAY, unit_id=slot.unit_id).code == "A1-1"
