"""How reminding stands below a unit: what a button can still do, and what was done already."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from notoneless.expect.queries import DutyInfo
from notoneless.follow.models import Reminder
from notoneless.follow.queries.pack import rules
from notoneless.follow.queries.recipients import reachable
from notoneless.follow.queries.waiting import CHUNK, Waiting, units_asked, waiting_in
from notoneless.follow.rules import TRY_AGAIN
from notoneless.kernel.clock import Clock, bureau_zone, day_of, instant_on
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import DayUnitRef
from notoneless.roster.roles import CALL, NAMES, REPORT
from notoneless.roster.scope import Scope

MOST_AT_ONCE = 2000
"""People on a list that one request reminds; a longer list is walked by the jobs."""


def may_remind(scope: Scope, path: str) -> bool:
    """Who sees the names of a list, and calls these families or speaks for these people, may remind them."""
    return scope.may(NAMES, path) and (scope.may(CALL, path) or scope.may(REPORT, path))


def require_reminding(scope: Scope, path: str) -> None:
    """Raises DomainError `out_of_scope`, `wrong_role`."""
    scope.require_power(NAMES, path)
    if not scope.may(REPORT, path):
        scope.require_power(CALL, path)


@dataclass(frozen=True)
class Standing:
    """Of who is awaited now below a unit. `to_ask`: readers (families, classes, schools) that a tap would reach;
    `is_long`: more than can be counted at once. `sent_at`, `until`: the latest of those, and when waiting ends."""

    rung: str
    to_ask: int = 0
    sent: int = 0
    sent_at: datetime | None = None
    waiting: int = 0
    until: datetime | None = None
    no_way: int = 0
    failed: int = 0
    is_long: bool = False

    @property
    def is_any(self) -> bool:
        return bool(self.to_ask or self.sent or self.waiting or self.no_way or self.failed or self.is_long)


def standing_of(scope: Scope, unit: DayUnitRef, day: date, duty: DutyInfo, *, clock: Clock) -> Standing | None:
    """None where this viewer has nothing to remind: another day, no power, nobody to ask."""
    rung = rules().first_rung(duty.asked)
    if not rung or day != day_of(clock.now()) or not may_remind(scope, unit.path):
        return None
    now = clock.now()
    sessions = [row for row in ledger_queries.sessions_on(day) if row.duty_id == duty.id]
    if all(row.opens_at > now for row in sessions):
        return None  # a noon check is owed in the morning, and awaited by nobody yet
    if rung != "family":
        asked = units_asked(rung, day, duty.id, path=unit.path, after="", limit=MOST_AT_ONCE + 1)
        return _counted(rung, [unit_id for unit_id, _ in asked], day, duty.id, set(), now)
    people = waiting_in(unit, day, duty.id, now=now, limit=MOST_AT_ONCE + 1)
    homes = households_in(people)
    without = len({one.person for one in people if one.household is None})
    found = _counted(rung, homes, day, duty.id, set(homes) - reachable(homes, day), now, is_long=len(people))
    return replace(found, no_way=found.no_way + without)


def households_in(people: list[Waiting]) -> list[int]:
    return sorted({one.household for one in people if one.household is not None})


def _counted(
    rung: str, readers: list[int], day: date, duty_id: int, unreachable: set[int], now: datetime, *, is_long: int = 0
) -> Standing:
    column = "household_id" if rung == "family" else "unit_id"
    rows, wanted = Reminder.objects.filter(day=day, duty_id=duty_id, rung=rung), set(readers)
    told = {
        reader: rest
        for start in range(0, len(readers), CHUNK)
        for reader, *rest in rows.filter(**{f"{column}__in": readers[start : start + CHUNK]}).values_list(
            column, "state", "reason", "settled_at", "not_before"
        )
    }
    sent = [settled for state, _, settled, _ in told.values() if state == "sent" and settled]
    waiting = [until for state, _, _, until in told.values() if state == "planned"]
    no_way = {reader for reader, (_, reason, _, _) in told.items() if reason == "no_way"} | (unreachable - set(told))
    failed = sum(1 for state, reason, _, _ in told.values() if state == "failed" and reason not in TRY_AGAIN)
    again = sum(1 for state, reason, _, _ in told.values() if state == "failed" and reason in TRY_AGAIN)
    return Standing(
        rung, len(wanted - set(told) - no_way) + again, len(sent), max(sent, default=None), len(waiting),
        max((one for one in waiting if one > now), default=None), len(no_way), failed,
        is_long=max(is_long, len(readers)) > MOST_AT_ONCE,
    )  # fmt: skip


def quiet_end(now: datetime) -> datetime | None:
    """When the quiet hours around an instant end; None outside of them."""
    local = now.astimezone(bureau_zone())
    until = rules().quiet.until(local.hour * 60 + local.minute)
    return None if until is None else instant_on(day_of(now), until)
