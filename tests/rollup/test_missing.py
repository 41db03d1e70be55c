"""Who has not been heard from: the same list whatever the pages, read from few slots however large the city."""

import pytest
from pytest_django import DjangoAssertNumQueries

from notoneless.expect.services import open_day
from notoneless.ledger.services.forgetting import forget_people
from notoneless.rollup import queries as rollup_queries
from notoneless.roster.models import Person
from notoneless.roster.scope import SYSTEM
from tests.builders import DAY, clock_at, make_city, make_person, make_unit, report, send

pytestmark = pytest.mark.django_db


def listed(code: str, *, limit: int = 100, offset: int = 0) -> tuple[int, list[str]]:
    found = rollup_queries.missing_people(SYSTEM, code, DAY, "daily-health", limit=limit, offset=offset)
    return found.total, [one.code for one in found.items]


def opened() -> None:
    """Classes of three, nobody in one and all but one heard from in another; staff of schools and of the city."""

    units = make_city(pupils=3)
    make_unit("K0", "class", units["S"])
    for number in range(5):
        make_person(f"x-{number}", units["L1"])
    open_day(DAY, clock=clock_at(0))
    send(report("K1-1"), report("K1-3"), report("x-2"), report("S-t"))


@pytest.mark.parametrize("code", ["C", "D", "S", "K1", "L1"])
@pytest.mark.parametrize("step", [1, 2, 3, 7])
def test_pages_put_together_are_the_list(code: str, step: int) -> None:
    opened()
    total, whole = listed(code)
    counts = rollup_queries.completeness(SYSTEM, code, DAY, "daily-health").line.counts
    assert total == len(whole) == counts.unheard and len(set(whole)) == total
    pages = [listed(code, limit=step, offset=at) for at in range(0, total + step, step)]
    assert [one for _, page in pages for one in page] == whole
    assert {count for count, _ in pages} == {total}


def test_city_lists_what_its_districts_list_and_nobody_who_reported() -> None:
    opened()
    assert listed("C")[1] == listed("D")[1] + listed("E")[1]
    assert not {"K1-1", "K1-3", "x-2", "S-t"} & set(listed("C")[1])
    send(report("K1-2"))
    assert "K1-2" not in listed("C")[1]


def test_forgotten_are_counted_and_not_listed() -> None:
    opened()
    before, _ = listed("C")
    forget_people([Person.objects.get(code="K2-2").pk])
    total, whole = listed("C")
    assert (total, len(whole)) == (before, before - 1) and "K2-2" not in whole


def test_a_page_costs_the_same_wherever_it_lies(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    opened()
    for offset in (0, 10):
        with django_assert_num_queries(7):
            listed("C", limit=2, offset=offset)
