"""Rates and places."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from notoneless.rollup.rules import Counts, places, total

counts = st.builds(Counts, *[st.integers(0, 50)] * 6)


@given(counts)
def test_a_rate_is_never_above_one(one: Counts) -> None:
    assert one.rate is None or 0 <= one.rate <= 1
    assert (one.rate is None) == (one.expected == one.excused)


@given(st.lists(counts), st.lists(counts))
def test_the_whole_is_the_sum_of_its_parts(a: list[Counts], b: list[Counts]) -> None:
    assert total(a) + total(b) == total(a + b)


def test_ties_share_a_place_and_the_next_is_skipped() -> None:
    half, whole = Fraction(1, 2), Fraction(1)
    assert places([half, whole, None, Fraction(2, 4), Fraction(0)]) == [2, 1, None, 2, 4]
