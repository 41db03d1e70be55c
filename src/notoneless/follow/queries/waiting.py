"""Who is not heard from, as reminding needs it: people with their households, units with how many. No scope: services
and queries ask here about units that they have found inside the viewer's scope.

The tallies say which units have anybody unheard, and only their slots are read: by the whole of the slots' index, whose
key has the session before the unit.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from notoneless.expect.queries import DutyInfo
from notoneless.kernel.clock import from_micros, to_micros
from notoneless.kernel.sql import fetch
from notoneless.ledger.queries import DayUnitRef
from notoneless.roster.tree import END

CHUNK = 500
_UNHEARD = "s.state IN ('due', 'missing') AND s.respondent_id > 0 AND s.opens_at <= %s"
_SILENT = (
    " ON s.district_id = t.district_id AND s.day = t.day AND s.duty_id = t.duty_id AND s.session = t.session"
    " AND s.unit_id = t.unit_id AND s.population = t.population"
)
"""Joins the slots `s` of a tally `t`."""
_WITHIN = "t.day = %s AND t.duty_id = %s AND t.path >= %s AND t.path < %s AND t.due + t.missing > 0"


@dataclass(frozen=True)
class Waiting:
    """A person whose report is awaited, and where they count."""

    person: int
    unit: int
    household: int | None


def waiting_in(
    unit: DayUnitRef,
    day: date,
    duty_id: int,
    *,
    now: datetime,
    limit: int,
    due_by: datetime | None = None,
    is_own: bool = False,
) -> list[Waiting]:
    """Up to `limit` people below a unit whose reports have begun to be taken and have not come in, each once.

    `due_by`: only what was due by then; `is_own`: only who counts under the unit itself.
    """
    params: list[object] = [day, duty_id, unit.path, unit.path + END, to_micros(now)]
    where = f"{_WITHIN} AND {_UNHEARD}"
    if is_own:
        where += " AND t.unit_id = %s"
        params.append(unit.unit_id)
    if due_by is not None:
        where += " AND s.due_at <= %s"
        params.append(to_micros(due_by))
    rows = fetch(
        f"SELECT s.respondent_id, s.unit_id, p.household_id FROM tally t JOIN person_slot s{_SILENT}"
        f" JOIN roster_person p ON p.id = s.respondent_id WHERE {where} LIMIT %s",
        [*params, limit],
    )
    return list({row[0]: Waiting(*row) for row in rows}.values())


def waiting_of_homes(homes: Collection[int], day: date, duty_id: int, *, now: datetime) -> list[Waiting]:
    """Everybody of these households who is still awaited, wherever they count."""
    found: dict[int, Waiting] = {}
    wanted = sorted(set(homes))
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        rows = fetch(
            "SELECT s.respondent_id, s.unit_id, p.household_id FROM roster_person p"
            " JOIN person_slot s ON s.respondent_id = p.id AND s.day = %s AND s.duty_id = %s"
            f" WHERE {_UNHEARD} AND p.household_id IN ({', '.join(['%s'] * len(some))})",
            [day, duty_id, to_micros(now), *some],
        )
        found |= {row[0]: Waiting(*row) for row in rows}
    return list(found.values())


@dataclass(frozen=True)
class Silent:
    """How many below a unit are not heard from, and since when the first of them was due."""

    people: int
    since: datetime | None


def silent_below(
    unit: tuple[int, str], rung: str, day: date, duty: DutyInfo, *, now: datetime, due_by: datetime | None = None
) -> Silent:
    """`unit`: its id and path of that day. Of a bureau only what counts there: a city's own schools are not those of
    its districts. `due_by`: only what was due by then."""
    unit_id, path = unit
    of_district, params = (" AND t.district_id = %s", [unit_id]) if rung == "bureau" else ("", [])
    rows = fetch(
        f"SELECT COUNT(*), MIN(s.due_at) FROM tally t JOIN {duty.key(day).table} s{_SILENT}"
        f" WHERE {_WITHIN}{of_district} AND {_UNHEARD}{' AND s.due_at <= %s' if due_by else ''}",
        [day, duty.id, path, path + END, *params, to_micros(now), *([to_micros(due_by)] if due_by else [])],
    )
    people, since = rows[0]
    return Silent(int(people), None if since is None else from_micros(since))


def unheard_now(unit: DayUnitRef, day: date, duty_id: int) -> int:
    """By the tallies: what is still due or missing below a unit; of a bureau, what counts there."""
    where, params = f"{_WITHIN}", [day, duty_id, unit.path, unit.path + END]
    if unit.unit_id == unit.district_id:
        where, params = where + " AND t.district_id = %s", [*params, unit.unit_id]
    rows = fetch(f"SELECT SUM(t.due + t.missing) FROM tally t WHERE {where}", params)
    return int(rows[0][0] or 0)


_BELOW = {
    "school": "t.day = u.day AND t.duty_id = %s AND t.path >= u.path AND t.path < u.path || '~'",
    "bureau": "t.district_id = u.unit_id AND t.day = u.day AND t.duty_id = %s",
}


def units_asked(rung: str, day: date, duty_id: int, *, path: str, after: str, limit: int) -> list[tuple[int, str]]:
    """(unit id, path) of the next units of a rung with anybody unheard below, by path. Of the rung `family`: the units
    that people count under themselves."""
    within: list[object] = [day, path, path + END, after]
    if rung in _BELOW:
        level = "u.level = 'school'" if rung == "school" else "u.unit_id = u.district_id"
        return _pairs(
            "SELECT u.unit_id, u.path FROM day_unit u"
            f" WHERE u.day = %s AND u.path >= %s AND u.path < %s AND u.path > %s AND {level}"
            f" AND EXISTS (SELECT 1 FROM tally t WHERE {_BELOW[rung]} AND t.due + t.missing > 0)"
            " ORDER BY u.path LIMIT %s",
            [*within, duty_id, limit],
        )
    of_class = " AND u.level = 'class'" if rung == "teacher" else ""
    return _pairs(
        "SELECT DISTINCT t.unit_id, t.path FROM tally t JOIN day_unit u ON u.day = t.day AND u.unit_id = t.unit_id"
        f" WHERE t.day = %s AND t.path >= %s AND t.path < %s AND t.path > %s AND t.duty_id = %s{of_class}"
        " AND t.due + t.missing > 0 ORDER BY t.path LIMIT %s",
        [*within, duty_id, limit],
    )


def _pairs(statement: str, params: list[object]) -> list[tuple[int, str]]:
    return [(unit_id, path) for unit_id, path in fetch(statement, params)]
