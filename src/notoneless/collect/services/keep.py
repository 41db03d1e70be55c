"""Keep the accepted reports, each once and for ever, and say in the outbox which slots they filled."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from notoneless.collect.models import Report
from notoneless.collect.services import absences
from notoneless.collect.services.decide import Decided
from notoneless.kernel import outbox
from notoneless.kernel.rowset import run_with, uuid_of
from notoneless.ledger import services as ledger

_COLUMNS = {
    "id": "uuid", "district_id": "int", "day": "date", "duty_id": "int", "session": "smallint",
    "respondent_id": "bigint", "revision": "int", "first_id": "uuid", "made_at": "bigint", "received_at": "bigint",
    "by": "text", "actor": "text", "form_version": "smallint", "answers": "text", "measures": "text", "digest": "text",
    "state": "text", "on_time": "boolean",
}  # fmt: skip
_NAMES = ", ".join(_COLUMNS)
_INSERT = f"INSERT INTO {Report._meta.db_table} ({_NAMES}) SELECT {_NAMES} FROM k"


_OWN = {"report_district": "int", "first_id": "uuid", "actor": "text", "form_version": "smallint", "digest": "text"}
"""What a report keeps that its slot does not."""
_BESIDE = (
    f"INSERT INTO {Report._meta.db_table}"
    " (day, received_at, id, district_id, duty_id, session, respondent_id, revision, first_id, made_at, by, actor,"
    " form_version, answers, measures, digest, state, on_time)"
    f" SELECT %s, %s, {{id}}, k.report_district, k.duty_id, k.session, k.respondent_id, k.revision, k.first_id,"
    " k.made_at, k.by, k.actor, k.form_version, k.answers, k.measures, k.digest, k.state, k.on_time FROM k"
)


def beside_slots(last: Iterable[Decided], *, now: int) -> ledger.Beside:
    """The reports that hold the slot they filled, as nearly all do, to be kept in the statement that fills it.

    `last`: of each slot, the report that came last in this batch.
    """
    rows = {
        (one.slot.key, one.slot.respondent_id): (
            one.slot.district_id, one.first_id, one.report.scope.actor, one.report.form.version,
            one.report.arrival.digest,
        )
        for one in last
        if one.slot.was is not None and one.slot.report_id == one.report.arrival.id
    }  # fmt: skip
    return ledger.Beside(_OWN, rows, _BESIDE.format(id=uuid_of("k.report_id")), (now,))


def keep_reports(decided: Sequence[Decided], *, now: int) -> None:
    """Keep reports one by one. Raises IntegrityError, here or where the pipeline ends, when a report of the same id is
    kept already, or in another transaction."""
    if decided:
        run_with(_COLUMNS, sorted(_row(one, now) for one in decided), _INSERT)


def _row(one: Decided, now: int) -> tuple[object, ...]:
    report, slot = one.report, one.slot
    arrival, key = report.arrival, report.key
    return (
        arrival.id, slot.district_id, str(key.day), key.duty_id, key.session, slot.respondent_id, one.revision,
        one.first_id, arrival.made_at, now, arrival.by, report.scope.actor, report.form.version, one.answers,
        report.verdict.measures_json, arrival.digest, slot.state, slot.on_time,
    )  # fmt: skip


def tell(decided: Sequence[Decided], *, now: int) -> None:
    """One outbox row a batch: which units' slots were filled, by day and duty; one more for class checks. Ids only."""
    units: dict[tuple[str, int], set[int]] = defaultdict(set)
    for one in decided:
        units[str(one.slot.key.day), one.slot.key.duty_id].add(one.slot.unit_id)
    filled = [[day, duty, sorted(ids)] for (day, duty), ids in sorted(units.items())]
    outbox.post_with_batch("slots.filled", {"filled": filled}, now=now)
    checks = sorted({
        (str(one.slot.key.day), one.slot.key.duty_id, one.slot.unit_id)
        for one in decided
        if one.report.form.code == absences.FORM
    })  # fmt: skip
    if checks:
        outbox.post_with_batch("checks.filled", {"filled": checks}, now=now)
