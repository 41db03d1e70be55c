"""Small counts: hidden from who sees no names, and not to be reckoned back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notoneless.rollup import queries as rollup_queries
from notoneless.rollup.small import SMALL, for_viewer, hidden_parts
from notoneless.roster import queries as roster_queries
from notoneless.roster.models import Account
from tests.builders import DAY, opened_city, report, send
from tests.web.cast import make_cast, signed_in, text_of

ILL = {"condition": "unwell", "temperature": 385, "symptoms": ["fever"]}


@given(st.lists(st.integers(0, 30), max_size=8))
def test_hidden_counts_cannot_be_reckoned_back(counts: list[int]) -> None:
    whole, parts = {"fever": sum(counts)}, [{"fever": n} for n in counts]
    hidden = hidden_parts(whole, parts, "fever")
    assert all(place in hidden for place, n in enumerate(counts) if 0 < n < SMALL)
    left = sum(counts[place] for place in hidden)
    if hidden and sum(counts) >= SMALL:
        assert len(hidden) > 1 and left >= SMALL, "what is hidden is told neither alone nor as a small sum"
    assert all(counts[place] for place in hidden), "nothing is hidden where there is nobody"


@given(st.lists(st.integers(0, 30), max_size=8))
def test_no_small_count_means_nothing_hidden(counts: list[int]) -> None:
    counts = [n if n == 0 or n >= SMALL else n + SMALL for n in counts]
    assert hidden_parts({"fever": sum(counts)}, [{"fever": n} for n in counts], "fever") == frozenset()


@pytest.mark.django_db
def test_leader_sees_that_there_are_some_and_an_officer_how_many() -> None:
    opened_city(pupils=3)
    make_cast()
    send(report("K1-1", answers=ILL), report("K1-2", answers=ILL))
    of = {
        name: roster_queries.scope_of(Account.objects.get(username=name), DAY)
        for name in ("city_officer", "city_leader")
    }
    found = rollup_queries.completeness(of["city_officer"], "D", DAY, "daily-health")
    assert for_viewer(found, of["city_officer"]) is found and found.line.measures["fever"] == 2
    shown = for_viewer(found, of["city_leader"])
    assert "fever" not in shown.line.measures and "fever" in shown.line.hidden
    assert shown.line.counts == found.line.counts, "who has been heard from is no secret"
    assert "＊" in text_of(signed_in("city_leader").get("/bureau/D/"))
    assert "＊" not in text_of(signed_in("city_officer").get("/bureau/D/"))
    address = f"/api/v1/units/D/completeness?day={DAY}&duty=daily-health"
    assert "fever" in signed_in("city_leader").get(address).json()["hidden"]
    assert "/people/" not in text_of(signed_in("city_leader").get("/bureau/K1/"))
    assert "/people/" in text_of(signed_in("city_officer").get("/bureau/K1/"))
