"""Counting households in sets equals counting them one by one, whatever the order, before a day opens and after."""

from datetime import timedelta
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notoneless.expect.models import AskLimit, Duty, Notice, Policy
from notoneless.expect.queries import asks_of_households, households_over, reach_of
from notoneless.expect.services import open_day
from notoneless.roster.models import Household, Person, PersonState, Placement, Unit
from notoneless.roster.scope import Scope
from tests.builders import DAY, clock_at, make_person, make_unit

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
UNITS = ("C", "D", "E", "S", "T", "K1", "L1")
CLASSES = ("K1", "L1")
NEXT = DAY + timedelta(days=1)

people = st.lists(
    st.tuples(st.sampled_from(["H1", "H2", "H3"]), st.sampled_from(CLASSES), st.sampled_from(["student", "relative"])),
    min_size=1, max_size=7,
)  # fmt: skip
limits = st.dictionaries(
    st.sampled_from(["", "D", "S", "T"]), st.tuples(st.integers(0, 3), st.sampled_from(["refuse", "queue"])), max_size=3
)
notices = st.lists(st.sampled_from(UNITS), max_size=4)
waived = st.frozensets(st.sampled_from([*UNITS, "sick"]), max_size=2)


def build(
    who: list[tuple[str, str, str]], held: dict[str, tuple[int, str]], sent: list[str], free: frozenset[str]
) -> None:
    city = make_unit("C", "city")
    d, e = make_unit("D", "district", city), make_unit("E", "district", city)
    s, t = make_unit("S", "primary", d), make_unit("T", "junior", e)
    units = {
        "C": city,
        "D": d,
        "E": e,
        "S": s,
        "T": t,
        "K1": make_unit("K1", "class", s),
        "L1": make_unit("L1", "class", t),
    }
    for number, (household, code, population) in enumerate(who):
        make_person(f"p{number}", units[code], household=household, population=population)
    PersonState.objects.create(person=Person.objects.get(code="p0"), state="sick_home", from_day=DAY)
    AskLimit.objects.all().delete()
    for code, (asks_a_day, over) in held.items():
        AskLimit.objects.create(unit=units.get(code), asks_a_day=asks_a_day, over=over, effective_from=DAY)
    fields = {name: getattr(Duty.objects.get(code="daily-health"), name) for name in ("form", "respondent", "asked")}
    twice = Duty.objects.create(
        code="twice", sessions=[{"code": name, "opens": 0, "due": 600, "closes": 1440} for name in "ab"], **fields
    )
    every = {"days": ["school_day"], "effective_from": DAY, "status": "published"}
    Policy.objects.create(
        code="twice", duty=twice, unit=units["D"], effect="require", audience={"populations": ["student"]}, **every
    )
    for code in free:
        Policy.objects.create(
            code=f"free-{code}", duty=Duty.objects.get(code="daily-health"), effect="waive", unit=units.get(code, city),
            audience={"states": ["sick_home"]} if code == "sick" else {}, **every,
        )  # fmt: skip
    for code in sent:
        for day in (DAY, NEXT):
            Notice.objects.create(
                unit=units[code], kind="notice", title_zh="x", wanted_day=day, day=day, status="sent",
                made_at=clock_at(8).now(),
            )  # fmt: skip


def by_hand(path: str) -> tuple[int, int]:
    """Households with a pupil below `path`, and how many are over with one thing more: each asked for its digest."""
    homes = Household.objects.filter(
        pk__in=Placement.objects.filter(person__population="student", unit__path__startswith=path).values(
            "person__household"
        )
    )
    digests = [asks_of_households(Scope("x", households=frozenset({home.pk})), DAY) for home in homes]
    return len(digests), sum(one.limit is not None and one.count + 1 > one.limit for one in digests)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(who=people, held=limits, sent=notices, free=waived, turn=st.randoms(use_true_random=False))
def test_counted_in_sets_is_counted_one_by_one(
    who: list[tuple[str, str, str]], held: dict[str, tuple[int, str]], sent: list[str], free: frozenset[str],
    turn: Random,
) -> None:  # fmt: skip
    with transaction.atomic():
        build(who, held, sent, free)
        paths = dict(Unit.objects.values_list("code", "path"))
        before = {code: reach_of(path, DAY) for code, path in paths.items()}  # from the rules
        open_day(DAY, clock=clock_at(0))
        after = {code: reach_of(path, DAY) for code, path in paths.items()}  # from the slots
        assert after == before
        assert {code: (one.households, one.over) for code, one in after.items()} == {
            code: by_hand(path) for code, path in paths.items()
        }
        transaction.set_rollback(True)
    # The same city, entered in another order, has the same households over the limit.
    with transaction.atomic():
        first, *others = who  # the first is who is sick
        turn.shuffle(others)
        turn.shuffle(sent)
        build([first, *others], dict(reversed(held.items())), sent, free)
        for code, path in Unit.objects.values_list("code", "path"):
            now, was = reach_of(path, DAY), before[code]
            assert (now.households, now.over, now.refusing, now.limit) == (
                was.households,
                was.over,
                was.refusing,
                was.limit,
            )
        transaction.set_rollback(True)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(who=people, held=limits, sent=notices, free=waived)
def test_one_more_ask_never_has_fewer_households_over(
    who: list[tuple[str, str, str]], held: dict[str, tuple[int, str]], sent: list[str], free: frozenset[str]
) -> None:
    with transaction.atomic():
        build(who, held, sent, free)
        city = Unit.objects.get(code="C").path
        over = [households_over(DAY, city, extra=extra) for extra in range(5)]
        assert over == sorted(over)
        below = [households_over(DAY, path) for path in Unit.objects.values_list("path", flat=True)]
        assert max(below) == over[0]  # no part has more than the whole
        transaction.set_rollback(True)


@pytest.mark.parametrize("children", [1, 3])
def test_a_household_with_two_duties_counts_two_whatever_its_children(children: int) -> None:
    build([("H1", CLASSES[number % 2], "student") for number in range(children)], {}, [], frozenset())
    Policy.objects.filter(code="twice").update(sessions=["a"], audience={})
    open_day(DAY, clock=clock_at(0))
    PersonState.objects.all().delete()
    home = Scope("x", households=frozenset({Household.objects.get().pk}))
    assert asks_of_households(home, DAY).count == 2
    AskLimit.objects.create(asks_a_day=2, effective_from=DAY)
    assert [households_over(DAY, "", extra=extra) for extra in (0, 1)] == [0, 1]
