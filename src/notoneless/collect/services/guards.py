"""What a form cannot check alone: a school's statement against the ledger, and whether a family agreed."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from notoneless.collect.services.check import Checked
from notoneless.collect.services.known import Found, RespondentRef
from notoneless.collect.services.standing import Standing, standing_by_class
from notoneless.kernel.errors import DomainError
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.models import DayUnit
from notoneless.roster.scope import SYSTEM

Guard = Callable[[RespondentRef, date, str, str], str]
"""Takes the respondent, the day, the answers as JSON and the actor; returns the answers to keep."""
NAMED = 10


def check_statement(respondent: RespondentRef, day: date, answers: str, actor: str) -> str:
    """A zero only over classes that are accounted for, and only where nothing is abnormal (design.md, section 1).

    The figures of the moment, the silent classes and the signer are kept with the statement. Raises DomainError
    `class_silent`, `not_a_zero`, `nothing_abnormal` or `no_gaps`.
    """
    school = ledger_queries.day_unit(SYSTEM, day, DayUnit.objects.get(day=day, unit_id=respondent.id).code)
    lines = standing_by_class(school, day)
    silent = [line for line in lines if line.unheard]
    abnormal = sum(line.abnormal for line in lines)
    statement = json.loads(answers)
    _require_true(statement["statement"], silent, abnormal)
    statement["figures"] = {
        "expected": sum(line.expected for line in lines),
        "accounted": sum(line.accounted for line in lines),
        "abnormal": abnormal,
        "gaps": [{"unit": line.code, "unheard": line.unheard} for line in silent],
    }
    statement["signer"] = actor
    return json.dumps(statement, ensure_ascii=False, separators=(",", ":"))


def _require_true(statement: str, silent: list[Standing], abnormal: int) -> None:
    if statement == "abnormal":
        if not abnormal:
            raise DomainError("nothing_abnormal", "answers.statement")
        return
    if abnormal:
        raise DomainError("not_a_zero", "answers.statement", abnormal=abnormal)
    if statement == "zero" and silent:
        more = "" if len(silent) <= NAMED else f" … +{len(silent) - NAMED}"
        raise DomainError(
            "class_silent", "answers.statement", classes=", ".join(line.code for line in silent[:NAMED]) + more
        )
    if statement == "zero_with_gaps" and not silent:
        raise DomainError("no_gaps", "answers.statement")


GUARDS: Mapping[str, Guard] = {"school-daily": check_statement}

Door = Callable[[Sequence[tuple[Checked, int]]], Mapping[int, DomainError]]
"""Takes reports under duties that need consent, each with the id of its person; returns the refused, by place."""
_doors: list[Door] = []


def ask_at_the_door(door: Door) -> None:
    """From now on a later stage is asked about every report under a duty that needs consent: once a batch."""
    if door not in _doors:
        _doors.append(door)


def turned_away(checked: Sequence[Checked], found: Mapping[int, Found]) -> dict[int, DomainError]:
    """The reports of a batch that may not be taken for want of consent, by place. Nothing is asked for other duties."""
    asking = [
        (report, respondent.id)
        for report in checked
        if report.duty.asks_consent and not report.arrival.is_unit
        and (respondent := found[report.place].respondent) is not None
    ]  # fmt: skip
    refused: dict[int, DomainError] = {}
    for door in _doors if asking else ():
        refused.update(door(asking))
    return refused
