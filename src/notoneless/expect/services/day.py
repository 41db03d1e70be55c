"""Open the day's ledger, keep it in line with the roster and the rules, and close it."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from notoneless.expect import queries
from notoneless.expect.queries import DutyInfo
from notoneless.kernel import audit, outbox
from notoneless.kernel.clock import Clock, day_of, instant_on, to_micros
from notoneless.kernel.errors import DomainError
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger import services as ledger
from notoneless.ledger.keys import SessionKey, Window
from notoneless.ledger.models import DaySession
from notoneless.ledger.services import Merged
from notoneless.roster import queries as roster_queries

CHANGES = ("roster.changed", "calendar.changed", "policy.changed", "state.changed")
"""Events that say that what is owed may have changed."""
TRIES = 4
Progress = Callable[[str, int, int], None]
"""Called with the duty's code, districts done and districts in all."""


def _silent(duty: str, done: int, total: int) -> None:
    return None


@dataclass
class OpenedDay:
    """What opening (or refreshing) a day did, by duty code; `is_known_year` False asks for a calendar entry."""

    day: date
    is_known_year: bool = True
    duties: dict[str, Merged] = field(default_factory=dict)


def open_day(
    day: date,
    *,
    clock: Clock,
    only: Sequence[int] | None = None,
    within: str = "",
    duty_codes: Collection[str] | None = None,
    progress: Progress = _silent,
) -> OpenedDay:
    """Freeze the tree and bring every duty's slots into line with the rules. Idempotent and restartable.

    `only` limits a refresh to these persons; `within` it to the subtree of a path; `duty_codes` to these duties.
    An empty roster is no error: nothing is then expected.

    A city takes a minute or two. When a rule, a calendar, a state or the roster changes meanwhile, what was read at the
    beginning is old, and would be written after the change was followed: then it is done again.
    """
    opened = OpenedDay(day)
    for _ in range(TRIES):
        stamp = outbox.stamp_of(CHANGES)
        _bring_into_line(opened, clock, only, within, duty_codes, progress)
        if outbox.stamp_of(CHANGES) == stamp:
            break
    return opened


def _bring_into_line(
    opened: OpenedDay, clock: Clock, only: Sequence[int] | None, within: str, duty_codes: Collection[str] | None,
    progress: Progress,
) -> None:  # fmt: skip
    day = opened.day
    if only is None:
        ledger.freeze_tree(day, within=within)
    tree = queries.tree_on(day, within=within)
    opened.is_known_year = tree.national.is_known
    among = None if only is None else roster_queries.units_of_people(only, day)
    policies = queries.policies_on(day)
    tags = queries.tags_named(rule for rules in policies.values() for rule in rules)
    with ledger.staged_traits(day, tags=tags, only=only, within=within) as traits:
        for duty in queries.duties().values():
            is_left_out = duty_codes is not None and duty.code not in duty_codes
            if is_left_out or (only is not None and duty.respondent == "unit"):
                continue
            total = opened.duties.setdefault(duty.code, Merged())
            expired = ledger_queries.expired_sessions_of(day, duty.id)
            for number, session in enumerate(duty.sessions):
                if number in expired:  # what was forgotten is not owed anew
                    continue
                rules = policies.get(duty.id, [])
                claims = list(queries.claims_of(tree, duty, session, rules, traits.by_unit, within=within, among=among))
                windows = {claim.window for claim in claims}
                _open_session(duty, number, day, windows, clock, is_part=bool(within) or among is not None)
                total += ledger.merge_claims(
                    duty.key(day, number), claims, only=only, within=within, has_traits=bool(traits),
                    progress=partial(progress, duty.code),
                )  # fmt: skip
                if only is None and not within:
                    ledger.mark_merged(duty.key(day, number), now=to_micros(clock.now()))


def _open_session(duty: DutyInfo, number: int, day: date, windows: set[Window], clock: Clock, *, is_part: bool) -> None:
    """The session closes with the last window that a policy gives it; `is_part`: these are a subtree's windows only."""
    key = duty.key(day, number)
    window = duty.sessions[number].window(day)
    closes = {each.closes_at for each in windows} or {window.closes_at}
    if is_part:
        row = DaySession.objects.filter(day=day, duty_id=duty.id, session=number).first()
        if row is not None:
            closes |= {to_micros(row.closes_at), *json.loads(row.early_closes)}
    ledger.open_session(
        key,
        window._replace(closes_at=max(closes)),
        locks_at=to_micros(instant_on(day, (duty.lock_days + 1) * 1440)),
        now=to_micros(clock.now()),
        early_closes=closes,
    )


def _key_of(row: DaySession, duties: Mapping[int, DutyInfo]) -> SessionKey:
    return SessionKey(row.day, row.duty_id, row.session, duties[row.duty_id].respondent)


def close_day(day: date, *, clock: Clock, actor: str = "system") -> dict[str, int]:
    """Close every session of the day now: what is still due becomes missing. Returns the missing made, by duty code.

    Raises DomainError `day_not_open` for a day that was never opened, `day_not_begun` for one to come.
    """
    sessions = list(DaySession.objects.filter(day=day).order_by("duty_id", "session"))
    if not sessions:
        raise DomainError("day_not_open", "day", day=day)
    if day > day_of(clock.now()):
        raise DomainError("day_not_begun", "day", day=day)
    duties = {duty.id: duty for duty in queries.duties().values()}
    closed: dict[str, int] = {}
    for row in sessions:
        code = duties[row.duty_id].code
        made = ledger.close_session(_key_of(row, duties), now=to_micros(clock.now()))
        closed[code] = closed.get(code, 0) + made
    audit.record(actor, "day.close", str(day), clock=clock, detail=closed)
    return closed


def close_due_sessions(*, clock: Clock) -> int:
    """Close the sessions whose window has ended, and the slots that end before theirs. Returns how many sessions."""
    duties = {duty.id: duty for duty in queries.duties().values()}
    now = to_micros(clock.now())
    open_now = DaySession.objects.filter(closed_at=None)
    ended = open_now.filter(closes_at__lte=clock.now())
    for row in ended:
        ledger.close_session(_key_of(row, duties), now=now)
    for row in open_now.filter(closes_at__gt=clock.now()).exclude(early_closes="[]"):
        if any(to_micros(row.closed_to) < instant <= now for instant in json.loads(row.early_closes)):
            ledger.close_ended(_key_of(row, duties), now=now)
    return len(ended)


def refresh_open_days(
    first_day: date,
    last_day: date | None,
    *,
    clock: Clock,
    only: Sequence[int] | None,
    opened_by: int | None = None,
    within: str = "",
    duty_codes: Collection[str] | None = None,
) -> list[date]:
    """Bring the days that are open and not yet locked, from `first_day` on, into line. Returns them.

    `only`, `within` and `duty_codes` as for `open_day`. `opened_by`: microseconds; what was opened later has
    seen the change already.
    """
    rows = DaySession.objects.filter(day__gte=first_day, locks_at__gt=clock.now())
    if last_day is not None:
        rows = rows.filter(day__lte=last_day)
    if opened_by is not None:
        rows = rows.filter(opened_at__lte=opened_by)
    days = sorted(set(rows.values_list("day", flat=True)))
    for day in days:
        open_day(day, clock=clock, only=only, within=within, duty_codes=duty_codes)
    return days
