"""What a family reported, held against what it reported the day before and what the class check saw. Plain Python.

The teacher decides what a difference means; the rule only finds it. Source: requirements S1.71 (核实查验).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FEVER = 373
"""Tenths of a degree from which it is a fever (domain.md, section 1.5)."""
AWAY = frozenset({"ill_at_home", "hospital"})
ABSENT = frozenset({"sick", "injured", "personal_leave", "other"})

AGAINST_CHECK = ("well_but_absent_sick", "well_but_unwell_here", "ill_away_but_here", "absent_unexplained",
                 "unwell_but_not_seen")  # fmt: skip
AGAINST_BEFORE = ("newly_ill", "symptoms_changed", "better")
DIFFERENCES = (*AGAINST_CHECK, *AGAINST_BEFORE)
"""In the order of how soon somebody should look."""

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """What one report says of a person's health."""

    is_ill: bool
    is_away: bool
    symptoms: frozenset[str]


def told_by_family(answers: Answers) -> Told:
    condition = answers.get("condition", "well")
    symptoms = _symptoms(answers)
    return Told(condition != "well" or bool(symptoms), condition in AWAY, symptoms)


def differences(family: Answers | None, before: Answers | None, check: Answers | None) -> tuple[str, ...]:
    """The codes of DIFFERENCES that hold, in their order. Nothing is said about a side that is not there (None)."""
    if family is None:
        return ()
    now = told_by_family(family)
    found = set() if check is None else _against_check(now, check)
    if before is not None:
        found |= _against_before(now, told_by_family(before))
    return tuple(code for code in DIFFERENCES if code in found)


def _against_check(now: Told, check: Answers) -> set[str]:
    presence = check.get("presence", "present")
    if presence in ABSENT:
        if now.is_ill:
            return set()
        return {"sick": {"well_but_absent_sick"}, "injured": {"well_but_absent_sick"},
                "other": {"absent_unexplained"}}.get(presence, set())  # fmt: skip
    seen_ill = presence == "present_symptoms" or bool(_symptoms(check))
    if now.is_away:
        return {"ill_away_but_here"}
    if seen_ill and not now.is_ill:
        return {"well_but_unwell_here"}
    return {"unwell_but_not_seen"} if now.is_ill and not seen_ill else set()


def _against_before(now: Told, before: Told) -> set[str]:
    if now.is_ill != before.is_ill:
        return {"newly_ill" if now.is_ill else "better"}
    return {"symptoms_changed"} if now.symptoms != before.symptoms or now.is_away != before.is_away else set()


def _symptoms(answers: Answers) -> frozenset[str]:
    """The named symptoms; a measured fever is one, named or not."""
    temperature = answers.get("temperature")
    measured = {"fever"} if isinstance(temperature, int) and temperature >= FEVER else set()
    return frozenset(answers.get("symptoms") or ()) | measured
