"""What the API and the command line answer about a unit's day, as plain data."""

from datetime import date
from typing import Any

from notoneless.expect import queries as expect_queries
from notoneless.kernel.errors import DomainError
from notoneless.rollup import queries as rollup_queries
from notoneless.rollup.queries import Line
from notoneless.roster.scope import Scope

MISSING_LEVELS = ("person", "class", "school", "district")


def completeness_json(scope: Scope, code: str, day: date, duty: str) -> dict[str, Any]:
    return rollup_queries.completeness(scope, code, day, duty).as_json()


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
    ranked = rollup_queries.ranking(scope, code, day, duty, level or "school")
    items = [one.as_json() for one in ranked[offset : offset + limit]]
    return {"unit": code, "day": str(day), "duty": duty, "level": level or "school", "total": len(ranked),
            "items": items}  # fmt: skip


def _line_json(line: Line) -> dict[str, Any]:
    counts = line.counts
    return {
        "unit": line.unit.code, "name": line.unit.name, "level": line.unit.level, "expected": counts.expected,
        "reported": counts.reported, "excused": counts.excused, "missing": counts.missing, "due": counts.due,
        "rate": None if counts.rate is None else float(counts.rate),
    }  # fmt: skip
