"""`apply_reports`: the one core that every way in calls, page, API, command line and import alike.

A batch is read and checked without the database; then, in one transaction, its slots are locked in order, each report
is decided in the order given, and slots, reports, tallies and an outbox row are written. A refused report fails alone.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

import msgspec
from django.db import transaction

from notoneless.collect.arrival import Arrival, read_arrival
from notoneless.collect.models import Report
from notoneless.collect.queries import form_in_force
from notoneless.collect.rules import Form, check_answers
from notoneless.collect.services.decide import Decided, decide
from notoneless.collect.services.guards import GUARDS
from notoneless.collect.services.lookups import Known, look_up
from notoneless.expect import queries as expect_queries
from notoneless.expect.queries import DutyInfo
from notoneless.kernel import outbox
from notoneless.kernel.clock import Clock, day_of, to_micros
from notoneless.kernel.errors import DomainError, ErrorShape
from notoneless.kernel.sql import execute, rows_table
from notoneless.ledger import services as ledger
from notoneless.ledger.keys import SessionKey
from notoneless.roster.scope import Scope

CLOCK_SKEW = 120_000_000
"""Microseconds by which a sender's clock may run ahead: phones are seldom exact to the minute."""
TRIES = 5
_encode = msgspec.json.Encoder().encode


class Accepted(TypedDict):
    id: str
    state: str
    on_time: bool
    revision: int
    duplicate: bool


class Refused(TypedDict):
    id: str
    error: ErrorShape


@dataclass(frozen=True)
class Outcome:
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


@dataclass(frozen=True)
class Checked:
    """A report that is right in itself: known duty and session, answers that fit the form."""

    place: int
    sent_id: str
    arrival: Arrival
    duty: DutyInfo
    key: SessionKey
    form: Form
    answers: str
    measures: tuple[str, ...]


class _Collision(Exception):
    """Another transaction made one of our new rows first."""


def apply_reports(reports: Sequence[object], *, scope: Scope, clock: Clock) -> list[Outcome]:
    """Apply reports as decoded from JSON; one outcome each, in their order.

    Replays change nothing and are told what the first was told. The last writer by (made_at, id) holds the slot; the
    earliest instant of arrival (for `by: import`, of `made_at`) decides whether it was on time.
    """
    outcomes: list[Outcome | None] = [None] * len(reports)
    checked: list[Checked] = []
    duties, forms = expect_queries.duties(), {}
    for place, raw in enumerate(reports):
        sent_id = str(raw.get("id", ""))[:64] if isinstance(raw, dict) else ""
        try:
            arrival = read_arrival(raw)
            duty = duties.get(arrival.duty)
            if duty is None:
                raise DomainError("unknown_duty", "duty", known=", ".join(duties))
            if arrival.is_unit != (duty.respondent == "unit"):
                raise DomainError("person_or_unit", "unit" if duty.respondent == "unit" else "person")
            if duty.form not in forms:
                forms[duty.form] = form_in_force(duty.form)
            key = duty.key(arrival.day, duty.session_number(arrival.session))
            answers, measures = check_answers(forms[duty.form], arrival.answers)
            text = _encode(answers).decode()
            checked.append(Checked(place, sent_id, arrival, duty, key, forms[duty.form], text, measures))
        except DomainError as error:
            outcomes[place] = Outcome(sent_id, error=error)
    # A statement about the ledger is made over what came with it, so the guarded reports go last.
    parts = [report for report in checked if not report.form.guard], [report for report in checked if report.form.guard]
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                for part in parts:
                    for place, outcome in _apply_checked(part, scope=scope, clock=clock):
                        outcomes[place] = outcome
            break
        except _Collision:
            continue
    else:
        raise DomainError("busy")
    return [outcome for outcome in outcomes if outcome is not None]


def _apply_checked(checked: Sequence[Checked], *, scope: Scope, clock: Clock) -> list[tuple[int, Outcome]]:
    if not checked:
        return []
    now = to_micros(clock.now())
    known = look_up(
        [(report.arrival.id, report.key, report.arrival.respondent) for report in checked], day_of(clock.now())
    )
    slots = ledger.lock_slots(known.slot_keys.values())
    known = replace(known, reports=known.find_reports())  # again, under the locks: a twin may have just landed
    state: dict[tuple[SessionKey, int], Decided] = {}
    outcomes: list[tuple[int, Outcome]] = []
    written: list[Decided] = []
    told: dict[str, tuple[str, Outcome]] = {}
    for report in checked:
        try:
            outcome = _repeat(report, known, told)
            if outcome is None:
                decided = _decide(report, known, slots, state, scope=scope, now=now)
                state[decided.slot.key, decided.slot.respondent_id] = decided
                written.append(decided)
                outcome = Outcome(report.sent_id, decided.slot.state, decided.slot.on_time, decided.revision)
                told[report.arrival.id] = (report.arrival.digest, outcome)
        except DomainError as error:
            outcome = Outcome(report.sent_id, error=error)
        outcomes.append((report.place, outcome))
    if written:
        _write(written, list(state.values()), scope=scope, now=now)
        _tell(written, clock=clock)
    return outcomes


def _repeat(report: Checked, known: Known, told: dict[str, tuple[str, Outcome]]) -> Outcome | None:
    """The answer to a report that was applied before, in an earlier request or earlier in this one."""
    earlier = told.get(report.arrival.id)
    if earlier is None and (row := known.reports.get(report.arrival.id)) is not None:
        earlier = (row.digest, Outcome(report.sent_id, row.state, row.on_time, row.revision))
    if earlier is None:
        return None
    digest, outcome = earlier
    if digest != report.arrival.digest:
        raise DomainError("id_reused", "id")
    return replace(outcome, id=report.sent_id, is_duplicate=True)


def _decide(
    report: Checked,
    known: Known,
    slots: dict[tuple[SessionKey, int], ledger.SlotRow],
    state: dict[tuple[SessionKey, int], Decided],
    *,
    scope: Scope,
    now: int,
) -> Decided:
    arrival = report.arrival
    respondent = known.require_respondent(report.key, arrival.respondent, is_unit=arrival.is_unit, scope=scope)
    if not scope.is_everything and not scope.paths and arrival.by in ("teacher", "device", "import"):
        raise DomainError("by_not_allowed", "by")
    if scope.households and not scope.paths and report.form.code == "class-check":
        raise DomainError("by_not_allowed", "by")
    session = known.require_session(report.key, now)
    if arrival.made_at > now + CLOCK_SKEW:
        raise DomainError("made_at_in_future", "made_at")
    slot_id = (report.key, respondent.id)
    before = state.get(slot_id)
    row = slots.get(slot_id)
    answers, measures = report.answers, report.measures
    if report.form.guard:
        answers = GUARDS[report.form.guard](respondent, report.key.day, answers, scope.actor)
    return decide(
        report.arrival,
        key=report.key,
        duty=report.duty,
        respondent=respondent,
        row=row,
        before=before,
        session=session,
        form_version=report.form.version,
        answers=answers,
        measures=measures,
        now=now,
    )


def _write(written: Sequence[Decided], final: Sequence[Decided], *, scope: Scope, now: int) -> None:
    if not ledger.write_fills([decided.slot for decided in final]):
        raise _Collision
    columns = {
        "id": "text", "district_id": "int", "day": "date", "duty_id": "int", "session": "smallint",
        "respondent_id": "bigint", "revision": "int", "made_at": "bigint", "received_at": "bigint", "by": "text",
        "actor": "text", "form_version": "smallint", "answers": "text", "measures": "text", "digest": "text",
        "state": "text", "on_time": "boolean",
    }  # fmt: skip
    rows = sorted(
        (
            d.arrival.id, d.slot.district_id, d.slot.key.day, d.slot.key.duty_id, d.slot.key.session,
            d.slot.respondent_id, d.revision, d.arrival.made_at, now, d.arrival.by, scope.actor, d.form_version,
            d.answers, ledger.encode_measures(d.measures), d.arrival.digest, d.slot.state, d.slot.on_time,
        )
        for d in written
    )  # fmt: skip
    source, params = rows_table("k", columns, rows)
    names = ", ".join(columns)
    inserted = execute(
        f"INSERT INTO {Report._meta.db_table} ({names}) SELECT {names} FROM {source} WHERE true"
        " ON CONFLICT (id) DO NOTHING",
        params,
    )
    if inserted != len(rows):
        raise _Collision


def _tell(written: Sequence[Decided], *, clock: Clock) -> None:
    """One outbox row a batch: which units' slots were filled, by day and duty. Ids only."""
    units: dict[tuple[str, int], set[int]] = defaultdict(set)
    for decided in written:
        units[str(decided.slot.key.day), decided.slot.key.duty_id].add(decided.slot.unit_id)
    filled = [[day, duty, sorted(ids)] for (day, duty), ids in sorted(units.items())]
    outbox.post("slots.filled", {"filled": filled}, clock=clock)


__all__ = ["Accepted", "Outcome", "Refused", "apply_reports"]
