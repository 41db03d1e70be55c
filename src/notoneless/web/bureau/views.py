"""The drill down the tree: figures that keep themselves up to date, ranking, who is missing, one person's day."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template import Context
from django.template.loader import get_template
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from notoneless.collect.arrival import read_day
from notoneless.expect import queries as expect_queries
from notoneless.expect.queries import DutyInfo
from notoneless.kernel.errors import DomainError
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import DayUnitRef
from notoneless.rollup import queries as rollup_queries
from notoneless.roster.roles import NAMES, RULE
from notoneless.web.access import Reader, signed_in, watching_reader
from notoneless.web.account.guard import is_admitted
from notoneless.web.bureau.live import live_figures
from notoneless.web.policy.calendar import is_year_due
from notoneless.web.reading import note_names, note_read
from notoneless.web.ui.days import CLOCK, ShownDay, shown_day
from notoneless.web.ui.pages import Page, page_number
from notoneless.web.ui.words import reading

MISSING_LEVELS = ("district", "school", "class", "person")


@dataclass(frozen=True)
class Board:
    """What every page of this audience stands on: a unit on a day, seen through one duty."""

    unit: DayUnitRef
    shown: ShownDay
    duty: DutyInfo
    duties: tuple[DutyInfo, ...]
    crumbs: tuple[DayUnitRef, ...]
    tab: str
    may_manage: bool
    is_year_due: bool

    @property
    def page(self) -> str:
        """The name of the address that shows another unit through the same tab."""
        return f"bureau_{self.tab}"


def _board(request: HttpRequest, reader: Reader, code: str, tab: str) -> Board:
    shown = shown_day(request)
    known = expect_queries.duties()
    duty_code = request.GET.get("duty", "daily-health")
    if duty_code not in known:
        raise DomainError("unknown_duty", "duty", known=", ".join(known))
    unit = ledger_queries.day_unit(reader.scope, shown.day, code)
    above = [ref for ref in ledger_queries.ancestors(shown.day, unit) if reader.scope.covers(ref.path)]
    duties = tuple(duty for duty in known.values() if unit.level != "class" or duty.respondent == "person")
    may_manage = unit.level != "class" and reader.scope.may(RULE, unit.path)
    is_late = may_manage and unit.level != "school" and is_year_due()
    return Board(unit, shown, known[duty_code], duties, (*above, unit), tab, may_manage, is_late)


@require_safe
@signed_in
def bureaus(request: HttpRequest, reader: Reader) -> HttpResponse:
    grants = reader.require("officer")
    if len(grants) == 1:
        return redirect("bureau_figures", grants[0].unit_code)
    return render(request, "bureau/choose.html", {"grants": grants})


@require_safe
def figures(request: HttpRequest, code: str) -> HttpResponse:
    """The whole page; or, asked by htmx, its figures alone, and 304 while they are what the reader already has."""
    return _poll(request, code) if request.headers.get("HX-Request") == "true" else _figures_page(request, code)


@signed_in
def _figures_page(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    board = _board(request, reader, code, "figures")
    found = live_figures(reader.scope, code, board.shown.day, board.duty.code, page_number(request))
    return render(request, "bureau/figures.html", {"board": board, **found.context(), "as_of": CLOCK.now()})


def _poll(request: HttpRequest, code: str) -> HttpResponse:
    """Costs the database nothing but its share of one computation a second (web/keeper.py)."""
    reader = watching_reader(request, is_admitted)
    if reader is None:
        return redirect_to_login(request.get_full_path())
    day = read_day(request.GET["day"]) if "day" in request.GET else shown_day(request).day
    found = live_figures(reader.scope, code, day, request.GET.get("duty", "daily-health"), page_number(request))
    as_of = CLOCK.now()
    headers = {"ETag": found.etag, "X-As-Of": f"{localtime(as_of):%H:%M:%S}"}
    if request.headers.get("If-None-Match") == found.etag:
        return HttpResponse(status=304, headers=headers)
    # Without the page's context processors, which would ask the database who is reading once more.
    board = {"duty": found.duty, "unit": found.unit}
    context = Context({"board": board, **found.context(), "as_of": as_of, "request": request})
    context.request = request  # type: ignore[attr-defined] # where the querystring tag looks
    fragment: Any = get_template("bureau/figures.html#figures")
    return HttpResponse(fragment.template.render(context), headers=headers)


@require_safe
@signed_in
def ranking(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    board = _board(request, reader, code, "ranking")
    ranked = rollup_queries.ranking(reader.scope, code, board.shown.day, board.duty.code, "school")
    page = Page(page_number(request), len(ranked))
    return render(request, "bureau/ranking.html", {"board": board, "ranked": page.cut(ranked), "page": page})


@require_safe
@signed_in
def missing(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    """Who has not been heard from: people (for a school's duty the schools themselves), or the units they are in."""
    board = _board(request, reader, code, "missing")
    by_unit = board.duty.respondent == "unit"
    own = board.duty.level if by_unit else "person"
    levels = [level for level in _levels_below(board.unit) if not by_unit or level in ("district", "school")]
    if own == "person" and not reader.scope.may(NAMES, board.unit.path):
        levels = [one for one in levels if one != "person"]  # counts, and no names
        own = levels[-1] if levels else own
    level = request.GET.get("level", own)
    if level not in MISSING_LEVELS:
        raise DomainError("unknown_level", "level", known=", ".join(MISSING_LEVELS))
    context = {"board": board, "level": level, "levels": levels}
    number, day = page_number(request), board.shown.day
    if level == ("person" if not by_unit else own):
        page = Page(number, 0)
        people = rollup_queries.missing_people(
            reader.scope, code, day, board.duty.code, limit=page.per_page, offset=page.offset
        )
        if not by_unit:
            note_names(reader.scope.actor, code, len(people.items), "missing")
        schools = ledger_queries.day_units(day, {one.unit.parent_id for one in people.items if one.unit.parent_id})
        context |= {"people": people.items, "page": Page(number, people.total)}
        # Above the school, a class alone does not say where somebody is.
        context["schools"] = {} if board.unit.level in ("school", "class") else {
            unit_id: ref.label(reading()) for unit_id, ref in schools.items() if ref.level == "school"
        }  # fmt: skip
        return render(request, "bureau/missing.html", context)
    lines = rollup_queries.missing_units(reader.scope, code, day, board.duty.code, level)
    page = Page(number, len(lines))
    return render(request, "bureau/missing.html", context | {"lines": page.cut(lines), "page": page})


def _levels_below(unit: DayUnitRef) -> list[str]:
    """The levels that can stand below a unit, widest first; people last."""
    order = ("province", "city", "district", "central", "school", "class", "person")
    return [level for level in order[order.index(unit.level) + 1 :] if level in MISSING_LEVELS]


@require_safe
@signed_in
def person(request: HttpRequest, reader: Reader, code: str, person_id: int) -> HttpResponse:
    board = _board(request, reader, code, "figures")
    found = rollup_queries.person_day(reader.scope, code, board.shown.day, person_id)
    note_read(reader, found.code, found.unit.path, "record")
    duties = {duty.id: duty for duty in expect_queries.duties().values()}
    cards = [
        {
            "duty": duties[duty_id],
            "slot": slot,
            "revisions": [r for r in found.revisions if (r.duty_id, r.session) == (duty_id, slot.session)],
        }
        for duty_id, slot in found.slots
    ]
    return render(
        request, "bureau/person.html", {"board": board, "person": found, "cards": cards, "person_id": person_id}
    )
