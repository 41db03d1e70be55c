"""What a unit was asked to do: `7 not heard from since 8:30; you are asked to call`, while anybody is still awaited."""

from dataclasses import dataclass
from datetime import date, datetime

from notoneless.expect import queries as expect_queries
from notoneless.expect.queries import DutyInfo
from notoneless.follow.models import Reminder
from notoneless.follow.queries.standing import may_remind
from notoneless.follow.queries.waiting import unheard_now
from notoneless.ledger.queries import DayUnitRef
from notoneless.roster.scope import Scope

RUNG_AT = {"class": "teacher", "school": "school", "district": "bureau", "city": "bureau"}


@dataclass(frozen=True)
class Entry:
    """`asked`: how many were not heard from when the unit was asked; `left`: now."""

    duty: DutyInfo
    rung: str
    asked: int
    left: int
    since: datetime | None
    asked_at: datetime
    by: str


def entries_for(scope: Scope, unit: DayUnitRef, day: date) -> list[Entry]:
    """For who may remind there; one for each duty, those over left out. One statement where nobody was asked."""
    if not may_remind(scope, unit.path):
        return []
    rows = Reminder.objects.filter(
        day=day, unit_id=unit.unit_id, rung=RUNG_AT.get(unit.level, ""), state="sent"
    ).order_by("duty_id")
    if not (asked := list(rows)):
        return []
    duties = {duty.id: duty for duty in expect_queries.duties().values()}
    found = []
    for row in asked:
        left = unheard_now(unit, day, row.duty_id)
        if left and row.duty_id in duties:
            found.append(Entry(duties[row.duty_id], row.rung, row.people, left, row.since, row.asked_at, row.by))
    return found
