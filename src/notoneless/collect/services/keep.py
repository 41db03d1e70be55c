"""Keep the accepted reports, each once and for ever, and say in the outbox which slots they filled."""

from collections import defaultdict
from collections.abc import Sequence

from notoneless.collect.models import Report
from notoneless.collect.services.decide import Decided
from notoneless.kernel import outbox
from notoneless.kernel.rowset import run_with

_COLUMNS = {
    "id": "uuid", "district_id": "int", "day": "date", "duty_id": "int", "session": "smallint",
    "respondent_id": "bigint", "revision": "int", "first_id": "uuid", "made_at": "bigint", "received_at": "bigint",
    "by": "text", "actor": "text", "form_version": "smallint", "answers": "text", "measures": "text", "digest": "text",
    "state": "text", "on_time": "boolean",
}  # fmt: skip
_NAMES = ", ".join(_COLUMNS)
_INSERT = f"INSERT INTO {Report._meta.db_table} ({_NAMES}) SELECT {_NAMES} FROM k"


def keep_reports(decided: Sequence[Decided], *, now: int) -> None:
    """The answer raises IntegrityError when a report of the same id is kept already, or in another transaction."""
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
    """One outbox row a batch: which units' slots were filled, by day and duty. Ids only."""
    units: dict[tuple[str, int], set[int]] = defaultdict(set)
    for one in decided:
        units[str(one.slot.key.day), one.slot.key.duty_id].add(one.slot.unit_id)
    filled = [[day, duty, sorted(ids)] for (day, duty), ids in sorted(units.items())]
    outbox.post_with_batch("slots.filled", {"filled": filled}, now=now)
