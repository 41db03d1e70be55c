"""Places among peers: fair to small schools, by exact shares."""

from hypothesis import given
from hypothesis import strategies as st

from notoneless.rollup.rules import Counts
from notoneless.rollup.rules.ranks import BY, ranks

counts = st.builds(Counts, *(st.integers(0, 1000) for _ in range(5)))
BANDS = (100, 500)


@given(st.lists(counts, max_size=12), st.sampled_from(BY))
def test_place_is_one_more_than_the_peers_that_are_better(found: list[Counts], by: str) -> None:
    shares = [one.rate if by == "rate" else one.on_time_rate for one in found]
    ranked = ranks(found, by, BANDS)
    for share, rank in zip(shares, ranked, strict=True):
        peers = [
            other for other, its in zip(shares, ranked, strict=True) if its.band == rank.band and other is not None
        ]  # fmt: skip
        assert rank.peers == len(peers)
        assert rank.place == (None if share is None else 1 + sum(other > share for other in peers))


@given(st.integers(1, 2000), st.lists(counts, max_size=6))
def test_whoever_is_complete_is_first_whatever_their_size(n: int, others: list[Counts]) -> None:
    assert ranks([Counts(on_time=n), *others], "rate", BANDS)[0].place == 1


def test_excused_children_make_no_school_larger_or_worse() -> None:
    with_excused = ranks([Counts(on_time=90, excused=400), Counts(on_time=90)], "rate", BANDS)
    assert with_excused[0] == with_excused[1]
