"""The invented city."""

import csv
from datetime import date
from pathlib import Path

import pytest

from notoneless.demo.accounts import USERNAMES
from notoneless.demo.people import check_digit
from notoneless.demo.roster import write_roster
from notoneless.demo.services import build_demo
from notoneless.demo.shape import SCALES, plan_schools
from notoneless.demo.worked import build_worked
from notoneless.kernel.clock import Clock
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.models import PersonSlot
from notoneless.publish.models import Letter
from notoneless.rollup.queries import completeness
from notoneless.rollup.services import recount
from notoneless.roster import queries as roster_queries
from notoneless.roster.models import Account, Unit
from notoneless.roster.scope import SYSTEM
from tests.builders import DAY, clock_at


def quiet(what: str, done: int, total: int | None) -> None:
    """Progress for nobody."""


def test_the_same_seed_writes_the_same_files(tmp_path: Path) -> None:
    written = [
        write_roster(SCALES["tiny"], tmp_path / name, seed=seed, today=DAY, progress=quiet)
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    texts = [one.people.read_bytes() + one.units.read_bytes() for one in written]
    assert texts[0] == texts[1] != texts[2]


def test_document_numbers_are_right_and_never_given_twice(tmp_path: Path) -> None:
    written = write_roster(SCALES["small"], tmp_path, seed=1, today=DAY, progress=quiet)
    with written.people.open(encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    numbers = [row["id_number"] for row in rows if row["id_number"]]
    assert 11_000 < len(rows) < 13_000
    assert len(set(numbers)) == len(numbers) > 9_000
    assert all(number[17] == check_digit(number[:17]) for number in numbers)
    assert all(row["birth_date"].replace("-", "") == row["id_number"][6:14] for row in rows if row["id_number"])
    assert len({row["phone"] for row in rows}) == len(rows)


def test_the_shapes_are_those_that_were_asked_for() -> None:
    city = list(plan_schools(SCALES["city"]))
    assert len(city) == 3207 == len({plan.code for plan in city})
    assert 31_000 < sum(plan.shape.grades * plan.shape.classes for plan in city) < 33_000
    small = list(plan_schools(SCALES["small"]))
    assert len(small) == 24
    assert {"370100", "370112-ZX", "370176"} <= {plan.authority for plan in small}


@pytest.mark.slow
@pytest.mark.django_db
def test_a_small_city_lives_through_its_days_and_a_second_call_changes_nothing(tmp_path: Path) -> None:
    clock: Clock = clock_at(16)
    first = build_demo("tiny", clock=clock, progress=quiet, directory=tmp_path, days=3)
    assert first.rows > 300 and {one.username for one in first.accounts} == USERNAMES
    days = ledger_queries.opened_days()
    assert days == [date(2026, 11, day) for day in (23, 22, 21, 20)]
    assert all(recount(day).is_exact for day in days)
    yesterday = completeness(SYSTEM, "370100", date(2026, 11, 22), "daily-health").line.counts
    assert yesterday.due == 0 < yesterday.missing < yesterday.reported
    assert completeness(SYSTEM, "370100", DAY, "daily-health").line.counts.late > 0
    assert PersonSlot.objects.filter(day=DAY, measures__contains="fever").exists()
    kinds = Letter.objects.order_by("pk").values_list("kind", "withdrawn_why")
    assert [(kind, bool(why)) for kind, why in kinds] == [
        ("information", False), ("receipt", False), ("information", True), ("information", False),
    ]  # fmt: skip

    slots = PersonSlot.objects.count()
    again = build_demo("tiny", clock=clock, progress=quiet, directory=tmp_path, days=3)
    assert (again.rows, again.accounts, PersonSlot.objects.count()) == (0, first.accounts, slots)


@pytest.mark.slow
@pytest.mark.django_db
def test_each_account_reaches_its_own_and_no_more(tmp_path: Path) -> None:
    build_demo("tiny", clock=clock_at(16), progress=quiet, directory=tmp_path, days=0)
    reach = {account.username: roster_queries.scope_of(account, DAY) for account in Account.objects.all()}
    assert len(roster_queries.children_of_household(reach["family"])) == 3
    levels = {name: [Unit.objects.get(path=path).level for path in scope.paths] for name, scope in reach.items()}
    assert levels == {
        "family": [], "teacher": ["class"], "school": ["school"], "district": ["district"], "city": ["city"],
        "leader": ["city"], "security": [], "audit": [],
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.django_db
def test_the_worked_city_stands_with_its_rules_and_one_of_them_refused(tmp_path: Path) -> None:
    rows, accounts, refused = build_worked(clock=clock_at(9, day=date(2020, 9, 22)), directory=tmp_path)
    assert rows > 500 and {one.username for one in accounts} == USERNAMES
    assert [line.split(":")[0] for line in refused] == ["d-no-weekends"]
    city = completeness(SYSTEM, "410100", date(2020, 9, 22), "daily-health")
    # District C asks everyone; A two pupils at home and the twelve of a suspended class; B and D nobody.
    assert {line.unit.code: line.counts.due for line in city.children} == {
        "410102": 14, "410103": 0, "410104": 108, "410105": 0,
    }  # fmt: skip
