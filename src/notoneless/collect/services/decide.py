"""Decide what one report does to its slot. Plain values in, plain values out."""

from dataclasses import dataclass

from notoneless.collect.arrival import Arrival
from notoneless.collect.services.lookups import RespondentRef
from notoneless.expect.queries import DutyInfo
from notoneless.kernel.clock import to_micros
from notoneless.kernel.errors import DomainError
from notoneless.ledger import services as ledger
from notoneless.ledger.keys import SessionKey
from notoneless.ledger.models import DaySession
from notoneless.ledger.rules import Claim, Fill, earlier, settle, supersedes


@dataclass(frozen=True)
class Decided:
    """A report that was accepted, and the slot as it leaves it."""

    arrival: Arrival
    slot: ledger.FilledSlot
    revision: int
    form_version: int
    answers: str
    measures: tuple[str, ...]


def decide(
    arrival: Arrival,
    *,
    key: SessionKey,
    duty: DutyInfo,
    respondent: RespondentRef,
    row: ledger.SlotRow | None,
    before: Decided | None,
    session: DaySession,
    form_version: int,
    answers: str,
    measures: tuple[str, ...],
    now: int,
) -> Decided:
    """`row` is the slot as the database has it, `before` as an earlier report of this batch left it.

    Raises DomainError `not_owed` where nothing is owed and the duty takes no voluntary reports.
    """
    claim: Claim = "none" if row is None or row.state in ("void", "voluntary") else "owed"
    has_place = row is not None or (respondent.unit_id != 0 and duty.level in ("", respondent.level))
    if claim == "none" and not (duty.allows_voluntary and has_place):
        raise DomainError("not_owed", "person" if key.respondent == "person" else "unit")
    known = before.slot if before is not None else None
    fill_before = known.fill if known is not None else row.fill if row is not None else None
    is_import = arrival.by == "import"
    fill = earlier(fill_before, Fill(arrival.made_at if is_import else now, is_import))
    window = (to_micros(session.opens_at), to_micros(session.due_at), to_micros(session.closes_at))
    due_at = row.due_at if row is not None else window[1]
    writer = _writer(known, row)
    revision = (known.revision if known is not None else row.revision if row is not None else 0) + 1
    holds = supersedes((arrival.made_at, arrival.id), writer)
    held = (arrival.by, answers, measures)
    if not holds and known is not None:
        held = (known.by, known.answers, known.measures)
    elif not holds and row is not None:
        held = (row.by, row.answers, tuple(ledger.decode_measures(row.measures)))
    made_at, report_id = (arrival.made_at, arrival.id) if holds or writer is None else writer
    slot = ledger.FilledSlot(
        key=key,
        was=row,
        respondent_id=respondent.id,
        district_id=row.district_id if row is not None else respondent.district_id,
        unit_id=row.unit_id if row is not None else respondent.unit_id,
        population=row.population if row is not None else respondent.population,
        state=settle(claim, is_filled=True, is_closed=False),
        on_time=fill.is_on_time(due_at),
        fill=fill,
        by=held[0],
        made_at=made_at,
        report_id=report_id,
        revision=revision,
        answers=held[1],
        measures=held[2],
        measures_json=ledger.encode_measures(held[2]),
        window=window,
    )
    return Decided(arrival, slot, revision, form_version, answers, measures)


def _writer(known: ledger.FilledSlot | None, row: ledger.SlotRow | None) -> tuple[int, str] | None:
    if known is not None:
        return known.made_at, known.report_id
    return None if row is None or row.made_at is None else (row.made_at, row.report_id)
