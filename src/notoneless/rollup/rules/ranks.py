"""Places among peers of one size, pure: counts in, ranks out. Why so: docs/decisions/0006-ranking.md."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from notoneless.rollup.rules.counts import Counts, places

BY = ("rate", "on_time")
"""What units can be ranked by: completeness, or the share that came on time."""


@dataclass(frozen=True)
class Rank:
    """`place` among the `peers` of a band that were asked at all; None where nothing was owed. `band`: 0 is the
    smallest size. Ties share a place."""

    place: int | None
    band: int
    peers: int


def standing(counts: Counts, by: str) -> int | None:
    """Orders as the exact share does (see Counts.standing), by what came in or by what came in on time."""
    base = counts.expected - counts.excused
    return None if not base else ((counts.reported if by == "rate" else counts.on_time) << 64) // base


def band_of(counts: Counts, bands: Sequence[int]) -> int:
    """The band of a unit's size: how many were owed by it. `bands`: the least size of each band but the first."""
    return bisect_right(bands, counts.expected - counts.excused)


def ranks(found: Sequence[Counts], by: str, bands: Sequence[int]) -> list[Rank]:
    """The rank of each, in the order given."""
    members: dict[int, list[int]] = defaultdict(list)
    for at, counts in enumerate(found):
        members[band_of(counts, bands)].append(at)
    result: list[Rank | None] = [None] * len(found)
    for band, ats in members.items():
        standings = [standing(found[at], by) for at in ats]
        peers = sum(one is not None for one in standings)
        for at, place in zip(ats, places(standings), strict=True):
            result[at] = Rank(place, band, peers)
    return [one for one in result if one is not None]
