"""The ledger's promises after any interleaving (design.md, section 9, 1 to 3), on whichever database the run has."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notoneless.collect.models import Report
from notoneless.expect.models import CalendarOverride
from notoneless.expect.services import close_day, enter_override, open_day
from notoneless.ledger.models import DaySession, DayUnit, MeasureTally, PersonSlot, Tally, UnitSlot
from notoneless.rollup.queries import completeness
from notoneless.rollup.services import recount
from notoneless.roster.models import Person, Placement, Unit
from notoneless.roster.scope import SYSTEM
from tests.builders import DAY, clock_at, make_city, make_person, move_person, send

PEOPLE = [f"{unit}-{n}" for unit in ("K1", "K2", "L1") for n in (1, 2)]
CLASSES = ("K1", "K2", "L1")
pytestmark = pytest.mark.slow
SEND = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

answers = st.fixed_dictionaries(
    {"condition": st.sampled_from(["well", "unwell", "hospital"])},
    optional={
        "temperature": st.sampled_from([361, 372, 373, 391, "no_thermometer"]),
        "symptoms": st.lists(st.sampled_from(["fever", "cough", "vomiting"]), unique=True),
        "family_ill": st.booleans(),
    },
)


@st.composite
def reports(draw: st.DrawFn, days: tuple[date, ...] = (DAY,)) -> dict[str, Any]:
    hour, day = draw(st.integers(5, 23)), draw(st.sampled_from(days))
    return {
        "id": str(uuid.UUID(int=draw(st.integers(1, 10**9)))),
        "duty": "daily-health",
        "day": str(day),
        "person": draw(st.sampled_from([*PEOPLE, "S-t"])),
        "answers": draw(answers),
        "made_at": f"{day}T{hour:02}:00:00+08:00",
        "by": draw(st.sampled_from(["guardian", "teacher", "self", "import"])),
    }


def snapshot() -> list[object]:
    """Slots and tallies, every column; tally rows of nothing but zeros are no rows."""
    slots = PersonSlot.objects.order_by("pk").values()
    tallies = Tally.objects.order_by("pk").values()
    measures = MeasureTally.objects.exclude(n=0, voluntary=0).order_by("pk").values()
    return [list(slots), list(tallies), list(measures)]


def assert_adds_up(day: date = DAY) -> None:
    assert recount(day).differences == ()
    for code in ("C", "D", "E", "S", "T", *CLASSES):
        for duty in ("daily-health", "morning-check", "school-daily"):
            answer = completeness(SYSTEM, code, day, duty).as_json()
            parts = ("reported", "excused", "missing", "due")
            for line in (answer, *answer["children"]):
                assert line["expected"] == sum(line[part] for part in parts)
                assert line["reported"] == line["on_time"] + line["late"] <= line["expected"]
                assert line["rate"] is None or 0 <= line["rate"] <= 1
            if answer["children"]:
                for part in ("expected", *parts, "on_time", "late"):
                    assert answer[part] == sum(child[part] for child in answer["children"])
                for measure, n in answer["measures"].items():
                    assert n == sum(child["measures"].get(measure, 0) for child in answer["children"])


@pytest.mark.django_db
@SEND
@given(batch=st.lists(reports(), min_size=1, max_size=8, unique_by=lambda r: r["id"]), data=st.data())
def test_order_repeats_and_batching_do_not_matter(batch: list[dict[str, Any]], data: st.DataObject) -> None:
    _fresh()
    send(*batch, clock=clock_at(24))
    in_order = snapshot()
    assert_adds_up()
    kept = set(Report.objects.values_list("id", "digest"))

    _fresh(keep_roster=True)
    shuffled = data.draw(st.permutations(batch + batch[: data.draw(st.integers(0, len(batch)))]))
    cut = data.draw(st.integers(0, len(shuffled)))
    for part in (shuffled[:cut], shuffled[cut:]):
        send(*part, clock=clock_at(24))

    assert snapshot() == in_order
    assert set(Report.objects.values_list("id", "digest")) == kept


@pytest.mark.django_db
@SEND
@given(batch=st.lists(reports(), min_size=1, max_size=6, unique_by=lambda r: r["id"]))
def test_a_replay_changes_nothing_and_is_told_the_same(batch: list[dict[str, Any]]) -> None:
    _fresh()
    first = [outcome.as_json() for outcome in send(*batch, clock=clock_at(24))]
    before = snapshot()
    second = [outcome.as_json() for outcome in send(*reversed(batch), clock=clock_at(30))][::-1]
    assert [{**answer, "duplicate": False} for answer in second] == first
    assert snapshot() == before


steps = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.lists(reports((DAY, DAY + timedelta(days=1))), min_size=1, max_size=4)),
        st.tuples(st.just("move"), st.tuples(st.sampled_from(PEOPLE), st.sampled_from(CLASSES))),
        st.tuples(st.just("leave"), st.sampled_from(PEOPLE)),
        st.tuples(st.just("join"), st.sampled_from(CLASSES)),
        st.tuples(st.just("close"), st.sampled_from([DAY, DAY + timedelta(days=1)])),
        st.tuples(st.just("closure"), st.sampled_from(["S", "E", "K1"])),
        st.tuples(st.just("lift"), st.none()),
        st.tuples(st.just("open"), st.sampled_from([DAY, DAY + timedelta(days=1)])),
    ),
    max_size=9,
)


@pytest.mark.django_db
@SEND
@given(steps=steps)
def test_every_interleaving_adds_up(steps: list[tuple[str, Any]]) -> None:
    """Reports, transfers, joiners, leavers, closures, re-opening and day boundaries, in any order."""
    _fresh()
    now = clock_at(30)
    open_day(DAY + timedelta(days=1), clock=now)
    for number, (what, value) in enumerate(steps):
        if what == "send":
            send(*value, clock=now)
        elif what == "move":
            _if_placed(value[0], lambda person, to=value[1]: move_person(person, Unit.objects.get(code=to), DAY))
        elif what == "leave":
            _if_placed(value, lambda person: Placement.objects.filter(person=person, to_day=None).update(to_day=DAY))
        elif what == "join":
            make_person(f"new-{number}", Unit.objects.get(code=value))
        elif what == "close":
            close_day(value, clock=now)
        elif what == "closure":
            enter_override(SYSTEM, value, kind="closure", first_day=DAY, last_day=DAY, clock=now)
            open_day(DAY, clock=now)
        elif what == "lift":
            Unit.objects.get(code="S").calendar_overrides.all().delete()
        else:
            open_day(value, clock=now)
    for day in (DAY, DAY + timedelta(days=1)):
        open_day(day, clock=now)
        assert_adds_up(day)
    again = snapshot()
    open_day(DAY, clock=now)
    assert snapshot() == again


def _if_placed(code: str, act: Any) -> None:
    person = Person.objects.get(code=code)
    if Placement.objects.filter(person=person, to_day=None, from_day__lt=DAY).exists():
        act(person)


def _fresh(*, keep_roster: bool = False) -> None:
    """Hypothesis runs many examples in one test's transaction: each begins with an empty ledger."""
    for model in (Report, PersonSlot, UnitSlot, Tally, MeasureTally, DaySession, DayUnit, CalendarOverride):
        model.objects.all().delete()
    if not keep_roster:
        Placement.objects.all().delete()
        Person.objects.all().delete()
        Unit.objects.update(authority=None)
        Unit.objects.all().delete()
        make_city(pupils=2)
    open_day(DAY, clock=clock_at(0))
