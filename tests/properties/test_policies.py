"""Resolution: the set-based way equals a slow and obvious one, and policies only move things the way they may."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notoneless.expect.models import CalendarOverride, Policy
from notoneless.expect.queries import duties, duty_by_code, national_day
from notoneless.expect.rules import Group, PolicyRule, resolve
from notoneless.expect.services import open_day
from notoneless.kernel.clock import FixedClock, instant_on
from notoneless.ledger.models import DaySession, DayUnit, MeasureTally, PersonSlot, Tally, UnitSlot
from notoneless.rollup.services import recount
from notoneless.roster.models import Person, PersonState, Placement, Unit
from tests.builders import make_person, make_unit

pytestmark = pytest.mark.slow
PATH = (1, 2, 3)
DAY_TYPES = ("school_day", "weekend", "holiday", "vacation", "closure")
STATES = ("at_school", "sick_home", "leave", "suspended", "graduated")


def some(values: Sequence[Any]) -> st.SearchStrategy[frozenset[Any]]:
    """Any (the empty set) as often as a choice."""
    return st.one_of(st.just(frozenset()), st.frozensets(st.sampled_from(values), min_size=1))


@st.composite
def rules(draw: st.DrawFn, number: int, *, effect: str = "", unit: int | None = None) -> PolicyRule:
    chosen = effect or draw(st.sampled_from(["require", "waive"]))
    bound = draw(st.sampled_from(["", "floor"] if chosen == "require" else ["", "ceiling"]))
    due = draw(st.integers(400, 900))
    return PolicyRule(
        id=number, unit_id=draw(st.sampled_from([0, *PATH, 9])) if unit is None else unit, duty_id=7,
        effect="waive" if chosen == "waive" else "require", bound=bound,  # type: ignore[arg-type] # drawn from its words
        days=draw(st.frozensets(st.sampled_from(DAY_TYPES), min_size=1)),
        populations=draw(some(["student", "staff"])), stages=draw(some(["primary", "junior"])),
        grades=draw(some(["1", "2"])), tags=draw(some(["boarder", "foreign"])), states=draw(some(STATES)),
        windows=draw(st.sampled_from([{}, {"day": (0, due, 1440)}])),
    )  # fmt: skip


@st.composite
def rule_sets(draw: st.DrawFn) -> list[PolicyRule]:
    return [draw(rules(number)) for number in range(1, draw(st.integers(1, 7)))]


groups = st.builds(
    Group,
    population=st.sampled_from(["student", "staff"]),
    stage=st.sampled_from(["primary", "junior"]),
    kind=st.just("primary"),
    grade=st.sampled_from(["1", "2"]),
    state=st.sampled_from(STATES),
    tags=some(["boarder", "foreign"]),
    day_type=st.sampled_from(DAY_TYPES),
    weekday=st.integers(0, 6),
)


@settings(max_examples=400, deadline=None)
@given(held=rule_sets(), group=groups, data=st.data())
def test_adding_a_waiver_never_adds_a_slot(held: list[PolicyRule], group: Group, data: st.DataObject) -> None:
    added = data.draw(rules(50, effect="waive"))
    before, after = resolve(held, PATH, group, "day"), resolve([*held, added], PATH, group, "day")
    assert before is not None or after is None


@settings(max_examples=400, deadline=None)
@given(held=rule_sets(), group=groups, data=st.data())
def test_a_stricter_child_never_removes_a_slot(held: list[PolicyRule], group: Group, data: st.DataObject) -> None:
    added = data.draw(rules(50, effect="require", unit=PATH[-1]))
    before, after = resolve(held, PATH, group, "day"), resolve([*held, added], PATH, group, "day")
    assert before is None or after is not None


@settings(max_examples=200, deadline=None)
@given(held=rule_sets(), group=groups, data=st.data())
def test_the_order_in_which_policies_are_read_is_irrelevant(
    held: list[PolicyRule], group: Group, data: st.DataObject
) -> None:
    assert resolve(data.draw(st.permutations(held)), PATH, group, "day") == resolve(held, PATH, group, "day")


@settings(max_examples=200, deadline=None)
@given(held=rule_sets(), group=groups)
def test_below_a_floor_nothing_is_waived_or_due_later(held: list[PolicyRule], group: Group) -> None:
    floor = PolicyRule(0, 0, 7, "require", "floor", frozenset({group.day_type}), windows={"day": (0, 500, 900)})
    floor = floor if group.state != "graduated" else PolicyRule(
        0, 0, 7, "require", "floor", frozenset({group.day_type}), states=frozenset({"graduated"}),
        windows={"day": (0, 500, 900)},
    )  # fmt: skip
    below = [rule for rule in held if rule.unit_id != 0]
    verdict = resolve([floor, *below], PATH, group, "day")
    assert verdict is not None
    assert verdict.claim == "owed"
    assert verdict.window is not None
    assert verdict.window[1] <= 500
    assert verdict.window[2] <= 900


# The set-based way against a person-by-person one, on random cities.

DAYS = [date(2020, 9, 26), date(2020, 9, 27), date(2020, 10, 2), date(2020, 9, 28)]
UNITS = {"C": "", "D": "C", "E": "C", "S": "D", "T": "E", "K1": "S", "K2": "S", "L1": "T"}

policies = st.fixed_dictionaries({
    "unit": st.sampled_from(["", *UNITS]),
    "duty": st.sampled_from(["daily-health", "morning-check", "evening-check"]),
    "effect": st.sampled_from(["require", "waive"]),
    "bound": st.booleans(),
    "days": st.lists(st.sampled_from(DAY_TYPES), min_size=1, unique=True),
    "audience": st.fixed_dictionaries({}, optional={
        "populations": st.lists(st.sampled_from(["student", "staff", "relative"]), min_size=1, unique=True),
        "stages": st.lists(st.sampled_from(["primary", "junior"]), min_size=1, unique=True),
        "grades": st.lists(st.sampled_from(["1", "2"]), min_size=1, unique=True),
        "kinds": st.lists(st.sampled_from(["primary", "junior"]), min_size=1, unique=True),
        "tags": st.lists(st.sampled_from(["boarder", "foreign"]), min_size=1, unique=True),
        "states": st.lists(st.sampled_from(STATES), min_size=1, unique=True),
    }),
})  # fmt: skip
people = st.fixed_dictionaries({
    "unit": st.sampled_from(["S", "T", "K1", "K2", "L1"]),
    "population": st.sampled_from(["student", "staff", "relative"]),
    "tags": st.lists(st.sampled_from(["boarder", "foreign", "left_behind"]), unique=True),
    "state": st.sampled_from(["", "", "sick_home", "leave", "graduated"]),
})  # fmt: skip
closures = st.lists(
    st.tuples(st.sampled_from(list(UNITS)), st.sampled_from(["closure", "vacation", "school_day"])), max_size=3
)


def obviously(person: Person, day: date) -> set[tuple[str, str]]:
    """(duty code, claim) of one person, decided by reading everything again for every person. Slow on purpose."""
    placement = Placement.objects.get(person=person)
    path: list[Unit] = []
    unit: Unit | None = placement.unit
    while unit is not None:
        path.insert(0, unit)
        unit = unit.authority
    school = path[2]
    room = placement.unit
    day_type = national_day(day).day_type
    last_entry = ""
    for step in path:
        for entry in CalendarOverride.objects.filter(unit=step).order_by("id"):
            last_entry = entry.kind
            if entry.kind != "closure":
                day_type = "school_day" if entry.kind == "school_day" else "vacation"
    if day_type == "school_day" and last_entry == "closure":
        day_type = "closure"
    recorded = PersonState.objects.filter(person=person).first()
    state = recorded.state if recorded else "suspended" if day_type == "closure" else "at_school"
    tags = set(json.loads(person.tags))
    facts = {
        "populations": {person.population}, "stages": {room.stage or school.stage}, "kinds": {school.kind},
        "grades": {room.grade}, "tags": tags, "states": {state},
    }  # fmt: skip
    found = set()
    for duty in duties().values():
        if duty.respondent != "person":
            continue
        fitting = []
        for maker in (None, *path):
            for policy in Policy.objects.filter(unit=maker, duty_id=duty.id).order_by("id"):
                narrow = policy.audience
                if any(not set(narrow[name]) & facts[name] for name in narrow):
                    continue
                if state == "graduated" and "states" not in narrow:
                    continue
                fitting.append(policy)
        on_day = [policy for policy in fitting if day_type in policy.days]
        is_excused = False
        if not on_day and day_type == "closure":
            on_day, is_excused = [policy for policy in fitting if "school_day" in policy.days], True
        bounds = [place for place, policy in enumerate(on_day) if policy.strictness != "default"]
        if bounds:
            first = on_day[bounds[0]]
            on_day = on_day[: bounds[0]] + [p for p in on_day[bounds[0] :] if p.effect == first.effect]
        if on_day and on_day[-1].effect == "require":
            found.add((duty.code, "excused" if is_excused else "due"))
    return found


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    made=st.lists(policies, max_size=8), who=st.lists(people, min_size=1, max_size=8), marked=closures,
    day=st.sampled_from(DAYS),
)  # fmt: skip
def test_the_set_based_way_equals_person_by_person(
    made: list[dict[str, Any]], who: list[dict[str, Any]], marked: list[tuple[str, str]], day: date
) -> None:
    _clear()
    units: dict[str, Unit] = {}
    kinds = {"C": "city", "D": "district", "E": "district", "S": "primary", "T": "junior"}
    for code, above in UNITS.items():
        stage = {"S": "primary", "T": "junior"}.get(code, "")
        grade = {"K1": "1", "K2": "2"}.get(code, "")
        units[code] = make_unit(code, kinds.get(code, "class"), units.get(above), stage=stage, grade=grade)
    for number, one in enumerate(who):
        person = make_person(f"p{number}", units[one["unit"]], population=one["population"])
        person.tags = str(one["tags"]).replace("'", '"')
        person.save()
        if one["state"]:
            PersonState.objects.create(person=person, state=one["state"], from_day=date(2020, 1, 1), opened_by="test")
    for number, policy in enumerate(made):
        Policy.objects.create(
            code=f"made-{number}", unit=units.get(policy["unit"]), duty_id=duty_by_code(policy["duty"]).id,
            status="published", effect=policy["effect"], days=policy["days"], audience=policy["audience"],
            strictness=("floor" if policy["effect"] == "require" else "ceiling") if policy["bound"] else "default",
            effective_from=date(2020, 1, 1),
        )  # fmt: skip
    for code, kind in marked:
        CalendarOverride.objects.create(unit=units[code], kind=kind, first_day=day, last_day=day)
    clock = FixedClock(instant_on(day, 0))
    open_day(day, clock=clock)
    names = {duty.id: duty.code for duty in duties().values()}
    for person in Person.objects.all():
        slots = PersonSlot.objects.filter(day=day, respondent_id=person.pk)
        assert {(names[slot.duty_id], slot.state) for slot in slots} == obviously(person, day)
    assert recount(day).is_exact
    again = open_day(day, clock=clock)
    assert {tuple(vars(merged).values()) for merged in again.duties.values()} == {(0, 0, 0, 0, 0)}


def _clear() -> None:
    for model in (PersonSlot, UnitSlot, Tally, MeasureTally, DaySession, DayUnit, CalendarOverride, PersonState):
        model.objects.all().delete()
    Policy.objects.exclude(unit=None).delete()
    Policy.objects.filter(code__startswith="made-").delete()
    Placement.objects.all().delete()
    Person.objects.all().delete()
    Unit.objects.update(authority=None)
    Unit.objects.all().delete()
