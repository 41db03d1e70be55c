"""Who a letter is for, and who has read it: resolved from the roster by path, for the day on which it was sent.

A household counts once, in the first (by path) of its pupils' units below the sender: so the classes sum to the school
and the schools to the bureau, and one family is spoken to by one teacher.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from notoneless.kernel.errors import DomainError
from notoneless.kernel.sql import fetch
from notoneless.publish.queries.letters import letter_at
from notoneless.roster import queries as roster_queries
from notoneless.roster.accounts.guardians import guardians_of
from notoneless.roster.models import Unit
from notoneless.roster.roles import NAMES, REPORT
from notoneless.roster.scope import Scope
from notoneless.roster.tree import END, SEGMENT

# Every pupil with a household, placed on the letter's day in a unit u within these bounds.
_THERE = """
    pl.from_day <= %(day)s AND (pl.to_day IS NULL OR pl.to_day > %(day)s) AND a.population = 'student'
    AND a.household_id IS NOT NULL AND u.path >= %({low})s AND u.path < %({high})s
"""
_FROM_UNITS = """
    FROM roster_unit u JOIN roster_placement pl ON pl.unit_id = u.id JOIN roster_person a ON a.id = pl.person_id WHERE
"""
# A city's units are nearly all there are: one walk over the people, in their order, costs half as much as a search for
# each. CROSS, because SQLite keeps that order then; PostgreSQL finds its own.
_FROM_PEOPLE = """
    FROM roster_placement pl CROSS JOIN roster_person a CROSS JOIN roster_unit u
    WHERE a.id = pl.person_id AND u.id = pl.unit_id AND
"""
MANY_UNITS = 1000
_WITHIN, _BELOW_SENDER = _THERE.format(low="low", high="high"), _THERE.format(low="top", high="top_end")


def _from(path: str) -> str:
    is_wide = Unit.objects.filter(path__gte=path, path__lt=path + END).count() > MANY_UNITS
    return _FROM_PEOPLE if is_wide else _FROM_UNITS


def _homes(sender: str, viewed: str) -> str:
    """A statement of each household below the viewed unit and the path under which it counts. A unit below the sender
    begins with its own households, which are few, and then looks where else they have children."""
    if viewed == sender:
        return f"SELECT a.household_id, MIN(u.path) AS path {_from(sender)} {_BELOW_SENDER} GROUP BY a.household_id"
    own = f"SELECT a.household_id {_FROM_UNITS} {_WITHIN}"
    return (
        f"SELECT a.household_id, MIN(u.path) AS path {_FROM_UNITS} {_BELOW_SENDER} AND a.household_id IN ({own})"
        " GROUP BY a.household_id"
    )


@dataclass(frozen=True)
class Counts:
    """Households: that it went to, of those who opened it, and of those who confirmed it."""

    households: int
    opened: int
    confirmed: int

    @property
    def waiting(self) -> int:
        return self.households - self.confirmed

    @property
    def unopened(self) -> int:
        return self.households - self.opened

    def as_json(self) -> dict[str, int]:
        return {"households": self.households, "opened": self.opened, "confirmed": self.confirmed}


@dataclass(frozen=True)
class CountLine:
    """One unit right below the viewed one, or the unit itself for the households that belong to no unit below it."""

    code: str
    name_zh: str
    name_en: str
    is_itself: bool
    counts: Counts

    def label(self, language: str) -> str:
        return self.name_zh if language.startswith("zh") else self.name_en or self.name_zh


@dataclass(frozen=True)
class Standing:
    """A letter's figures at a unit. `lines` sum to `total`; `elsewhere`: families with a child here that are counted
    with a brother's or sister's unit."""

    total: Counts
    lines: tuple[CountLine, ...]
    elsewhere: int


def standing_of(scope: Scope, unit_code: str, letter_id: int) -> Standing:
    """Raises DomainError `out_of_scope`, `unknown_unit`."""
    unit = roster_queries.unit_by_code(scope, unit_code)
    letter = letter_at(scope, unit_code, letter_id)
    params = _params(letter.unit_path, unit.path, letter.day) | {
        "letter": letter.id,
        "length": len(unit.path) + SEGMENT,
    }
    rows = fetch(
        f"""
        SELECT SUBSTR(h.path, 1, %(length)s), COUNT(*), COUNT(r.id), COUNT(r.confirmed_at)
        FROM ({_homes(letter.unit_path, unit.path)}) h
        LEFT JOIN publish_receipt r ON r.letter_id = %(letter)s AND r.household_id = h.household_id
        WHERE h.path >= %(low)s AND h.path < %(high)s GROUP BY 1 ORDER BY 1
        """,
        params,
    )
    units = _units_at(rows)
    lines = tuple(
        CountLine(units[path].code, units[path].name, units[path].name_en, path == unit.path, Counts(*counts))
        for path, *counts in rows
    )
    total = Counts(*(sum(row[place] for row in rows) for place in (1, 2, 3)))
    here = total.households
    if unit.path != letter.unit_path:
        here = int(fetch(f"SELECT COUNT(DISTINCT a.household_id) {_FROM_UNITS} {_WITHIN}", params)[0][0])
    return Standing(total, tuple(sorted(lines, key=lambda line: line.code)), here - total.households)


def _units_at(rows: list[tuple[Any, ...]]) -> dict[str, Unit]:
    """No two units share a path."""
    return {unit.path: unit for unit in Unit.objects.filter(path__in=[row[0] for row in rows])}


def _params(sender: str, viewed: str, day: date) -> dict[str, Any]:
    return {"top": sender, "top_end": sender + END, "low": viewed, "high": viewed + END, "day": day}


def households_reached(path: str, day: date) -> int:
    """To how many households a letter of the unit with this path would go on a day."""
    statement = f"SELECT COUNT(DISTINCT a.household_id) {_from(path)} {_WITHIN}"
    return int(fetch(statement, _params(path, path, day))[0][0])


@dataclass(frozen=True)
class Unconfirmed:
    """A household of a class that has not confirmed a letter: its pupils there by id and name. `can_read`: a guardian
    has joined."""

    people: tuple[tuple[int, str], ...]
    was_opened: bool
    can_read: bool


def may_see_unconfirmed(scope: Scope, path: str) -> bool:
    """Who speaks for a class sees which of its families have not confirmed; a bureau sees how many."""
    return scope.may(NAMES, path) and scope.may(REPORT, path)


def unconfirmed_of(
    scope: Scope, unit_code: str, letter_id: int, *, today: date, limit: int, offset: int
) -> tuple[int, list[Unconfirmed]]:
    """The households that count under a unit itself and have not confirmed a letter, by their pupils' codes: how many,
    and a page of them. Raises DomainError `out_of_scope`, `unknown_unit`, `wrong_role`."""
    unit = roster_queries.unit_by_code(scope, unit_code)
    if not may_see_unconfirmed(scope, unit.path):
        raise DomainError("wrong_role")
    letter = letter_at(scope, unit_code, letter_id)
    params: Mapping[str, Any] = _params(letter.unit_path, unit.path, letter.day) | {
        "letter": letter.id, "unit": unit.pk, "limit": limit, "offset": offset,
    }  # fmt: skip
    waiting = f"""
        FROM ({_homes(letter.unit_path, unit.path)}) h
        LEFT JOIN publish_receipt r ON r.letter_id = %(letter)s AND r.household_id = h.household_id
        WHERE h.path = %(low)s AND r.confirmed_at IS NULL
    """
    total = int(fetch(f"SELECT COUNT(*) {waiting}", params)[0][0])
    rows = fetch(
        f"""
        SELECT w.household_id, w.opened, MIN(a.code)
        FROM (SELECT h.household_id, CASE WHEN r.id IS NULL THEN 0 ELSE 1 END AS opened {waiting}) w
        JOIN roster_person a ON a.household_id = w.household_id AND a.population = 'student'
        JOIN roster_placement pl ON pl.person_id = a.id AND pl.unit_id = %(unit)s
        AND pl.from_day <= %(day)s AND (pl.to_day IS NULL OR pl.to_day > %(day)s)
        GROUP BY w.household_id, w.opened ORDER BY 3 LIMIT %(limit)s OFFSET %(offset)s
        """,
        params,
    )
    shown = {row[0] for row in rows}
    pupils = roster_queries.people_in_units(scope, [unit.pk], day=letter.day, populations=["student"])
    pupils = [one for one in pupils if one.household_id in shown]
    joined = guardians_of(pupils, today)
    return total, [
        Unconfirmed(
            tuple((one.id, one.name) for one in pupils if one.household_id == home), bool(opened), bool(joined[home])
        )
        for home, opened, _ in rows
    ]
