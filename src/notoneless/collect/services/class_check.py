"""A class check by exceptions: the teacher marks who is not simply present, and everyone else is present."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from notoneless.collect.services.apply import Outcome, apply_reports
from notoneless.expect import queries as expect_queries
from notoneless.kernel.clock import Clock
from notoneless.kernel.errors import DomainError
from notoneless.kernel.ids import id_at
from notoneless.ledger import queries as ledger_queries
from notoneless.roster import queries as roster_queries
from notoneless.roster.scope import Scope

PRESENT: Mapping[str, Any] = {"presence": "present"}


def check_class(
    scope: Scope,
    class_code: str,
    day: date,
    duty_code: str,
    exceptions: Mapping[str, Mapping[str, Any]],
    *,
    submission: uuid.UUID,
    clock: Clock,
    made_at: datetime | None = None,
) -> list[Outcome]:
    """Report for every pupil of the class who owes the check: `exceptions` by person code, all others present.

    `submission` names this act and `made_at` its instant: sending both again changes nothing. A wrong answer fails
    alone: its outcome says why, and the rest of the class is reported. Raises DomainError `class_has_no_pupils`,
    `unknown_person` for an exception outside the class, and what `day_unit` raises.
    """
    duty = expect_queries.duty_by_code(duty_code)
    unit = ledger_queries.day_unit(scope, day, class_code)
    slots = ledger_queries.slots_of_unit(unit, day, duty.id)
    names = roster_queries.codes_and_names([slot.respondent_id for slot in slots if slot.state != "voluntary"])
    codes = sorted({code for code, _ in names.values()})
    if not codes:
        raise DomainError("class_has_no_pupils", "unit")
    if set(exceptions) - set(codes):
        raise DomainError("unknown_person", "person")
    instant = made_at or clock.now()
    return apply_reports(
        [
            {
                "id": str(id_at(instant, submission, f"{duty.code}:{day}:{code}")),
                "duty": duty.code,
                "day": str(day),
                "person": code,
                "answers": dict(exceptions.get(code, PRESENT)),
                "made_at": instant.isoformat(),
                "by": "teacher",
            }
            for code in codes
        ],
        scope=scope,
        clock=clock,
    )
