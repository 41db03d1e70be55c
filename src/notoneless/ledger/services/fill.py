"""Fill slots: read a batch's rows, then write them back with the deltas of their tallies."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec

from notoneless.kernel.rowset import Answer, fetch_with, run_both_with, run_with
from notoneless.kernel.sql import execute, for_update, is_postgres, rows_table
from notoneless.ledger.keys import SessionKey
from notoneless.ledger.rules import COLUMNS, Fill, State, column
from notoneless.ledger.services.tallies import Check, TallyKey, add_deltas


class SlotRow(NamedTuple):
    """What a slot holds when a batch meets it. Instants in microseconds; `measures` is of `encode_measures`."""

    respondent_id: int
    district_id: int
    unit_id: int
    population: str
    state: State
    on_time: bool | None
    filled_at: int | None
    declared: bool
    made_at: int | None
    report_id: str
    revision: int
    measures: str
    due_at: int
    by: str
    answers: str

    @property
    def fill(self) -> Fill | None:
        return None if self.filled_at is None else Fill(self.filled_at, self.declared)


class FilledSlot(msgspec.Struct, frozen=True):
    """A slot as the batch leaves it. `was` is None for a new row: a report that nobody owed."""

    key: SessionKey
    was: SlotRow | None
    respondent_id: int
    district_id: int
    unit_id: int
    population: str
    state: State
    on_time: bool
    fill: Fill
    by: str
    made_at: int
    report_id: str
    revision: int
    answers: str
    measures: str
    window: tuple[int, int, int]


SLOT_WANTED = tuple(f"s.{name}" for name in SlotRow._fields)
"""The columns of `slot_row`, of a slots' table that the statement calls `s`."""
_KEY = {"respondent_id": "bigint", "duty_id": "int", "session": "smallint"}
_SET = {
    "state": "text", "on_time": "boolean", "filled_at": "bigint", "declared": "boolean", "by": "text",
    "made_at": "bigint", "report_id": "text", "revision": "int", "answers": "text", "measures": "text",
}  # fmt: skip
_UPDATED = _KEY | {"was_revision": "int"} | _SET
_INSERTED = _KEY | {"district_id": "int", "unit_id": "int", "population": "text"} | _SET
_INSERTED |= {"opens_at": "bigint", "due_at": "bigint", "closes_at": "bigint"}


def slot_row(values: Sequence[Any]) -> SlotRow:
    """A row from SLOT_WANTED's values; SQLite has numbers for truth."""
    row = SlotRow._make(values)
    if row.on_time is None and row.declared is False:
        return row
    return row._replace(on_time=None if row.on_time is None else bool(row.on_time), declared=bool(row.declared))


def hold_sessions(keys: Iterable[SessionKey]) -> None:
    """Until the transaction ends, no slot of these sessions is added, moved, voided or closed by anyone else."""
    if is_postgres():
        names = sorted({key.lock for key in keys})
        fetch_with({"name": "text"}, [(name,) for name in names], (LOCK,), "FROM k")


def lock_slots(slots: Iterable[tuple[SessionKey, int]]) -> None:
    """Hold these (session, respondent) slots until the transaction ends.

    Locks are taken in one order (session, then respondent), so that two batches never wait for each other in a ring.
    """
    if not is_postgres():
        return  # its one writer holds everything
    groups: dict[tuple[str, date], set[tuple[int, int, int]]] = defaultdict(set)
    for key, respondent_id in slots:
        groups[key.table, key.day].add((key.duty_id, key.session, respondent_id))
    for (table, day), rows in sorted(groups.items()):
        types = {"duty_id": "int", "session": "smallint", "respondent_id": "bigint"}
        source, params = rows_table("k", types, sorted(rows))
        execute(
            f"SELECT 1 FROM {source} JOIN {table} s ON s.respondent_id = k.respondent_id AND s.duty_id = k.duty_id"
            " AND s.session = k.session WHERE s.day = %s AND s.respondent_id = ANY(%s)"
            f" ORDER BY s.duty_id, s.session, s.respondent_id{for_update('s')}",
            [*params, day, [respondent_id for _, _, respondent_id in rows]],
        )


class Beside(NamedTuple):
    """What a later stage keeps of each filled slot, in the statement that fills it: the batch's rows go out once.

    `columns` and `rows` come after the slot's own; the statement reads them all as `k`, and takes the day first.
    """

    columns: Mapping[str, str]
    rows: Mapping[tuple[SessionKey, int], tuple[object, ...]]
    statement: str
    params: tuple[object, ...]


def write_fills(filled: Sequence[FilledSlot], beside: Beside) -> list[Check]:
    """Write the slots and their tallies; and beside those in `beside.rows`, each of which must have been there, what
    that says. A check that does not hold says that another transaction was quicker: a slot
    is no longer as it was read (its revision tells), or a new row is there already. Then the caller rolls back and
    starts again.
    """
    groups: dict[tuple[str, date, bool, bool], list[FilledSlot]] = defaultdict(list)
    perhaps_new: set[TallyKey] = set()
    counts: dict[TallyKey, list[int]] = defaultdict(lambda: [0] * len(COLUMNS))
    measures: dict[tuple[TallyKey, str], list[int]] = defaultdict(lambda: [0, 0])
    for slot in filled:
        is_beside = (slot.key, slot.respondent_id) in beside.rows
        groups[slot.key.table, slot.key.day, slot.was is None, is_beside].append(slot)
        key = _count(slot, counts, measures)
        if slot.was is None:
            perhaps_new.add(key)
    checks: list[Check | None] = []
    for (table, day, is_new, is_beside), slots in sorted(groups.items()):
        if is_beside:
            checks += [Check(answer, len(slots)) for answer in _update_beside(table, day, slots, beside)]
        else:
            answer = _insert(table, day, slots) if is_new else _update(table, day, slots)
            checks.append(Check(answer, len(slots)))
    checks.append(add_deltas(counts, measures, perhaps_new=perhaps_new))
    return [check for check in checks if check is not None]


def _update_text(table: str) -> str:
    assignments = ", ".join(f"{name} = k.{name}" for name in _SET)
    return (
        f"UPDATE {table} AS s SET {assignments} FROM k WHERE s.respondent_id = k.respondent_id AND s.day = %s"
        " AND s.duty_id = k.duty_id AND s.session = k.session AND s.revision = k.was_revision"
    )


def _update(table: str, day: date, slots: Sequence[FilledSlot]) -> Answer:
    return run_with(_UPDATED, sorted(_updated(slot) for slot in slots), _update_text(table), str(day))


def _update_beside(table: str, day: date, slots: Sequence[FilledSlot], beside: Beside) -> tuple[Answer, Answer]:
    columns = {**_UPDATED, **beside.columns}
    rows = sorted((*_updated(slot), *beside.rows[slot.key, slot.respondent_id]) for slot in slots)
    return run_both_with(columns, rows, _update_text(table), beside.statement, str(day), str(day), *beside.params)


def _updated(slot: FilledSlot) -> tuple[object, ...]:
    """In the order of _UPDATED."""
    was = 0 if slot.was is None else slot.was.revision
    return (slot.respondent_id, slot.key.duty_id, slot.key.session, was, *_written(slot))


def _insert(table: str, day: date, slots: Sequence[FilledSlot]) -> Answer:
    names = ", ".join(_INSERTED)
    return run_with(
        _INSERTED,
        sorted((slot.respondent_id, slot.key.duty_id, slot.key.session, slot.district_id, slot.unit_id, slot.population,
                *_written(slot), *slot.window) for slot in slots),
        f"INSERT INTO {table} (day, reason, {names}) SELECT %s, '', {', '.join(f'k.{name}' for name in _INSERTED)}"
        " FROM k WHERE true ON CONFLICT (respondent_id, day, duty_id, session) DO NOTHING",
        str(day),
    )  # fmt: skip


def _written(slot: FilledSlot) -> tuple[object, ...]:
    """In the order of _SET."""
    return (slot.state, slot.on_time, slot.fill.at, slot.fill.is_declared, slot.by, slot.made_at, slot.report_id,
            slot.revision, slot.answers, slot.measures)  # fmt: skip


_PLACE = {name: place for place, name in enumerate(COLUMNS)}


def _count(
    slot: FilledSlot,
    counts: dict[TallyKey, list[int]],
    measures: dict[tuple[TallyKey, str], list[int]],
) -> TallyKey:
    key: TallyKey = (slot.district_id, slot.key.day, slot.key.duty_id, slot.key.session, slot.unit_id, slot.population)
    _add(counts[key], measures, key, 1, slot.state, slot.on_time, slot.measures)
    if slot.was is not None:
        _add(counts[key], measures, key, -1, slot.was.state, slot.was.on_time, slot.was.measures)
    return key


def _add(
    counted: list[int],
    measures: dict[tuple[TallyKey, str], list[int]],
    key: TallyKey,
    sign: int,
    state: State,
    on_time: bool | None,
    raised: str,
) -> None:
    name = column(state, on_time)
    if name is not None:
        counted[_PLACE[name]] += sign
    if raised != NOTHING_RAISED and state in ("reported", "voluntary"):
        for measure in decode_measures(raised):
            measures[key, measure][state == "voluntary"] += sign


NOTHING_RAISED = "[]"
LOCK = "pg_advisory_xact_lock_shared(hashtextextended(k.name, 0))"
"""As kernel.sql.lock_shared takes it, for a pipeline."""


def decode_measures(text: str) -> list[str]:
    """The codes in a slot's `measures` column."""
    return [] if text == "[]" else text[2:-2].split('","')


def encode_measures(codes: Iterable[str]) -> str:
    """Sorted codes as the compact JSON array that the `measures` column holds. Codes have no quotes in them."""
    ordered = sorted(set(codes))
    return '["' + '","'.join(ordered) + '"]' if ordered else "[]"
