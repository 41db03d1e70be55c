"""The drill down the tree: figures that keep themselves up to date, ranking, who is missing, one person's day."""

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
from notoneless.ledger import queries as ledger_queries
from notoneless.rollup import queries as rollup_queries
from notoneless.web.access import Reader, signed_in, watching_reader
from notoneless.web.account.guard import is_admitted
from notoneless.web.bureau.board import board_of, missing_levels
from notoneless.web.bureau.live import live_figures
from notoneless.web.reading import note_names, note_read
from notoneless.web.ui.days import CLOCK, shown_day
from notoneless.web.ui.pages import Page, page_number
from notoneless.web.ui.words import reading


@require_safe
@signed_in
def bureaus(request: HttpRequest, reader: Reader) -> HttpResponse:
    grants = reader.require("officer")
    if len(grants) == 1:
        return redirect("bureau_situation", grants[0].unit_code)
    return render(request, "bureau/choose.html", {"grants": grants})


@require_safe
def figures(request: HttpRequest, code: str) -> HttpResponse:
    """The whole page; or, asked by htmx, its figures alone, and 304 while they are what the reader already has."""
    return _poll(request, code) if request.headers.get("HX-Request") == "true" else _figures_page(request, code)


@signed_in
def _figures_page(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    board = board_of(request, reader, code, "figures")
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
def missing(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    """Who has not been heard from: people (for a school's duty the schools themselves), or the units they are in."""
    board = board_of(request, reader, code, "missing")
    by_unit = board.duty.respondent == "unit"
    levels, level = missing_levels(request, reader, board)
    context = {"board": board, "level": level, "levels": levels}
    number, day = page_number(request), board.shown.day
    if level == ("person" if not by_unit else board.duty.level):
        page = Page(number, 0)
        people = rollup_queries.missing_people(
            reader.scope, code, day, board.duty.code, limit=page.per_page, offset=page.offset
        )
        if not by_unit:
            note_names(reader.scope.actor, code, len(people.items), "missing", part=f"{day} {board.duty.code} {number}")
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


@require_safe
@signed_in
def person(request: HttpRequest, reader: Reader, code: str, person_id: int) -> HttpResponse:
    board = board_of(request, reader, code, "figures")
    found = rollup_queries.person_day(reader.scope, code, board.shown.day, person_id)
    note_read(reader, found.code, found.unit.path, "record", part=board.shown.day)
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
