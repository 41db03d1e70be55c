"""One tap on a missing list: everybody on it is reminded, once."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from notoneless.expect import queries as expect_queries
from notoneless.expect.queries import DutyInfo
from notoneless.follow.models import Walk
from notoneless.follow.queries.pack import rules
from notoneless.follow.queries.standing import MOST_AT_ONCE, households_in, require_reminding
from notoneless.follow.queries.waiting import silent_below, units_asked, waiting_in
from notoneless.follow.services.planning import Tallied, ask_of, plan_families, plan_units
from notoneless.kernel import audit
from notoneless.kernel.clock import Clock, day_of
from notoneless.kernel.errors import DomainError
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import DayUnitRef
from notoneless.roster.scope import Scope

MOST_UNITS = 200
"""Units that one request asks; each is counted by itself."""


@dataclass(frozen=True)
class Told:
    """What a tap did, counted in readers: families, classes or schools.

    `planned`: leave now, or, with `until`, when quiet hours end; `earlier`: had one already, the latest at
    `earlier_at`; `no_way`: nobody there has joined; `walks`: the list is long, and is being walked.
    """

    rung: str
    planned: int = 0
    until: datetime | None = None
    earlier: int = 0
    earlier_at: datetime | None = None
    no_way: int = 0
    too_many: int = 0
    too_late: int = 0
    walks: bool = False


def remind_missing(
    scope: Scope, unit_code: str, day: date, duty_code: str, *, clock: Clock, rung: str = "", by: str = ""
) -> Told:
    """Remind everybody below a unit who is awaited. A second call reminds nobody twice.

    Raises DomainError `unknown_duty`, `day_not_open`, `unknown_unit`, `out_of_scope`, `wrong_role`, `unknown_rung`,
    `remind_today_only`.
    """
    duty = expect_queries.duty_by_code(duty_code)
    unit = ledger_queries.day_unit(scope, day, unit_code)
    require_reminding(scope, unit.path)
    known = [step.rung for step in rules().steps(duty.asked)]
    rung = rung or rules().first_rung(duty.asked)
    if rung not in known:
        raise DomainError("unknown_rung", "rung", known=", ".join(known))
    if day != day_of(clock.now()):
        raise DomainError("remind_today_only", "day")
    told = _remind(unit, day, duty, rung, by or scope.actor, clock=clock)
    audit.record(
        scope.actor, "remind", f"unit:{unit.code}", clock=clock,
        detail={"duty": duty.code, "rung": rung, "count": told.planned, "walks": told.walks},
    )  # fmt: skip
    return told


def _remind(unit: DayUnitRef, day: date, duty: DutyInfo, rung: str, by: str, *, clock: Clock) -> Told:
    now, ask = clock.now(), ask_of(day, duty.id, rung, by, clock=clock)
    if rung != "family":
        units = units_asked(rung, day, duty.id, path=unit.path, after="", limit=MOST_UNITS + 1)
        if len(units) > MOST_UNITS:
            return _walk(unit, day, duty, rung, by, now)
        asked = [(one[0], silent_below(one, rung, day, duty, now=now)) for one in units]
        return _told(rung, plan_units([one for one in asked if one[1].people], ask))
    people = waiting_in(unit, day, duty.id, now=now, limit=MOST_AT_ONCE + 1)
    if len(people) > MOST_AT_ONCE:
        return _walk(unit, day, duty, rung, by, now)
    told = _told(rung, plan_families(households_in(people), ask))
    without = len({one.person for one in people if one.household is None})
    return replace(told, no_way=told.no_way + without)


def _walk(unit: DayUnitRef, day: date, duty: DutyInfo, rung: str, by: str, now: datetime) -> Told:
    """From the beginning: who was asked already is passed over."""
    Walk.objects.update_or_create(
        day=day, duty_id=duty.id, rung=rung, path=unit.path, defaults={"by": by, "after": "", "next_at": now}
    )
    return Told(rung, walks=True)


def _told(rung: str, found: Tallied) -> Told:
    fates = found.fates
    return Told(
        rung, fates["plan"] + fates["again"], found.until, fates["earlier"], found.earlier_at, fates["no_way"],
        fates["too_many"], fates["too_late"],
    )  # fmt: skip
