"""Letters as a unit's staff follow them: what was sent, how many have read it, whom to call, and the way back."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from notoneless.kernel.errors import DomainError
from notoneless.publish import queries, services
from notoneless.publish.rules import needs_number
from notoneless.roster import queries as roster_queries
from notoneless.roster.roles import RULE
from notoneless.roster.scope import SYSTEM
from notoneless.web.access import Reader, signed_in
from notoneless.web.keeper import watched
from notoneless.web.letters.shown import shown
from notoneless.web.reading import note_names
from notoneless.web.ui.days import CLOCK, today
from notoneless.web.ui.pages import Page, page_number
from notoneless.web.ui.words import reading, sentence

if TYPE_CHECKING:
    from notoneless.roster.models import Unit

COUNTED = 60.0
"""Seconds for which a bureau's figures serve: a city's take a while to count."""


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def letters(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    unit = roster_queries.unit_by_code(reader.scope, code)
    refusal, status, given = "", 200, request.POST
    if request.method == "POST":
        try:
            services.set_telephone(
                reader.scope, code, given.get("number", ""), hours_zh=given.get("hours_zh", ""),
                hours_en=given.get("hours_en", ""), clock=CLOCK,
            )  # fmt: skip
            messages.success(request, _("Saved. Families find the number on their help page."))
            return redirect("letters", code)
        except DomainError as error:
            if error.code in ("out_of_scope", "wrong_role"):
                raise
            refusal, status = sentence(error), 422
    page = Page(page_number(request), 0)
    total, found = queries.letters_at(reader.scope, code, limit=page.per_page, offset=page.offset)
    return render(request, "publish/letters.html", {
        "unit": unit, "letters": found, "page": replace(page, total=total), "refusal": refusal,
        "may_send": queries.may_send(reader.scope, unit), "may_rule": reader.scope.may(RULE, unit.path),
        "telephone": given if refusal else queries.telephone_of(reader.scope, code),
    }, status=status)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def letter(request: HttpRequest, reader: Reader, code: str, letter_id: int) -> HttpResponse:
    unit = roster_queries.unit_by_code(reader.scope, code)
    info = queries.letter_at(reader.scope, code, letter_id)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            services.withdraw_letter(reader.scope, code, letter_id, why=request.POST.get("why", ""), clock=CLOCK)
            messages.success(request, _("Withdrawn. Families see that it was, and why."))
            return redirect("letter", code, letter_id)
        except DomainError as error:
            if error.code in ("out_of_scope", "wrong_role"):
                raise
            refusal, status = sentence(error), 422
    standing = _standing(reader, unit, letter_id)
    lines = Page(page_number(request, "units"), len(standing.lines), key="units")
    page, waiting = Page(page_number(request), 0), list[queries.Unconfirmed]()
    if info.asks_receipt and info.withdrawn_at is None and queries.may_see_unconfirmed(reader.scope, unit.path):
        total, waiting = queries.unconfirmed_of(
            reader.scope, code, letter_id, today=today(), limit=page.per_page, offset=page.offset
        )
        page = replace(page, total=total)
        note_names(reader.scope.actor, code, sum(len(one.people) for one in waiting), "letter",
                   part=f"{letter_id} {page.number}")  # fmt: skip
    return render(request, "publish/letter.html", {
        "unit": unit, "info": info, "sheet": shown(info, reading()), "total": standing.total,
        "elsewhere": standing.elsewhere, "lines": lines.cut(list(standing.lines)), "lines_page": lines,
        "has_lines": any(not line.is_itself for line in standing.lines), "waiting": waiting, "page": page,
        "is_own": info.unit_code == code, "may_send": info.unit_code == code and queries.may_send(reader.scope, unit),
        "refusal": refusal, "why": request.POST.get("why", ""), "is_kept": needs_number(unit.level),
    }, status=status)  # fmt: skip


def _standing(reader: Reader, unit: "Unit", letter_id: int) -> queries.Standing:
    """The caller has found unit and letter within the reader's scope."""
    if not needs_number(unit.level):
        return queries.standing_of(reader.scope, unit.code, letter_id)
    count = partial(queries.standing_of, SYSTEM, unit.code, letter_id)
    return watched(reader.scope, ("letter", unit.code, letter_id), count, fresh=COUNTED)
