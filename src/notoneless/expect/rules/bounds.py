"""What a level may decide: a policy must not contradict its equals, nor loosen what a floor above it demands."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from notoneless.expect.rules.policies import PolicyRule

ANY: frozenset[str] = frozenset()


class Nature(NamedTuple):
    """What policies can see of a unit: its stage, its school's kind, its grade."""

    stage: str = ""
    kind: str = ""
    grade: str = ""


@dataclass(frozen=True)
class Clash:
    """Two policies that cannot both be in force: equals that contradict, or one that loosens a bound above it."""

    code: Literal["policy_overlaps", "policy_below_floor", "policy_above_ceiling", "policy_looser_window"]
    with_id: int


def _meet(one: Collection[object], other: Collection[object]) -> bool:
    """Two sets of which empty means any."""
    return not one or not other or not set(one).isdisjoint(other)


def sees(rule: PolicyRule, nature: Nature) -> bool:
    """Whether a policy speaks for people of units of this nature."""
    pairs = ((rule.stages, nature.stage), (rule.kinds, nature.kind), (rule.grades, nature.grade))
    return all(not wanted or held in wanted for wanted, held in pairs)


def can_both_speak(one: PolicyRule, other: PolicyRule, natures: Iterable[Nature]) -> bool:
    """Whether some day and some group of these natures could be spoken for by both. No natures: by what they say."""
    if (
        one.duty_id != other.duty_id
        or one.effective_to < other.effective_from
        or other.effective_to < one.effective_from
    ):
        return False
    sets = (
        (one.sessions, other.sessions), (one.populations, other.populations), (one.weekdays, other.weekdays),
        (one.states, other.states),
    )  # fmt: skip
    # Any two tags can be on one person, so tags never keep policies apart.
    if one.days.isdisjoint(other.days) or not all(_meet(a, b) for a, b in sets):
        return False
    known = list(natures)
    if known:
        return any(sees(one, nature) and sees(other, nature) for nature in known)
    return _meet(one.stages, other.stages) and _meet(one.kinds, other.kinds) and _meet(one.grades, other.grades)


def clashes_with(
    rule: PolicyRule, others: Iterable[PolicyRule], *, above: Collection[int], natures: Collection[Nature]
) -> list[Clash]:
    """Why `rule` may not be published beside `others`. `above`: ids of the units over its own (0 is over all);
    `natures`: those found in its subtree.
    """
    found = []
    for other in others:
        if other.id == rule.id or not (other.unit_id == rule.unit_id or other.unit_id in above):
            continue
        if not can_both_speak(rule, other, natures):
            continue
        if other.unit_id == rule.unit_id:
            found.append(Clash("policy_overlaps", other.id))
        elif other.is_floor and rule.effect == "waive":
            found.append(Clash("policy_below_floor", other.id))
        elif other.is_ceiling and rule.effect == "require":
            found.append(Clash("policy_above_ceiling", other.id))
        elif other.is_floor and _is_looser(rule, other):
            found.append(Clash("policy_looser_window", other.id))
    return found


def _is_looser(rule: PolicyRule, floor: PolicyRule) -> bool:
    """Due or closing later than the floor says, in a session that both give a window."""
    shared = rule.windows.keys() & floor.windows.keys()
    return any(rule.windows[code][place] > floor.windows[code][place] for code in shared for place in (1, 2))


def overrules(rule: PolicyRule, others: Iterable[PolicyRule], *, below: Collection[int]) -> list[int]:
    """The policies below a new floor or ceiling that would be barred by it. It may be published; they are told."""
    if not (rule.is_floor or rule.is_ceiling):
        return []
    return [
        other.id
        for other in others
        if other.unit_id in below and other.effect != rule.effect and can_both_speak(rule, other, ())
    ]


def find_cycle(supersedes: Mapping[str, str]) -> Sequence[str]:
    """The codes of a circle of policies that supersede one another, first one repeated at the end; empty for none."""
    for start in sorted(supersedes):
        seen = [start]
        while (following := supersedes.get(seen[-1], "")) and following not in seen:
            seen.append(following)
        if following:
            return [*seen[seen.index(following) :], following]
    return ()
