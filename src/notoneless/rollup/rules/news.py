"""What is new since the day before, and what asks for attention: pure. Thresholds come from a pack (situation.toml).

A count that this viewer may not have (rollup/small.py) is None: there are one to four, or the count would give away
another that is. Nothing here turns None into a number.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from notoneless.rollup.rules.chance import at_least
from notoneless.rollup.rules.counts import Counts

PACK = Path(__file__).parent.parent / "situation.toml"
KINDS = ("silent_still", "silent", "rise", "new", "rate_fell", "rate_rose", "closed", "reopened")
"""What can be new about a unit, the most pressing first."""


@dataclass(frozen=True)
class Pack:
    """The thresholds, as their file gives them. `measures`: form -> the measure that tells most of it."""

    version: str
    rise_by: int
    rise_times: float
    rate_points: int
    rate_least: int
    attention_least: int
    attention_of: int
    attention_shown: int
    measures: Mapping[str, str]
    bands: tuple[int, ...]
    mismatch_by: int
    mismatch_share: int
    even_days: int
    even_people: int
    import_days: int


@cache
def pack() -> Pack:
    return pack_from(tomllib.loads(PACK.read_text(encoding="utf-8")))


def pack_from(found: Mapping[str, Any]) -> Pack:
    rise, rate, attention, quality = found["rise"], found["rate"], found["attention"], found["quality"]
    return Pack(
        version=found["version"],
        rise_by=rise["by"],
        rise_times=rise["times"],
        rate_points=rate["points"],
        rate_least=rate["least"],
        attention_least=attention["least"],
        attention_of=attention["of"],
        attention_shown=attention["shown"],
        measures=found["measures"],
        bands=tuple(found["ranking"]["bands"]),
        mismatch_by=quality["mismatch_by"],
        mismatch_share=quality["mismatch_share"],
        even_days=quality["even_days"],
        even_people=quality["even_people"],
        import_days=quality["import_days"],
    )


@dataclass(frozen=True)
class Standing:
    """One unit on one day. `n`: how many raised the measure; None: not to be shown."""

    counts: Counts
    n: int | None = 0

    @property
    def owed(self) -> int:
        """Expected and not excused."""
        return self.counts.expected - self.counts.excused

    @property
    def is_silent(self) -> bool:
        return self.owed > 0 and self.counts.reported == 0

    @property
    def is_closed(self) -> bool:
        return 0 < self.counts.expected == self.counts.excused


@dataclass(frozen=True)
class Footing:
    """What of two days may be compared. `is_due`: the later one's due time has passed, so that silence is silence;
    `is_over`: its windows have closed, so that its rate is whole. Between the two, what came on time is compared with
    what came on time; before, no rates at all: half a morning is not a bad day."""

    is_due: bool
    is_over: bool


@dataclass(frozen=True)
class News:
    """One thing that is new about one unit: `now` and `before` are counts of the measure, or rates in tenths of a
    percent, or of silence what was owed."""

    kind: str
    unit_id: int
    now: int | None
    before: int | None = None


def news_of(unit_id: int, now: Standing, before: Standing | None, footing: Footing, thresholds: Pack) -> list[News]:
    """What is new of one unit. Without a day before there is only what needs none."""
    found: list[News] = []
    if now.is_silent and before is not None and before.is_silent:
        found.append(News("silent_still", unit_id, now.owed, before.owed))
    elif now.is_silent and footing.is_due:
        found.append(News("silent", unit_id, now.owed, None if before is None else before.owed))
    if before is None:
        return found
    if now.is_closed != before.is_closed and now.counts.expected and before.counts.expected:
        found.append(News("closed" if now.is_closed else "reopened", unit_id, now.counts.expected))
    found.extend(_of_measure(unit_id, now.n, before.n, thresholds))
    found.extend(_of_rate(unit_id, now, before, footing, thresholds))
    return found


def _of_measure(unit_id: int, now: int | None, before: int | None, thresholds: Pack) -> list[News]:
    if before == 0 and now != 0:
        return [News("new", unit_id, now, 0)]
    if not now or before is None:  # from what is hidden nothing can be said to have risen
        return []
    is_rise = now - before >= thresholds.rise_by and now >= before * thresholds.rise_times
    return [News("rise", unit_id, now, before)] if is_rise else []


def _of_rate(unit_id: int, now: Standing, before: Standing, footing: Footing, thresholds: Pack) -> list[News]:
    if not footing.is_due or now.is_silent or min(now.owed, before.owed) < thresholds.rate_least:
        return []
    rates = [
        1000 * (one.counts.reported if footing.is_over else one.counts.on_time) // one.owed for one in (now, before)
    ]
    change = rates[0] - rates[1]
    if abs(change) < 10 * thresholds.rate_points:
        return []
    return [News("rate_rose" if change > 0 else "rate_fell", unit_id, rates[0], rates[1])]


def in_order(found: Iterable[News]) -> list[News]:
    """The most pressing first; of one kind the greatest first, hidden counts last, then by unit."""
    return sorted(found, key=lambda one: (KINDS.index(one.kind), -_weight(one), one.unit_id))


def _weight(one: News) -> int:
    if one.kind in ("rate_fell", "rate_rose"):
        return abs((one.now or 0) - (one.before or 0))
    return one.now or 0


@dataclass(frozen=True)
class Attention:
    """A unit whose measure stands out: `n` of `reported`, and the least share that this speaks for."""

    unit_id: int
    n: int
    reported: int
    at_least: float

    @property
    def permille(self) -> int:
        """The share as it is, in tenths of a percent, rounded down."""
        return 1000 * self.n // self.reported


def attention(standings: Mapping[int, Standing], thresholds: Pack) -> list[Attention]:
    """The units with most of the measure among those heard from, by the least share that it speaks for: so that two of
    twenty do not stand above two hundred of a thousand, and one of five stands nowhere."""
    found = [
        Attention(unit_id, one.n, one.counts.reported, at_least(one.n, one.counts.reported))
        for unit_id, one in standings.items()
        if one.n is not None and one.n >= thresholds.attention_least and one.counts.reported >= thresholds.attention_of
    ]
    found.sort(key=lambda one: (-one.at_least, one.unit_id))
    return found[: thresholds.attention_shown]
