"""What a batch needs to know, read in sets: who the respondents are, their slots, and what was seen before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property

import msgspec

from notoneless.collect.services.check import Checked
from notoneless.kernel.errors import DomainError
from notoneless.kernel.rowset import fetch_with
from notoneless.kernel.sql import fetch, rows_table
from notoneless.ledger import services as ledger
from notoneless.ledger.keys import SessionKey


class RespondentRef(msgspec.Struct, frozen=True):
    """A person or unit as of one day, where they belong. `unit_id` 0 when a person had no place on that day."""

    id: int
    population: str
    household_id: int | None
    unit_id: int
    district_id: int
    path: str
    level: str = ""


class KeptReport(msgspec.Struct, frozen=True):
    """A report of an earlier request: what tells a repeat from a clash, and what its sender was told."""

    digest: str
    state: str
    on_time: bool
    revision: int


class Found(msgspec.Struct, frozen=True):
    """What the ledger knows of one report: its respondent (None: nobody of that code), slot and earlier twin."""

    respondent: RespondentRef | None
    row: ledger.SlotRow | None
    kept: KeptReport | None


_COLUMNS = {"n": "int", "code": "text", "duty_id": "int", "session": "smallint"}
_SLOT_ON = "s.day = %s AND s.duty_id = k.duty_id AND s.session = k.session"
_PERSON = (
    ("k.n", "p.id", "p.household_id", *ledger.SLOT_WANTED),
    f"FROM k LEFT JOIN roster_person p ON p.code = k.code"
    f" LEFT JOIN person_slot s ON s.respondent_id = p.id AND {_SLOT_ON}",
)
_UNIT = (
    ("k.n", "p.unit_id", "NULL", *ledger.SLOT_WANTED),
    "FROM k LEFT JOIN day_unit p ON p.day = %s AND p.code = k.code"
    f" LEFT JOIN unit_slot s ON s.respondent_id = p.unit_id AND {_SLOT_ON}",
)
_SLOT_AT = 3


def find(checked: Sequence[Checked], *, everywhere: bool = False) -> dict[int, Found]:
    """What is known of each report, by its place in the batch. The slots are read, not locked: see `write_fills`.

    A twin is looked for where the slot was filled before, and `everywhere` when asked: a first report whose id was
    used elsewhere cannot be kept, and then the batch asks again.
    """
    groups: dict[tuple[str, date], list[Checked]] = defaultdict(list)
    for report in checked:
        groups[report.key.respondent, report.key.day].append(report)
    found: dict[int, Found] = {}
    for (respondent, day), reports in sorted(groups.items()):
        is_person = respondent == "person"
        wanted, rest = _PERSON if is_person else _UNIT
        rows = [(one.place, one.arrival.respondent, one.key.duty_id, one.key.session) for one in reports]
        days = [str(day)] * (1 if is_person else 2)
        lines = fetch_with(_COLUMNS, rows, wanted, rest, *days).rows()
        slots = {line[0]: ledger.slot_row(line[_SLOT_AT:]) for line in lines if line[_SLOT_AT] is not None}
        belonging = _belonging(reports, {line[0]: (line[1], line[2]) for line in lines}, slots, day)
        twins = _twins([one for one in reports if everywhere or one.place not in slots or slots[one.place].revision])
        for one in reports:
            n = one.place
            found[n] = Found(belonging.get(n), slots.get(n), twins.get(one.arrival.id))
    return found


def _belonging(
    reports: Sequence[Checked],
    people: Mapping[int, tuple[int | None, int | None]],
    slots: Mapping[int, ledger.SlotRow],
    day: date,
) -> dict[int, RespondentRef]:
    """Who each report is about. `people`: id and household, by place.

    A slot that counts says itself where; for the others the roster or the tree says.

    The path is only asked for where the sender's scope needs one: a household's alone does not.
    """
    known: dict[int, RespondentRef] = {}
    by_path: dict[int, int] = {}
    others: list[Checked] = []
    for one in reports:
        n, slot = one.place, slots.get(one.place)
        respondent_id, household_id = people[n]
        if respondent_id is None:
            continue
        if slot is None or slot.state in ("void", "voluntary"):
            others.append(one)
            continue
        known[n] = RespondentRef(respondent_id, slot.population, household_id, slot.unit_id, slot.district_id, "")
        if not one.scope.is_everything and (one.scope.paths or household_id not in one.scope.households):
            by_path[n] = slot.unit_id
    if by_path:
        paths = _paths(day, sorted(set(by_path.values())))
        for n, unit_id in by_path.items():
            known[n] = msgspec.structs.replace(known[n], path=paths.get(unit_id, ""))
    if others:
        codes = sorted({one.arrival.respondent for one in others})
        places = _units(day, codes) if others[0].arrival.is_unit else _placements(day, codes)
        known |= {one.place: places[one.arrival.respondent] for one in others}
    return known


def _twins(reports: Sequence[Checked]) -> dict[str, KeptReport]:
    """The reports of these ids that are kept already."""
    if not reports:
        return {}
    ids = sorted({one.arrival.id for one in reports})
    lines = fetch_with(
        {"id": "uuid"}, [(one,) for one in ids], ("r.id", "r.digest", "r.state", "r.on_time", "r.revision"),
        "FROM k JOIN report r ON r.id = k.id",
    )  # fmt: skip
    return {
        id_ if isinstance(id_, str) else id_.hex: KeptReport(digest, state, bool(on_time), revision)
        for id_, digest, state, on_time, revision in lines.rows()
    }


def _paths(day: date, unit_ids: Sequence[int]) -> dict[int, str]:
    wanted, rest = ("u.unit_id", "u.path"), "FROM k JOIN day_unit u ON u.day = %s AND u.unit_id = k.id"
    lines = fetch_with({"id": "int"}, [(one,) for one in unit_ids], wanted, rest, str(day)).rows()
    return {line[0]: line[1] for line in lines}


def _units(day: date, codes: Sequence[str]) -> dict[str, RespondentRef]:
    wanted = ("u.code", "u.unit_id", "u.district_id", "u.path", "u.level")
    rest = "FROM k JOIN day_unit u ON u.day = %s AND u.code = k.code"
    lines = fetch_with({"code": "text"}, [(code,) for code in codes], wanted, rest, str(day)).rows()
    return {
        code: RespondentRef(unit_id, "unit", None, unit_id, district_id, path, level)
        for code, unit_id, district_id, path, level in lines
    }


def _placements(day: date, codes: Sequence[str]) -> dict[str, RespondentRef]:
    source, params = rows_table("k", {"code": "text"}, [(code,) for code in codes])
    rows = fetch(
        f"""
        SELECT p.code, p.id, p.population, p.household_id, COALESCE(u.unit_id, 0), COALESCE(u.district_id, 0),
               COALESCE(u.path, ''), COALESCE(u.level, '')
        FROM roster_person p
        LEFT JOIN roster_placement pl ON pl.person_id = p.id AND pl.from_day <= %s
             AND (pl.to_day IS NULL OR pl.to_day > %s)
        LEFT JOIN day_unit u ON u.day = %s AND u.unit_id = pl.unit_id
        WHERE p.code IN (SELECT k.code FROM {source})
        """,
        [day, day, day, *params],
    )
    return {code: RespondentRef(*rest) for code, *rest in rows}


class SessionTimes(msgspec.Struct, frozen=True):
    """Microseconds since 1970: the window of new slots, and when the day is locked."""

    window: tuple[int, int, int]
    locks_at: int


_TIMES = ("k.day", "s.duty_id", "s.session", "s.opens_at", "s.due_at", "s.closes_at", "s.locks_at")


class Sessions:
    """The sessions of the days that a batch is about."""

    def __init__(self, days: Iterable[date], today: date) -> None:
        self._today = today
        rows = [(str(day),) for day in sorted(set(days))]
        self._answer = fetch_with({"day": "date"}, rows, _TIMES, "FROM k JOIN day_session s ON s.day = k.day")

    @cached_property
    def _open(self) -> dict[tuple[str, int, int], SessionTimes]:
        return {
            (str(day), duty_id, session): SessionTimes((opens_at, due_at, closes_at), locks_at)
            for day, duty_id, session, opens_at, due_at, closes_at, locks_at in self._answer.rows()
        }

    def has(self, key: SessionKey) -> bool:
        return (str(key.day), key.duty_id, key.session) in self._open

    def require(self, key: SessionKey, now: int) -> SessionTimes:
        """Raises DomainError `day_not_begun`, `day_not_open` or `day_locked`."""
        if key.day > self._today:
            raise DomainError("day_not_begun", "day", day=key.day)
        session = self._open.get((str(key.day), key.duty_id, key.session))
        if session is None:
            raise DomainError("day_not_open", "day", day=key.day)
        if now >= session.locks_at:
            raise DomainError("day_locked", "day", day=key.day)
        return session
