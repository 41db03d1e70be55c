"""Who owes what, pure: the type of a day for a unit, and the policy that speaks for a group of like people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

DayType = Literal["school_day", "weekend", "holiday", "vacation", "closure"]

_NATIONAL: dict[str, DayType] = {
    "workday": "school_day", "makeup": "school_day", "weekend": "weekend", "holiday": "holiday",
}  # fmt: skip


@dataclass(frozen=True)
class NationalDay:
    """A date in the bureau's calendar. `is_known` is False when nobody has entered the year: weekdays then decide."""

    day: date
    kind: str
    is_known: bool = True

    @property
    def day_type(self) -> DayType:
        return _NATIONAL[self.kind]


def guess_day(day: date) -> NationalDay:
    """What a date is while its year has not been entered: Monday to Friday are workdays (domain.md, section 3)."""
    return NationalDay(day, "weekend" if day.weekday() >= 5 else "workday", is_known=False)


@dataclass(frozen=True)
class Override:
    """A unit's own day type, for its subtree or one stage of it."""

    id: int
    unit_id: int
    kind: str
    stage: str
    reason_zh: str = ""
    reason_en: str = ""


def day_type_of(path_ids: Sequence[int], stage: str, national: NationalDay, overrides: Iterable[Override]) -> DayType:
    """The day type of a unit: the override of the nearest unit on its path, the latest entry among equals.

    A closure closes what would have been a school day; a Sunday or a vacation stays what it is.
    """
    depth = {unit_id: place for place, unit_id in enumerate(path_ids)}
    own = sorted(
        (o for o in overrides if o.unit_id in depth and o.stage in ("", stage)), key=lambda o: (depth[o.unit_id], o.id)
    )
    planned: DayType = national.day_type
    for override in own:
        if override.kind in ("school_day", "vacation"):
            planned = "school_day" if override.kind == "school_day" else "vacation"
    if planned == "school_day" and own and own[-1].kind == "closure":
        return "closure"
    return planned


@dataclass(frozen=True)
class PolicyRule:
    """A policy as resolution sees it. `unit_id` 0 stands above the whole tree. Empty audience sets mean any."""

    id: int
    unit_id: int
    duty_id: int
    effect: Literal["require", "waive"]
    is_floor: bool
    days: frozenset[str]
    populations: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()

    def speaks_for(self, *, population: str, stage: str, kind: str, day_type: DayType) -> bool:
        """On a closure the duties of a school day speak too, to be excused; those that name closures stay owed."""
        return (
            (day_type in self.days or (day_type == "closure" and "school_day" in self.days))
            and (not self.populations or population in self.populations)
            and (not self.stages or stage in self.stages)
            and (not self.kinds or kind in self.kinds)
        )


@dataclass(frozen=True)
class Verdict:
    """What a group owes of one duty on one day, by which policy."""

    claim: Literal["owed", "excused"]
    reason: str
    policy_id: int


def resolve(
    policies: Iterable[PolicyRule],
    path_ids: Sequence[int],
    *,
    population: str,
    stage: str,
    kind: str,
    day_type: DayType,
) -> Verdict | None:
    """Walk from the root to the unit: the nearest policy that speaks wins, but a floor is not waived below it.

    None: nothing is owed. Among policies of one unit the latest wins.
    """
    depth = {0: -1} | {unit_id: place for place, unit_id in enumerate(path_ids)}
    heard = sorted(
        (
            rule
            for rule in policies
            if rule.unit_id in depth
            and rule.speaks_for(population=population, stage=stage, kind=kind, day_type=day_type)
        ),
        key=lambda rule: (depth[rule.unit_id], rule.id),
    )
    winner: PolicyRule | None = None
    for rule in heard:
        is_bound = winner is not None and winner.is_floor and winner.effect == "require"
        if not (is_bound and rule.effect == "waive"):
            winner = rule
    if winner is None or winner.effect == "waive":
        return None
    if day_type not in winner.days:
        return Verdict("excused", "closure", winner.id)
    return Verdict("owed", "", winner.id)
