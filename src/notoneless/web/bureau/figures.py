"""A unit's figures as the page shows them, and a fingerprint by which a poller knows that nothing has changed."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date

import msgspec

from notoneless.expect.queries import DutyInfo
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import DayUnitRef
from notoneless.rollup import queries as rollup_queries
from notoneless.rollup import small
from notoneless.rollup.queries import Completeness, Line
from notoneless.roster.scope import Scope

CLOSURE = "closure"


@dataclass(frozen=True)
class Row:
    """A line of the table. `is_own`: slots of the unit itself, which stands among its children."""

    line: Line
    is_closed: bool
    is_own: bool

    @property
    def opens_children(self) -> bool:
        return not self.is_own


@dataclass(frozen=True)
class Figures:
    """The whole, its parts, and who is counted."""

    found: Completeness
    whole: Row
    rows: tuple[Row, ...]

    @property
    def etag(self) -> str:
        closed = [row.line.unit.code for row in (self.whole, *self.rows) if row.is_closed]
        names = [row.line.unit.name for row in self.rows]
        return etag_of([self.found.as_json(), closed, names])


def etag_of(content: object, *varies: str) -> str:
    """A strong ETag of what is about to be shown; `varies`: language and the like."""
    body = msgspec.json.encode([content, varies])
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def figures_of(scope: Scope, unit_code: str, day: date, duty: DutyInfo) -> Figures:
    found = rollup_queries.completeness(scope, unit_code, day, duty.code)
    lines = [found.line, *found.children]
    closed = _closed([line for line in lines if is_all_excused(line)], day, duty)
    own = found.line.unit.unit_id
    whole = Row(found.line, own in closed, is_own=True)
    rows = tuple(Row(line, line.unit.unit_id in closed, line.unit.unit_id == own) for line in found.children)
    return Figures(found, whole, rows)


def for_viewer(figures: Figures, scope: Scope) -> Figures:
    """Without the small counts that this viewer may not have."""
    found = small.for_viewer(figures.found, scope)
    if found is figures.found:
        return figures
    rows = tuple(replace(row, line=line) for row, line in zip(figures.rows, found.children, strict=True))
    return Figures(found, replace(figures.whole, line=found.line), rows)


def is_all_excused(line: Line) -> bool:
    counts = line.counts
    return 0 < counts.expected == counts.excused


def _closed(lines: list[Line], day: date, duty: DutyInfo) -> set[int]:
    """The ids of those units (all excused) that are excused by a closure."""
    units: dict[int, DayUnitRef] = {line.unit.unit_id: line.unit for line in lines}
    reasons = ledger_queries.excuses_of(list(units.values()), day, duty.id, table=duty.key(day).table)
    return {unit_id for unit_id, reason in reasons.items() if reason == CLOSURE}
