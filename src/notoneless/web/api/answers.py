"""What the API and the command line answer about a unit's day, as plain data."""

from datetime import date
from functools import partial
from typing import Any

from notoneless.expect import queries as expect_queries
from notoneless.kernel.errors import DomainError
from notoneless.ledger import queries as ledger_queries
from notoneless.rollup import queries as rollup_queries
from notoneless.rollup.people import person_days
from notoneless.rollup.queries import Line, Ranked
from notoneless.rollup.small import for_viewer
from notoneless.roster import queries as roster_queries
from notoneless.roster.scope import SYSTEM, Scope
from notoneless.web.keeper import watched

MISSING_LEVELS = ("person", "class", "school", "district")


def completeness_json(scope: Scope, code: str, day: date, duty: str) -> dict[str, Any]:
    found = watched(
        scope, ("completeness", code, day, duty), partial(rollup_queries.completeness, SYSTEM, code, day, duty)
    )
    scope.require(found.line.unit.path)
    return for_viewer(found, scope).as_json()


def missing_json(
    scope: Scope, code: str, day: date, duty: str, level: str = "", limit: int = 100, offset: int = 0
) -> dict[str, Any]:
    """Who has not been heard from: persons (for a unit's duty the units that owe it), or the units of a level with
    anyone due or missing, most first. Without a level: persons, or schools. Raises DomainError `unknown_level`.
    """
    found = expect_queries.duty_by_code(duty)
    own = found.level or "school" if found.respondent == "unit" else "person"
    level = level or own
    known = [one for one in MISSING_LEVELS if found.respondent == "person" or one in (own, "district")]
    if level not in known:
        raise DomainError("unknown_level", "level", known=", ".join(known))
    items: list[dict[str, Any]]
    if level == own:
        page = rollup_queries.missing_people(scope, code, day, duty, limit=limit, offset=offset)
        total, items = page.total, [one.as_json() for one in page.items]
    else:
        lines = rollup_queries.missing_units(scope, code, day, duty, level)
        total, items = len(lines), [_line_json(line) for line in lines[offset : offset + limit]]
    return {"unit": code, "day": str(day), "duty": duty, "level": level, "total": total, "items": items}


def ranking_json(
    scope: Scope, code: str, day: date, duty: str, level: str = "school", limit: int = 100, offset: int = 0
) -> dict[str, Any]:
    """The units of a level by completeness, best first. Raises DomainError `unknown_level`."""
    level = level or "school"
    ranked, path = watched(scope, ("ranking", code, day, duty, level), partial(_ranked, code, day, duty, level))
    scope.require(path)
    items = [one.as_json() for one in ranked[offset : offset + limit]]
    return {"unit": code, "day": str(day), "duty": duty, "level": level, "total": len(ranked),
            "items": items}  # fmt: skip


def person_days_json(scope: Scope, code: str, until: date, duty: str, days: int = 30) -> dict[str, Any]:
    """A person's last days of one duty: states and what was raised, no answers."""
    items = [one.as_json() for one in person_days(scope, code, duty, until, days=days)]
    return {"person": code, "until": str(until), "duty": duty, "days": days, "items": items}


def is_own_child(scope: Scope, code: str) -> bool:
    """Whether a person is of one of the scope's own households."""
    person = roster_queries.persons_by_code([code]).get(code)
    return person is not None and person.household_id in scope.households


def _ranked(code: str, day: date, duty: str, level: str) -> tuple[list[Ranked], str]:
    """All of a level, and the path of the unit that it is below. What is wrong with the question is told before the
    unit is looked for: an error must not say whether a unit exists.
    """
    ranked = rollup_queries.ranking(SYSTEM, code, day, duty, level)
    return ranked, ledger_queries.day_unit(SYSTEM, day, code).path


def _line_json(line: Line) -> dict[str, Any]:
    counts = line.counts
    return {
        "unit": line.unit.code, "name": line.unit.name, "level": line.unit.level, "expected": counts.expected,
        "reported": counts.reported, "excused": counts.excused, "missing": counts.missing, "due": counts.due,
        "rate": None if counts.rate is None else float(counts.rate),
    }  # fmt: skip
