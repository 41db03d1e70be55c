"""Slots that belong to nobody any more: what they count stays, whose they were does not.

Each becomes a row under a random negative respondent, written again in the order of those random numbers: neither a key
nor the place in the file tells which rows were one person's. State, lateness and measures stay, since they are what the
tallies count; answers, reports, instants and policies go.
"""

from collections.abc import Sequence
from datetime import date

from notoneless.kernel.sql import execute, fetch, is_postgres
from notoneless.ledger.models import DaySession, PersonSlot

_KEPT = ("district_id", "day", "duty_id", "session", "unit_id", "population", "state", "reason", "opens_at", "due_at",
         "closes_at", "on_time", "measures")  # fmt: skip
_EMPTY = {"declared": "FALSE", '"by"': "''", "report_id": "''", "revision": "0", "answers": "''"}
_TABLE = PersonSlot._meta.db_table


def forget_session(day: date, duty_id: int, session: int, *, now: int) -> int:
    """Every person's slot of one session; how many. The session is marked: it is never brought into line again."""
    where = "day = %s AND duty_id = %s AND session = %s AND respondent_id > 0"
    forgotten = _forget(where, [day, duty_id, session])
    DaySession.objects.filter(day=day, duty_id=duty_id, session=session).update(expired_at=now)
    return forgotten


def forget_people(ids: Sequence[int]) -> int:
    """Every slot of these people on every day; how many."""
    if not ids:
        return 0
    marks = ", ".join(["%s"] * len(ids))
    return _forget(f"respondent_id IN ({marks})", list(ids))


def _forget(where: str, params: list[object]) -> int:
    counted: int = fetch(f"SELECT COUNT(*) FROM {_TABLE} WHERE {where}", params)[0][0]
    columns = ", ".join((*_KEPT, *_EMPTY))
    kept, empty = ", ".join(_KEPT), ", ".join(_EMPTY.values())
    execute("DROP TABLE IF EXISTS slot_nobodys")
    execute(
        f"CREATE TEMPORARY TABLE slot_nobodys AS SELECT {_nobody()} AS respondent_id, {kept} FROM {_TABLE}"
        f" WHERE {where} AND state <> 'void'",
        params,
    )
    execute(f"DELETE FROM {_TABLE} WHERE {where}", params)
    execute(
        f"INSERT INTO {_TABLE} (respondent_id, {columns}) SELECT respondent_id, {kept}, {empty} FROM slot_nobodys"
        " ORDER BY respondent_id"
    )
    execute("DROP TABLE slot_nobodys")
    return counted


def _nobody() -> str:
    """A random negative number of some sixty bits, of the database's own strong generator."""
    if is_postgres():
        return "-1 - ('x' || substr(replace(gen_random_uuid()::text, '-', ''), 17, 15))::bit(60)::bigint"
    return "-1 - (random() & 1152921504606846975)"
