"""The policy that speaks for a group of like people: a walk from the root of the tree down to them.

The nearest policy that speaks wins. A *floor* is a requirement that nobody below may waive; a *ceiling* is a waiver
that nobody below may undo. What the walk passed on its way is the reason that people are told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from notoneless.expect.rules.days import DayType

Effect = Literal["require", "waive"]
Bound = Literal["", "floor", "ceiling"]
Minutes = tuple[int, int, int]
"""A window: opens, due and closes, in minutes after the bureau's midnight."""


class Group(NamedTuple):
    """People alike in all that a policy can see. `stage` and `grade` are the class's, `kind` the school's."""

    population: str
    stage: str = ""
    kind: str = ""
    grade: str = ""
    state: str = "at_school"
    tags: frozenset[str] = frozenset()
    day_type: DayType = "school_day"
    weekday: int = 0


@dataclass(frozen=True)
class PolicyRule:
    """A policy as resolution sees it. `unit_id` 0 stands above the whole tree. Empty sets mean any.

    `states` that are not named leave out nobody but the graduated. `sessions` are codes of the duty's; `windows` give
    some of them a window of this policy's own. `weekdays`: Monday is 0.
    """

    id: int
    unit_id: int
    duty_id: int
    effect: Effect
    bound: Bound
    days: frozenset[str]
    populations: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    grades: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    weekdays: frozenset[int] = frozenset()
    sessions: frozenset[str] = frozenset()
    windows: Mapping[str, Minutes] = field(default_factory=dict, hash=False)
    effective_from: date = date.min
    effective_to: date = date.max

    @property
    def is_floor(self) -> bool:
        return self.bound == "floor" and self.effect == "require"

    @property
    def is_ceiling(self) -> bool:
        return self.bound == "ceiling" and self.effect == "waive"

    def is_in_force(self, day: date) -> bool:
        return self.effective_from <= day <= self.effective_to


def why_silent(rule: PolicyRule, group: Group, session: str = "") -> str:
    """The first thing about the group that the policy does not speak for: the name of it; empty where it speaks.

    On a closure the duties of a school day speak too, to be excused (see `walk`).
    """
    if rule.sessions and session and session not in rule.sessions:
        return "session"
    if rule.populations and group.population not in rule.populations:
        return "population"
    if rule.stages and group.stage not in rule.stages:
        return "stage"
    if rule.kinds and group.kind not in rule.kinds:
        return "kind"
    if rule.grades and group.grade not in rule.grades:
        return "grade"
    if group.state not in rule.states and (rule.states or group.state == "graduated"):
        return "state"
    if rule.tags and not rule.tags & group.tags:
        return "tag"
    if rule.weekdays and group.weekday not in rule.weekdays:
        return "weekday"
    is_day = group.day_type in rule.days or (group.day_type == "closure" and "school_day" in rule.days)
    return "" if is_day else "day"


@dataclass(frozen=True)
class Verdict:
    """What a group owes of one session of a duty on one day, by which policy. `window`: None is the duty's own."""

    claim: Literal["owed", "excused"]
    reason: str
    policy_id: int
    window: Minutes | None = None


class Step(NamedTuple):
    """A policy that spoke. `outcome`: `decides`; `replaced` by a nearer one; `barred` by a floor or ceiling above it.
    `by`: the policy that replaced or barred it; 0 for the one that decides.
    """

    rule: PolicyRule
    outcome: Literal["decides", "replaced", "barred"]
    by: int = 0


class Walk(NamedTuple):
    """What was decided (None: nothing is owed), and every policy that spoke, from the root down."""

    verdict: Verdict | None
    steps: tuple[Step, ...]


def walk(rules: Iterable[PolicyRule], path_ids: Sequence[int], group: Group, session: str = "") -> Walk:
    """Walk from the root to the unit. Among policies of one unit the latest counts as the nearest.

    On a closure those policies are heard first that name closures. Where none does, what a school day would have asked
    is excused.
    """
    depth = {0: -1} | {unit_id: place for place, unit_id in enumerate(path_ids)}
    heard = sorted(
        (rule for rule in rules if rule.unit_id in depth and not why_silent(rule, group, session)),
        key=lambda rule: (depth[rule.unit_id], rule.id),
    )
    named = [rule for rule in heard if group.day_type in rule.days]
    is_excused = not named
    winner: PolicyRule | None = None
    barrier: PolicyRule | None = None
    floors: list[PolicyRule] = []
    barred: dict[int, int] = {}
    replaced: dict[int, int] = {}
    said = named or heard
    for rule in said:
        if barrier is not None and rule.effect != barrier.effect:
            barred[rule.id] = barrier.id
            continue
        if winner is not None:
            replaced[winner.id] = rule.id
        winner = rule
        if rule.is_floor:
            floors.append(rule)
        if barrier is None and (rule.is_floor or rule.is_ceiling):
            barrier = rule
    steps = tuple(
        Step(rule, "barred", barred[rule.id]) if rule.id in barred
        else Step(rule, "replaced", replaced[rule.id]) if rule.id in replaced
        else Step(rule, "decides")
        for rule in said
    )  # fmt: skip
    if winner is None or winner.effect == "waive":
        return Walk(None, steps)
    window = _strictest(winner, floors, session)
    if is_excused:
        return Walk(Verdict("excused", "closure", winner.id, window), steps)
    return Walk(Verdict("owed", "", winner.id, window), steps)


def _strictest(winner: PolicyRule, floors: Sequence[PolicyRule], session: str) -> Minutes | None:
    """The winner's window, due and closing no later than any floor above it says."""
    window = winner.windows.get(session)
    for floor in floors:
        bound = floor.windows.get(session)
        if bound is not None:
            window = bound if window is None else (window[0], min(window[1], bound[1]), min(window[2], bound[2]))
    return window


def resolve(rules: Iterable[PolicyRule], path_ids: Sequence[int], group: Group, session: str = "") -> Verdict | None:
    """What a group owes, without the reason. None: nothing."""
    return walk(rules, path_ids, group, session).verdict
