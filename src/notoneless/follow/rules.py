"""Whom to remind, when, and when not: the rule pack and the decisions made by it. Plain Python."""

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

PACK = Path(__file__).with_name("ladder.toml")
RUNGS = ("family", "teacher", "school", "bureau")
"""Upward: a ladder begins where somebody is asked, and never turns back."""
DAY = 1440

Fate = Literal["plan", "again", "earlier", "no_way", "too_many", "too_late"]


@dataclass(frozen=True)
class Quiet:
    """Minutes after midnight. `begins` > `ends`: the night lies between; equal: there are no quiet hours."""

    begins: int
    ends: int

    def until(self, minute: int) -> int | None:
        """Minutes after this day's midnight at which the quiet hours around `minute` end; None outside of them."""
        if self.begins == self.ends:
            return None
        if self.begins < self.ends:
            return self.ends if self.begins <= minute < self.ends else None
        if minute >= self.begins:
            return DAY + self.ends
        return self.ends if minute < self.ends else None


@dataclass(frozen=True)
class Step:
    """A rung, and how many minutes after a thing was due it is climbed."""

    rung: str
    minutes: int


@dataclass(frozen=True)
class Rules:
    """The pack as read. `ladder`: by who is asked for a duty."""

    version: str
    quiet: Quiet
    most_a_day: int
    again_minutes: int
    within_minutes: int
    least_compared: int
    ladder: Mapping[str, tuple[Step, ...]]
    roles: Mapping[str, tuple[str, ...]]
    words: Mapping[str, Mapping[str, str]]

    def steps(self, asked: str) -> tuple[Step, ...]:
        return self.ladder.get(asked, ())

    def first_rung(self, asked: str) -> str:
        """Whom a tap on a missing list reminds; nobody where the pack has no ladder for it."""
        steps = self.steps(asked)
        return steps[0].rung if steps else ""

    def text(self, rung: str, language: str, **told: object) -> str:
        return self.words[rung]["en" if language.startswith("en") else "zh"].format_map(told)


@cache
def rules_in(path: Path) -> Rules:
    """The pack in a file. Raises ValueError where it cannot be followed: a pack is refused whole, at the start."""
    pack: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    ladder = {
        asked: tuple(Step(str(one["rung"]), int(one["minutes"])) for one in steps)
        for asked, steps in pack["ladder"].items()
    }
    for asked, steps in ladder.items():
        _check(asked, steps)
    words = {rung: dict(pack["words"][rung]) for rung in RUNGS}
    for rung, texts in words.items():
        for language in ("zh", "en"):  # a text with a slot that nobody fills fails here, and not at the first message
            told = {} if rung == "family" else {"unit": "", "people": 0, "since": ""}
            try:
                texts[language].format_map(told)
            except (KeyError, IndexError) as error:
                raise ValueError(f"words.{rung}.{language}: {error}") from error
    return Rules(
        version=str(pack["version"]),
        quiet=Quiet(_minutes(pack["quiet"]["from"]), _minutes(pack["quiet"]["until"])),
        most_a_day=int(pack["family"]["most_a_day"]),
        again_minutes=int(pack["walk"]["again_minutes"]),
        within_minutes=int(pack["effect"]["within_minutes"]),
        least_compared=int(pack["effect"]["least_compared"]),
        ladder=ladder,
        roles={rung: tuple(pack["roles"].get(rung, ())) for rung in RUNGS[1:]},
        words=words,
    )


def _check(asked: str, steps: Sequence[Step]) -> None:
    places = [RUNGS.index(step.rung) if step.rung in RUNGS else -1 for step in steps]
    minutes = [step.minutes for step in steps]
    if -1 in places or places != sorted(set(places)) or minutes != sorted(minutes) or min(minutes, default=0) < 0:
        raise ValueError(f"ladder.{asked}: rungs go upward, each once, none before the thing is due")


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    found = int(hours) * 60 + int(minutes)
    if not 0 <= found < DAY:
        raise ValueError(f"{text!r} is no time of day")
    return found


@dataclass(frozen=True)
class Earlier:
    """What a household has already had of this duty, day and rung. `state`: planned, sent, failed or suppressed."""

    state: str
    reason: str


_TOLD: Mapping[str, Fate] = {"no_way": "no_way", "too_many": "too_many"}
"""Reasons for which a household has had nothing, and which are said as what they are."""
TRY_AGAIN = frozenset({"no_way", "refused", "unreachable"})
"""Reasons after which nothing can have arrived, so that a person may ask once more."""


def fates(
    homes: Iterable[int], *, earlier: Mapping[int, Earlier], had_today: Mapping[int, int],
    reachable: Collection[int], most: int, is_too_late: bool, may_repeat: bool,
) -> dict[int, Fate]:  # fmt: skip
    """What becomes of each household that is not heard from; one fate each, whatever the number of its children.

    `had_today`: messages planned or sent of any duty, this one left out. `may_repeat`: a person asked, not the ladder.
    """
    found: dict[int, Fate] = {}
    for home in homes:
        before = earlier.get(home)
        is_open = before is not None and may_repeat and before.reason in TRY_AGAIN
        if before is not None and not is_open:
            found[home] = _TOLD.get(before.reason, "earlier")
        elif home not in reachable:
            found[home] = "no_way"
        elif is_too_late:
            found[home] = "too_late"
        elif had_today.get(home, 0) >= most:
            found[home] = "too_many"
        else:
            found[home] = "plan" if before is None else "again"
    return found


@dataclass(frozen=True)
class Share:
    """So many of so many; `percent` rounded down, None of nobody."""

    n: int = 0
    of: int = 0

    @property
    def percent(self) -> int | None:
        return self.n * 100 // self.of if self.of else None


def is_push_service(endpoint: str, origins: Collection[str]) -> bool:
    """Whether an address given by a browser is one of the known push services: ours is not to call any other.

    Origins are `https://host` or `https://*.host`; a port only where the origin names it.
    """
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    if parts.username or parts.password or not parts.hostname:
        return False
    for origin in origins:
        known = urlsplit(origin.replace("*.", "any.", 1))
        host, is_any = known.hostname or "", "://*." in origin
        same = parts.hostname.endswith(host.removeprefix("any")) if is_any else parts.hostname == host
        if same and parts.scheme == known.scheme and port == known.port:
            return True
    return False
