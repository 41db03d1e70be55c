"""Decide what one report does to its slot. Plain values in, plain values out."""

import msgspec

from notoneless.collect.services.check import Checked
from notoneless.collect.services.known import RespondentRef, SessionTimes
from notoneless.kernel.errors import DomainError
from notoneless.ledger import services as ledger
from notoneless.ledger.rules import Claim, Fill, earlier, settle, supersedes


class Decided(msgspec.Struct, frozen=True):
    """A report that was accepted, and the slot as it leaves it. `answers` are what is kept of this report.

    `first_id`: on a slot's second report, the id of its first.
    """

    report: Checked
    slot: ledger.FilledSlot
    revision: int
    first_id: str | None
    answers: str


def decide(
    report: Checked,
    *,
    respondent: RespondentRef,
    row: ledger.SlotRow | None,
    before: Decided | None,
    session: SessionTimes,
    answers: str,
    now: int,
) -> Decided:
    """`row` is the slot as the database has it, `before` as an earlier report of this batch left it.

    Raises DomainError `not_owed` where nothing is owed and the duty takes no voluntary reports.
    """
    arrival, duty = report.arrival, report.duty
    claim: Claim = "none" if row is None or row.state in ("void", "voluntary") else "owed"
    if claim == "none":
        has_place = row is not None or (respondent.unit_id != 0 and duty.level in ("", respondent.level))
        if not (duty.allows_voluntary and has_place):
            raise DomainError("not_owed", "person" if report.key.respondent == "person" else "unit")
    known = before.slot if before is not None else None
    last: ledger.FilledSlot | ledger.SlotRow | None = known if known is not None else row
    is_import = arrival.by == "import"
    fill = earlier(None if last is None else last.fill, Fill(arrival.made_at if is_import else now, is_import))
    revision = (0 if last is None else last.revision) + 1
    writer = None if last is None or last.made_at is None else (last.made_at, last.report_id)
    if last is None or supersedes((arrival.made_at, arrival.id), writer):
        writer = (arrival.made_at, arrival.id)
        by, held, measures = arrival.by, answers, report.verdict.measures_json
    else:
        by, held, measures = last.by, last.answers, last.measures
    assert writer is not None  # noqa: S101 - a slot without a writer is always superseded
    due_at = row.due_at if row is not None else session.window[1]
    slot = ledger.FilledSlot(
        key=report.key,
        was=row,
        respondent_id=respondent.id,
        district_id=row.district_id if row is not None else respondent.district_id,
        unit_id=row.unit_id if row is not None else respondent.unit_id,
        population=row.population if row is not None else respondent.population,
        state=settle(claim, is_filled=True, is_closed=False),
        on_time=fill.is_on_time(due_at),
        fill=fill,
        by=by,
        made_at=writer[0],
        report_id=writer[1],
        revision=revision,
        answers=held,
        measures=measures,
        window=session.window,
    )
    first_id = last.report_id if last is not None and revision == 2 else None
    return Decided(report, slot, revision, first_id, answers)
