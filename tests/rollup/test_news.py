"""What is new and what stands out: rules over counts, with thresholds from a pack."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notoneless.rollup.rules import Counts
from notoneless.rollup.rules.chance import at_least
from notoneless.rollup.rules.news import KINDS, Footing, Standing, attention, in_order, news_of, pack
from notoneless.rollup.small import SMALL, hidden_below

OPEN, DUE, OVER = Footing(False, False), Footing(True, False), Footing(True, True)
FULL, SILENT, CLOSED = Counts(on_time=40), Counts(due=40), Counts(excused=40)


def kinds(now: Standing, before: Standing | None, footing: Footing = DUE) -> list[str]:
    return [one.kind for one in news_of(7, now, before, footing, pack())]


def test_silence_is_news_only_when_the_due_time_has_passed() -> None:
    assert kinds(Standing(SILENT), Standing(FULL), OPEN) == []
    assert kinds(Standing(SILENT), Standing(FULL)) == ["silent"]
    assert kinds(Standing(SILENT), None) == ["silent"]


def test_silent_on_the_day_before_and_still_is_said_at_any_hour() -> None:
    assert kinds(Standing(SILENT), Standing(Counts(missing=40)), OPEN) == ["silent_still"]


def test_closing_and_opening_again() -> None:
    assert kinds(Standing(CLOSED), Standing(FULL)) == ["closed"]
    assert kinds(Standing(FULL), Standing(CLOSED)) == ["reopened"]
    assert kinds(Standing(CLOSED), Standing(CLOSED)) == []
    assert kinds(Standing(FULL), Standing(Counts())) == [], "a weekend on which nothing was owed is no closure"


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [(1, 0, ["new"]), (None, 0, ["new"]), (2, 1, []), (6, 3, ["rise"]), (5, 3, []), (9, 6, []), (9, None, []),
     (None, 9, []), (0, 5, []), (0, 0, [])],
)  # fmt: skip
def test_new_and_risen_counts(now: int | None, before: int | None, told: list[str]) -> None:
    assert kinds(Standing(FULL, now), Standing(FULL, before)) == told


def test_rates_are_compared_on_one_footing() -> None:
    half, full = Counts(on_time=20, due=20), Counts(on_time=40)
    late = Counts(on_time=20, late=20)
    assert kinds(Standing(half), Standing(full), OPEN) == []
    assert kinds(Standing(half), Standing(full)) == ["rate_fell"]
    assert kinds(Standing(half), Standing(late)) == [], "half came on time on both days"
    assert kinds(Standing(late), Standing(half), OVER) == ["rate_rose"]
    few = Standing(Counts(on_time=5, due=5)), Standing(Counts(on_time=10))
    assert kinds(*few) == [], "ten people are too few for a rate to mean much"


def test_the_most_pressing_comes_first() -> None:
    found = [
        *news_of(1, Standing(FULL, 1), Standing(FULL, 0), DUE, pack()),
        *news_of(2, Standing(SILENT), Standing(SILENT), DUE, pack()),
        *news_of(3, Standing(FULL, 9), Standing(FULL, 0), DUE, pack()),
    ]
    assert [one.unit_id for one in in_order(found)] == [2, 3, 1]
    assert len(set(KINDS)) == len(KINDS)


def test_attention_is_fair_to_small_schools_and_to_large_ones() -> None:
    standings = {
        1: Standing(Counts(on_time=1000), 200), 2: Standing(Counts(on_time=40), 8), 3: Standing(Counts(on_time=5), 5),
        4: Standing(Counts(on_time=500), 2), 5: Standing(Counts(on_time=100), None),
    }  # fmt: skip
    assert [one.unit_id for one in attention(standings, pack())] == [1, 2]
    assert len(attention(standings, replace(pack(), attention_shown=1))) == 1


@given(st.integers(1, 5000), st.data())
def test_least_share_is_below_the_share_and_grows_with_it(of: int, data: st.DataObject) -> None:
    n = data.draw(st.integers(0, of))
    assert 0 <= at_least(n, of) <= n / of + 1e-12
    if n < of:
        assert at_least(n, of) < at_least(n + 1, of)
    assert at_least(n, of) <= at_least(10 * n, 10 * of) + 1e-12, "the same share of more people speaks for more"


PATHS = ["0000d1.", "0000d2.", "0000d1.0000s1.", "0000d1.0000s2.", "0000d2.0000s3.", "0000d2.0000s4.", "0000z1."]


@given(st.lists(st.integers(0, 12), min_size=len(PATHS), max_size=len(PATHS)))
def test_no_small_count_can_be_reckoned_from_a_list_of_schools(counts: list[int]) -> None:
    """Who reads the list also reads every district's page: its whole, and those of its parts that are not hidden."""
    root = "0000c1."
    by_path = {root + path: n for path, n in zip(PATHS, counts, strict=True)}
    hidden = hidden_below(root, by_path)
    for path, n in by_path.items():
        assert path in hidden or n == 0 or n >= SMALL
    for district in ("0000d1.", "0000d2."):
        within = {path: n for path, n in by_path.items() if path.startswith(root + district)}
        left = sum(n for path, n in within.items() if path in hidden)
        assert left == 0 or left >= SMALL or sum(within.values()) < SMALL
