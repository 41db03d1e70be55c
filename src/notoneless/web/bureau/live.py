"""A unit's figures on a page that keeps itself up to date: what every viewer of it sees alike, kept for a second."""

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from notoneless.expect import queries as expect_queries
from notoneless.expect.queries import DutyInfo
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import DayUnitRef, SlotView
from notoneless.roster import queries as roster_queries
from notoneless.roster.roles import NAMES
from notoneless.roster.scope import SYSTEM, Scope
from notoneless.web.bureau.figures import Figures, etag_of, figures_of, for_viewer
from notoneless.web.keeper import watched
from notoneless.web.ui.pages import Page
from notoneless.web.ui.words import reading


@dataclass(frozen=True)
class LiveFigures:
    """The whole, its parts, and one page of the people who count under exactly this unit: a class's pupils, a school's
    staff."""

    unit: DayUnitRef
    duty: DutyInfo
    figures: Figures
    people: tuple[tuple[SlotView, str], ...]
    page: Page
    fingerprint: str

    @property
    def etag(self) -> str:
        return etag_of(self.fingerprint, reading())

    def context(self) -> dict[str, Any]:
        return {"figures": self.figures, "people": self.people, "people_page": self.page, "etag": self.etag}


def live_figures(scope: Scope, code: str, day: date, duty_code: str, page: int) -> LiveFigures:
    """At most a second old in a server. Raises what `completeness` raises."""
    key = ("figures", code, day, duty_code, page)
    found = watched(scope, key, partial(_figures, code, day, duty_code, page))
    scope.require(found.unit.path)
    if scope.may(NAMES, found.unit.path):
        return found
    figures = for_viewer(found.figures, scope)
    return replace(found, figures=figures, people=(), page=Page(1, 0), fingerprint=f"{found.fingerprint} counts")


def _figures(code: str, day: date, duty_code: str, number: int) -> LiveFigures:
    duty = expect_queries.duty_by_code(duty_code)
    figures = figures_of(SYSTEM, code, day, duty)
    unit = figures.whole.line.unit
    people, page = _own_people(unit, day, duty, number)
    fingerprint = etag_of([figures.etag, [(slot.state, slot.filled_at, name) for slot, name in people]])
    return LiveFigures(unit, duty, figures, people, page, fingerprint)


def _own_people(
    unit: DayUnitRef, day: date, duty: DutyInfo, number: int
) -> tuple[tuple[tuple[SlotView, str], ...], Page]:
    if duty.respondent == "unit":
        return (), Page(1, 0)
    slots = [slot for slot in ledger_queries.slots_of_unit(unit, day, duty.id) if slot.respondent_id > 0]
    page = Page(number, len(slots))
    shown = page.cut(slots)
    names = roster_queries.codes_and_names([slot.respondent_id for slot in shown])
    return tuple((slot, names[slot.respondent_id][1]) for slot in shown), page
