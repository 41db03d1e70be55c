"""Whether reminding helps: the share that reported within an hour of it, by rung; beside it, where that can be said
honestly, the share of the same hour among families who could have been reminded and were not.

This is no trial: who was reminded was chosen. So families that cannot be reached are in neither share, the comparison
is left out where fewer than `least_compared` were not reminded, and above the district it is not made.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from notoneless.expect.queries import DutyInfo
from notoneless.follow.models import Reminder
from notoneless.follow.queries.pack import rules
from notoneless.follow.queries.standing import require_reminding
from notoneless.follow.rules import RUNGS, Share
from notoneless.kernel.clock import MICROSECOND, Clock, to_micros
from notoneless.kernel.sql import fetch
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import DayUnitRef
from notoneless.roster.scope import Scope
from notoneless.roster.tree import END


@dataclass(frozen=True)
class Effect:
    """Of one duty and day below a unit. `by_rung`: people not heard from when the reminder left, and how many of them
    reported within the hour, of the reminders whose hour is over. `compared`: the same of who was not reminded, None
    where it would not be honest to say."""

    by_rung: dict[str, Share]
    compared: Share | None
    within_minutes: int


def effect_of(scope: Scope, unit_code: str, day: date, duty: DutyInfo, *, clock: Clock) -> Effect:
    """Raises DomainError `day_not_open`, `unknown_unit`, `out_of_scope`, `wrong_role`."""
    unit = ledger_queries.day_unit(scope, day, unit_code)
    require_reminding(scope, unit.path)
    within = timedelta(minutes=rules().within_minutes)
    found = {"family": _of_families(unit, day, duty, within, clock.now())}
    found |= {rung: _of_units(unit, day, duty, rung, within, clock.now()) for rung in RUNGS[1:]}
    shares = {rung: share for rung, share in found.items() if share.of}
    compared = _compared(unit, day, duty, within, clock.now()) if "family" in shares else None
    return Effect(shares, compared, rules().within_minutes)


_JUDGED = "r.settled_at + %s <= %s"
"""Its hour is over: who answered sooner than the others would else be counted sooner too."""
_HELPED = "SUM(CASE WHEN s.filled_at <= r.settled_at + %s THEN 1 ELSE 0 END), COUNT(*)"


def _of_families(unit: DayUnitRef, day: date, duty: DutyInfo, within: timedelta, now: datetime) -> Share:
    hour = within // MICROSECOND
    rows = fetch(
        f"SELECT {_HELPED} FROM follow_reminder r JOIN follow_reminded n ON n.reminder_id = r.id"
        " JOIN day_unit u ON u.day = r.day AND u.unit_id = n.unit_id"
        " JOIN person_slot s ON s.respondent_id = n.person_id AND s.day = r.day AND s.duty_id = r.duty_id"
        " WHERE r.day = %s AND r.duty_id = %s AND r.state = 'sent' AND u.path >= %s AND u.path < %s"
        f" AND s.state <> 'void' AND (s.filled_at IS NULL OR s.filled_at > r.settled_at) AND {_JUDGED}",
        [hour, day, duty.id, unit.path, unit.path + END, hour, to_micros(now)],
    )
    return Share(int(rows[0][0] or 0), int(rows[0][1]))


def _of_units(unit: DayUnitRef, day: date, duty: DutyInfo, rung: str, within: timedelta, now: datetime) -> Share:
    """Everybody below a unit that was asked who was due and not heard from when it was asked; of a bureau, who counts
    there."""
    sessions = ", ".join(str(number) for number in range(len(duty.sessions)))  # before the unit in the slots' index
    within_bureau = " AND u.district_id = d.unit_id" if rung == "bureau" else ""
    hour = within // MICROSECOND
    rows = fetch(
        f"SELECT {_HELPED} FROM follow_reminder r JOIN day_unit d ON d.day = r.day AND d.unit_id = r.unit_id"
        " JOIN day_unit u ON u.day = r.day AND u.path >= d.path AND u.path < d.path || '~'"
        f" JOIN {duty.key(day).table} s ON s.day = r.day AND s.unit_id = u.unit_id AND s.district_id = u.district_id"
        f" AND s.duty_id = r.duty_id AND s.session IN ({sessions}){within_bureau}"
        " WHERE r.day = %s AND r.duty_id = %s AND r.rung = %s AND r.state = 'sent' AND d.path >= %s AND d.path < %s"
        " AND s.state IN ('due', 'missing', 'reported') AND s.opens_at <= r.settled_at"
        f" AND (s.filled_at IS NULL OR s.filled_at > r.settled_at) AND {_JUDGED}",
        [hour, day, duty.id, rung, unit.path, unit.path + END, hour, to_micros(now)],
    )
    return Share(int(rows[0][0] or 0), int(rows[0][1]))


def _compared(unit: DayUnitRef, day: date, duty: DutyInfo, within: timedelta, now: datetime) -> Share | None:
    """For each hour in which families were reminded: who was awaited at its first reminder, could have been reached,
    and was not reminded before the hour was over."""
    if unit.level in ("province", "city"):
        return None
    sent = Reminder.objects.filter(day=day, duty_id=duty.id, rung="family", state="sent").values_list(
        "settled_at", flat=True
    )
    first: dict[datetime, datetime] = {}
    for at in sent:
        if at is not None:
            begins = at.replace(minute=0, second=0, microsecond=0)
            first[begins] = min(at, first.get(begins, at))
    whole = Share()
    for at in first.values():
        if at + within <= now:
            one = _not_reminded(unit, day, duty, at, at + within)
            whole = Share(whole.n + one.n, whole.of + one.of)
    return whole if whole.of >= rules().least_compared else None


def _not_reminded(unit: DayUnitRef, day: date, duty: DutyInfo, begins: datetime, ends: datetime) -> Share:
    sessions = ", ".join(str(number) for number in range(len(duty.sessions)))
    rows = fetch(
        "SELECT SUM(CASE WHEN s.filled_at <= %s THEN 1 ELSE 0 END), COUNT(*) FROM day_unit u"
        " JOIN person_slot s ON s.day = u.day AND s.unit_id = u.unit_id AND s.district_id = u.district_id"
        f" AND s.session IN ({sessions})"
        " JOIN roster_person p ON p.id = s.respondent_id"
        " WHERE u.day = %s AND u.path >= %s AND u.path < %s AND s.duty_id = %s"
        " AND s.state IN ('due', 'missing', 'reported') AND s.opens_at <= %s"
        " AND (s.filled_at IS NULL OR s.filled_at > %s)"
        " AND EXISTS (SELECT 1 FROM roster_grant g WHERE g.household_id = p.household_id AND g.ended_at IS NULL)"
        " AND NOT EXISTS (SELECT 1 FROM follow_reminder r WHERE r.day = %s AND r.duty_id = %s AND r.rung = 'family'"
        " AND r.household_id = p.household_id AND r.state = 'sent' AND r.settled_at <= %s)",
        [to_micros(ends), day, unit.path, unit.path + END, duty.id, to_micros(begins), to_micros(begins), day, duty.id,
         to_micros(ends)],
    )  # fmt: skip
    return Share(int(rows[0][0] or 0), int(rows[0][1]))
