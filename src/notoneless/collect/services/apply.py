"""`apply_reports`: the one core that every way in calls, page, API, lane, command line and import alike.

A batch is read and checked without the database; then, in one transaction, its slots are read in one statement, each
report is decided in the order given, and slots, reports, tallies and an outbox row are written. A refused report fails
alone. Slots are written only where they still are as they were read, and a report only where its id is new; when
another transaction was quicker, the batch starts again, and then holds the slots while it decides.
"""

from collections.abc import Callable, Sequence
from typing import TypedDict

import msgspec
from django.db import IntegrityError, OperationalError, transaction

from notoneless.collect.services.check import Catalogue, Checked, Sent, check_reports, load_catalogue
from notoneless.collect.services.decide import Decided, decide
from notoneless.collect.services.guards import GUARDS
from notoneless.collect.services.keep import beside_slots, keep_reports, tell
from notoneless.collect.services.known import Found, RespondentRef, Sessions, find
from notoneless.kernel.clock import Clock, SystemClock, day_of, to_micros
from notoneless.kernel.errors import DomainError, ErrorShape
from notoneless.kernel.rowset import pipelined
from notoneless.kernel.sql import is_deadlock
from notoneless.ledger import services as ledger
from notoneless.ledger.keys import SessionKey
from notoneless.roster.roles import REPORT, SIGN
from notoneless.roster.scope import Scope

CLOCK_SKEW = 120_000_000
"""Microseconds by which a sender's clock may run ahead: phones are seldom exact to the minute."""
TRIES = 5


class Accepted(TypedDict):
    id: str
    state: str
    on_time: bool
    revision: int
    duplicate: bool


class Refused(TypedDict):
    id: str
    error: ErrorShape


class Outcome(msgspec.Struct, frozen=True):
    """What became of one report: accepted (a repeat says what the first was told), or refused."""

    id: str
    state: str = ""
    on_time: bool = False
    revision: int = 0
    is_duplicate: bool = False
    error: DomainError | None = None

    def as_json(self, language: str = "") -> Accepted | Refused:
        if self.error is not None:
            return {"id": self.id, "error": self.error.shape(language)}
        return {"id": self.id, "state": self.state, "on_time": self.on_time, "revision": self.revision,
                "duplicate": self.is_duplicate}  # fmt: skip


class _Collision(Exception):
    """Another transaction changed a slot, or made one of our new rows, before we did."""


def apply_reports(reports: Sequence[object], *, scope: Scope, clock: Clock) -> list[Outcome]:
    """Apply reports as decoded from JSON; one outcome each, in their order.

    Replays change nothing and are told what the first was told. The last writer by (made_at, id) holds the slot; the
    earliest instant of arrival (for `by: import`, of `made_at`) decides whether it was on time. In a server's worker
    they go with whatever else its batcher commits; in an open transaction they are part of it.
    """
    sent = [Sent(raw, scope) for raw in reports]
    if _through and isinstance(clock, SystemClock) and not transaction.get_connection().in_atomic_block:
        return _through[0](sent)
    return apply_sent(sent, clock=clock)


_through: list[Callable[[Sequence[Sent]], list[Outcome]]] = []


def send_through(apply: Callable[[Sequence[Sent]], list[Outcome]]) -> None:
    """From now on this process's reports go this way: its batcher's."""
    _through[:] = [apply]


def apply_sent(sent: Sequence[Sent], *, clock: Clock, catalogue: Catalogue | None = None) -> list[Outcome]:
    """The same for reports of several senders, each within its own scope. One transaction."""
    checked, wrong = check_reports(sent, catalogue or load_catalogue())
    outcomes = {place: Outcome(sent_id, error=error) for place, (sent_id, error) in wrong.items()}
    # A statement about the ledger is made over what came with it, so the guarded reports go last.
    parts = [one for one in checked if not one.form.guard], [one for one in checked if one.form.guard]
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                for part in parts:
                    outcomes.update(_apply_checked(part, clock=clock, is_contended=attempt > 0))
            break
        except (_Collision, IntegrityError):
            continue  # another transaction, or this batch not having looked for a twin: the next try holds and looks
        except OperationalError as error:
            if not is_deadlock(error):
                raise
    else:
        raise DomainError("busy")
    return [outcomes[place] for place in range(len(sent))]


def _apply_checked(checked: Sequence[Checked], *, clock: Clock, is_contended: bool) -> dict[int, Outcome]:
    if not checked:
        return {}
    instant = clock.now()
    now = to_micros(instant)
    with pipelined():
        ledger.hold_sessions({report.key for report in checked})
        sessions = Sessions({report.key.day for report in checked}, day_of(instant))
        found = find(checked, everywhere=is_contended)
    if is_contended:
        ledger.lock_slots(_slots_of(checked, found))
        found = find(checked, everywhere=True)  # again, under the locks: whoever was quicker has ended by now
    batch = _Batch(found, sessions, now)
    outcomes = {report.place: batch.take(report) for report in checked}
    if batch.accepted:
        with pipelined():
            last = batch.state.values()
            beside = beside_slots(last, now=now)
            checks = ledger.write_fills([decided.slot for decided in last], beside)
            kept = {
                decided.report.place
                for decided in last
                if (decided.slot.key, decided.slot.respondent_id) in beside.rows
            }
            keep_reports([decided for decided in batch.accepted if decided.report.place not in kept], now=now)
            tell(batch.accepted, now=now)
            if not all(check.holds() for check in checks):
                raise _Collision
    return outcomes


def _slots_of(checked: Sequence[Checked], found: dict[int, Found]) -> list[tuple[SessionKey, int]]:
    return [
        (report.key, one.respondent.id)
        for report in checked
        if (one := found[report.place]).row is not None and one.respondent is not None
    ]


class _Batch:
    """The slots as the reports of one batch leave them, one after the other."""

    def __init__(self, found: dict[int, Found], sessions: Sessions, now: int) -> None:
        self._found = found
        self._sessions = sessions
        self._now = now
        self._told: dict[str, tuple[str, Outcome]] = {}
        self.state: dict[tuple[SessionKey, int], Decided] = {}
        self.accepted: list[Decided] = []

    def take(self, report: Checked) -> Outcome:
        found = self._found[report.place]
        try:
            return self._repeat(report, found) or self._decide(report, found)
        except DomainError as error:
            return Outcome(report.sent_id, error=error)

    def _repeat(self, report: Checked, found: Found) -> Outcome | None:
        """The answer to a report that was applied before, in an earlier request or earlier in this one."""
        arrival = report.arrival
        earlier = self._told.get(arrival.id)
        if earlier is None and found.kept is not None:
            kept = found.kept
            earlier = (kept.digest, Outcome(report.sent_id, kept.state, kept.on_time, kept.revision))
        if earlier is None:
            return None
        digest, outcome = earlier
        if digest != arrival.digest:
            raise DomainError("id_reused", "id")
        return msgspec.structs.replace(outcome, id=report.sent_id, is_duplicate=True)

    def _decide(self, report: Checked, found: Found) -> Outcome:
        arrival = report.arrival
        respondent = self._require_respondent(report, found.respondent)
        _require_power(report, respondent)
        session = self._sessions.require(report.key, self._now)
        if arrival.made_at > self._now + CLOCK_SKEW:
            raise DomainError("made_at_in_future", "made_at")
        slot_id = (report.key, respondent.id)
        answers = report.verdict.answers
        if report.form.guard:
            answers = GUARDS[report.form.guard](respondent, report.key.day, answers, report.scope.actor)
        decided = decide(
            report, respondent=respondent, row=found.row, before=self.state.get(slot_id), session=session,
            answers=answers, now=self._now,
        )  # fmt: skip
        self.state[slot_id] = decided
        self.accepted.append(decided)
        outcome = Outcome(report.sent_id, decided.slot.state, decided.slot.on_time, decided.revision)
        self._told[arrival.id] = (arrival.digest, outcome)
        return outcome

    def _require_respondent(self, report: Checked, found: RespondentRef | None) -> RespondentRef:
        """Raises `unknown_person` or `unknown_unit`; to a limited viewer both look like `out_of_scope`."""
        name = "unit" if report.arrival.is_unit else "person"
        if found is None:
            if not self._sessions.has(report.key):
                raise DomainError("day_not_open", "day", day=report.key.day)
            raise DomainError(f"unknown_{name}" if report.scope.is_everything else "out_of_scope", name)
        if not report.scope.covers_person(found.path, found.household_id):
            raise DomainError("out_of_scope", name)
        return found


def _require_power(report: Checked, respondent: RespondentRef) -> None:
    """A family speaks for itself; whoever speaks for others, or for a unit, must hold that power there.

    Raises DomainError `by_not_allowed`.
    """
    scope, is_unit = report.scope, report.arrival.is_unit
    is_own = respondent.household_id in scope.households
    speaks_as_family = report.arrival.by in ("self", "guardian") and report.form.code != "class-check"
    if not (is_own and speaks_as_family) and not scope.may(SIGN if is_unit else REPORT, respondent.path):
        raise DomainError("by_not_allowed", "by")


__all__ = ["Accepted", "Outcome", "Refused", "apply_reports", "apply_sent", "send_through"]
