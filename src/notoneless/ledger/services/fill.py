"""Fill slots: lock a batch's rows in order, then write them back with the deltas of their tallies."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from notoneless.kernel.sql import execute, fetch, for_update, is_postgres, lock_shared, rows_table
from notoneless.ledger.keys import SessionKey
from notoneless.ledger.rules import COLUMNS, Fill, State, column
from notoneless.ledger.services.tallies import TallyKey, add_deltas


class SlotRow(NamedTuple):
    """What a slot holds when a batch meets it. Instants in microseconds; measures sorted."""

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


@dataclass(frozen=True)
class FilledSlot:
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
    measures: tuple[str, ...]
    measures_json: str
    window: tuple[int, int, int]


_WANTED = (
    "s.respondent_id, s.district_id, s.unit_id, s.population, s.state, s.on_time, s.filled_at, s.declared, s.made_at,"
    " s.report_id, s.revision, s.measures, s.due_at, s.by, s.answers"
)
_WRITTEN = {
    "respondent_id": "bigint", "duty_id": "int", "session": "smallint", "district_id": "int", "unit_id": "int",
    "population": "text", "state": "text", "on_time": "boolean", "filled_at": "bigint", "declared": "boolean",
    "by": "text", "made_at": "bigint", "report_id": "text", "revision": "int", "answers": "text", "measures": "text",
    "opens_at": "bigint", "due_at": "bigint", "closes_at": "bigint",
}  # fmt: skip
_SET = ("state", "on_time", "filled_at", "declared", "by", "made_at", "report_id", "revision", "answers", "measures")


def lock_slots(keys: Iterable[tuple[SessionKey, int]]) -> dict[tuple[SessionKey, int], SlotRow]:
    """The slots of these (session, respondent) pairs, locked until the transaction ends; absent ones are left out.

    Locks are taken in one order (session, then respondent), so that two batches never wait for each other in a ring.
    """
    wanted: dict[tuple[str, date], list[tuple[int, int, int]]] = defaultdict(list)
    sessions: dict[tuple[str, date, int, int], SessionKey] = {}
    for key, respondent_id in keys:
        wanted[key.table, key.day].append((key.duty_id, key.session, respondent_id))
        sessions[key.table, key.day, key.duty_id, key.session] = key
    lock_shared(*(key.lock for key in sessions.values()))
    found: dict[tuple[SessionKey, int], SlotRow] = {}
    for (table, day), rows in sorted(wanted.items()):
        types = {"duty_id": "int", "session": "smallint", "respondent_id": "bigint"}
        source, params = rows_table("k", types, sorted(set(rows)))
        by_key, ids = _by_key([respondent_id for _, _, respondent_id in rows])
        for duty_id, session, *slot in fetch(
            f"SELECT s.duty_id, s.session, {_WANTED} FROM {source}"
            f" JOIN {table} s ON s.respondent_id = k.respondent_id AND s.duty_id = k.duty_id AND s.session = k.session"
            f" WHERE s.day = %s{by_key}"
            f" ORDER BY s.duty_id, s.session, s.respondent_id{for_update('s')}",
            [*params, day, *ids],
        ):
            row = SlotRow(*slot)
            if row.on_time is not None:
                row = row._replace(on_time=bool(row.on_time))
            found[sessions[table, day, duty_id, session], row.respondent_id] = row._replace(declared=bool(row.declared))
    return found


def write_fills(filled: Sequence[FilledSlot]) -> bool:
    """Write the slots and their tallies. False when another transaction made one of the new rows first: the caller
    rolls back and starts again from the locks.
    """
    groups: dict[tuple[str, date, bool], list[tuple[object, ...]]] = defaultdict(list)
    counts: dict[TallyKey, list[int]] = defaultdict(lambda: [0] * len(COLUMNS))
    measures: dict[tuple[TallyKey, str], list[int]] = defaultdict(lambda: [0, 0])
    for slot in filled:
        groups[slot.key.table, slot.key.day, slot.was is None].append(_written(slot))
        _count(slot, counts, measures)
    for (table, day, is_new), rows in sorted(groups.items()):
        source, params = rows_table("k", _WRITTEN, sorted(rows, key=lambda row: row[:3]))
        respondents = [row[0] for row in rows]
        written = _insert(table, source, params, day) if is_new else _update(table, source, params, day, respondents)
        if written != len(rows):
            return False
    add_deltas(counts, measures)
    return True


def _by_key(respondents: Sequence[object]) -> tuple[str, list[object]]:
    """PostgreSQL is given the ids once more, so that it goes by the key whatever it believes of a table just filled.

    SQLite looks up row by row of the joined list anyway.
    """
    return (" AND s.respondent_id = ANY(%s)", [list(respondents)]) if is_postgres() else ("", [])


def _update(table: str, source: str, params: list[object], day: date, respondents: Sequence[object]) -> int:
    by_key, ids = _by_key(respondents)
    assignments = ", ".join(f"{name} = k.{name}" for name in _SET)
    return execute(
        f"UPDATE {table} AS s SET {assignments} FROM {source} WHERE s.respondent_id = k.respondent_id AND s.day = %s"
        f" AND s.duty_id = k.duty_id AND s.session = k.session{by_key}",
        [*params, day, *ids],
    )


def _insert(table: str, source: str, params: list[object], day: date) -> int:
    names = ", ".join(_WRITTEN)
    return execute(
        f"INSERT INTO {table} (day, reason, {names}) SELECT %s, '', {', '.join(f'k.{name}' for name in _WRITTEN)}"
        f" FROM {source} WHERE true ON CONFLICT (respondent_id, day, duty_id, session) DO NOTHING",
        [day, *params],
    )


def _written(slot: FilledSlot) -> tuple[object, ...]:
    return (slot.respondent_id, slot.key.duty_id, slot.key.session, slot.district_id, slot.unit_id, slot.population,
            slot.state, slot.on_time, slot.fill.at, slot.fill.is_declared, slot.by, slot.made_at, slot.report_id,
            slot.revision, slot.answers, slot.measures_json, *slot.window)  # fmt: skip


def _count(
    slot: FilledSlot,
    counts: dict[TallyKey, list[int]],
    measures: dict[tuple[TallyKey, str], list[int]],
) -> None:
    key: TallyKey = (slot.district_id, slot.key.day, slot.key.duty_id, slot.key.session, slot.unit_id, slot.population)
    sides: list[tuple[int, State, bool | None, Iterable[str]]] = [(1, slot.state, slot.on_time, slot.measures)]
    if slot.was is not None:
        sides.append((-1, slot.was.state, slot.was.on_time, decode_measures(slot.was.measures)))
    for sign, state, on_time, raised in sides:
        name = column(state, on_time)
        if name is not None:
            counts[key][COLUMNS.index(name)] += sign
        if state in ("reported", "voluntary"):
            for measure in raised:
                measures[key, measure][state == "voluntary"] += sign


def decode_measures(text: str) -> list[str]:
    """The codes in a slot's `measures` column."""
    return [] if text == "[]" else text[2:-2].split('","')


def encode_measures(codes: Iterable[str]) -> str:
    """Sorted codes as the compact JSON array that the `measures` column holds. Codes have no quotes in them."""
    ordered = sorted(set(codes))
    return '["' + '","'.join(ordered) + '"]' if ordered else "[]"
