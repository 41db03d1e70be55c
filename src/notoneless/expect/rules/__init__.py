"""Who owes what, pure: the type of a day, the policy that speaks for a group, and what a level may decide."""

from notoneless.expect.rules.bounds import Clash, Nature, clashes_with, find_cycle, overrules, sees
from notoneless.expect.rules.days import (
    DayJudgement,
    DayType,
    NationalDay,
    Override,
    day_type_of,
    guess_day,
    judge_day,
)
from notoneless.expect.rules.policies import Group, PolicyRule, Step, Verdict, Walk, resolve, walk, why_silent

__all__ = [
    "Clash",
    "DayJudgement",
    "DayType",
    "Group",
    "NationalDay",
    "Nature",
    "Override",
    "PolicyRule",
    "Step",
    "Verdict",
    "Walk",
    "clashes_with",
    "day_type_of",
    "find_cycle",
    "guess_day",
    "judge_day",
    "overrules",
    "resolve",
    "sees",
    "walk",
    "why_silent",
]
