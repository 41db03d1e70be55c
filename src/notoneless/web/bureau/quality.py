"""How far a unit's figures may be trusted: a panel of hints, each with the way to where it can be asked about."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from notoneless.rollup.quality import quality_of
from notoneless.rollup.rules.news import pack
from notoneless.web.access import Reader, signed_in
from notoneless.web.bureau.board import board_of
from notoneless.web.ui.days import CLOCK
from notoneless.web.ui.pages import PER_PAGE


@require_safe
@signed_in
def quality(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    board = board_of(request, reader, code, "quality")
    if board.unit.level == "class":
        return redirect("bureau_figures", code)
    found = quality_of(reader.scope, code, board.shown.day, board.duty)
    is_old = found.imported_at is None or CLOCK.now() - found.imported_at > timedelta(days=pack().import_days)
    context = {
        "board": board, "found": found, "thresholds": pack(), "is_old": is_old, "most": PER_PAGE,
        "mismatches": found.mismatches[:PER_PAGE], "too_even": found.too_even[:PER_PAGE],
    }  # fmt: skip
    return render(request, "bureau/quality.html", context)
