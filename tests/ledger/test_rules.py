"""The slot's state machine as properties."""

from hypothesis import given
from hypothesis import strategies as st

from notoneless.ledger.rules import COLUMNS, Claim, Fill, column, earlier, settle, supersedes

fills = st.builds(Fill, at=st.integers(0, 5), is_declared=st.booleans())
claims: st.SearchStrategy[Claim] = st.sampled_from(["owed", "excused", "none"])


@given(fills, fills, fills)
def test_the_earliest_fill_wins_in_any_order(a: Fill, b: Fill, c: Fill) -> None:
    assert earlier(a, b) == earlier(b, a)
    assert earlier(earlier(a, b), c) == earlier(a, earlier(b, c))
    assert earlier(a, a) == a == earlier(None, a)


def test_an_instant_that_was_seen_beats_the_same_instant_declared() -> None:
    assert earlier(Fill(5, is_declared=True), Fill(5, is_declared=False)).is_declared is False


@given(st.permutations([(1, "b"), (2, "a"), (2, "c"), (1, "z")]))
def test_the_last_writer_is_the_same_in_any_order(order: list[tuple[int, str]]) -> None:
    holder: tuple[int, str] | None = None
    for writer in order:
        holder = writer if supersedes(writer, holder) else holder
    assert holder == (2, "c")


@given(claims, st.booleans(), st.booleans(), st.booleans())
def test_every_slot_counts_once_or_is_void(claim: Claim, is_filled: bool, is_closed: bool, on_time: bool) -> None:
    state = settle(claim, is_filled=is_filled, is_closed=is_closed)
    counted = column(state, on_time)
    assert (counted is None) == (state == "void")
    assert counted is None or counted in COLUMNS
    assert (state in ("reported", "voluntary")) == is_filled
    assert (state == "due") == (claim == "owed" and not is_filled and not is_closed)
