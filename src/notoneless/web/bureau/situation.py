"""The first page of a bureau: the day in one line, what is new, last week, who needs attention, and the sentence."""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from notoneless.collect.queries import measure_label
from notoneless.kernel.errors import DomainError
from notoneless.rollup.rules.news import KINDS
from notoneless.rollup.situation import DayTotal, Situation
from notoneless.rollup.situation import situation as situation_of
from notoneless.roster.scope import Scope
from notoneless.web.access import Reader, signed_in
from notoneless.web.bureau.board import board_of
from notoneless.web.bureau.sentence import LANGUAGES, Facts, sentence_in
from notoneless.web.keeper import kept, watched
from notoneless.web.ui.days import CLOCK
from notoneless.web.ui.pages import Page, page_number
from notoneless.web.ui.words import reading

T = TypeVar("T")


@require_safe
@signed_in
def situation(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    board = board_of(request, reader, code, "situation")
    if board.unit.level == "class":
        return redirect("bureau_figures", code)
    kind = request.GET.get("kind", "")
    if kind and kind not in KINDS:
        raise DomainError("bad_parameter", "kind")
    found = live_situation(reader.scope, code, board.shown.day, board.duty.code, is_masked=board.is_masked)
    counted = Counter(one.news.kind for one in found.news)
    shown = [one for one in found.news if not kind or one.news.kind == kind]
    page = Page(page_number(request), len(shown))
    context = {
        "board": board, "found": found, "measure": measure_name(found, reading()), "kind": kind, "page": page,
        "past_days": past_days(found),
        "kinds": [(one, counted[one]) for one in KINDS if counted[one]], "news": page.cut(shown), "as_of": found.as_of,
        "sentences": [(one, sentence_in(one, facts_of(found, one))) for one in LANGUAGES],
    }  # fmt: skip
    return render(request, "bureau/situation.html", context)


def live_situation(scope: Scope, code: str, day: date, duty_code: str, *, is_masked: bool) -> Situation:
    """At most five seconds old in a server; it says itself as of when. Raises what `completeness` raises."""
    key = ("situation", code, day, duty_code, is_masked)
    found = watched(scope, key, partial(_situation, code, day, duty_code, is_masked), fresh=5, is_watched=False)
    scope.require(found.unit.path)
    return found


def _situation(code: str, day: date, duty_code: str, is_masked: bool) -> Situation:
    return situation_of(code, day, duty_code, now=CLOCK.now(), is_masked=is_masked, recall=recalled)


def recalled(key: Hashable, make: Callable[[], T]) -> T:
    """Earlier days hardly change any more: in a server they are added up once a minute."""
    return kept.get(("earlier", key), make, is_watched=False, fresh=60)


@dataclass(frozen=True)
class Past:
    """An earlier day to compare with; `change`: of the measure, None where it may not be reckoned."""

    total: DayTotal
    is_week: bool
    change: int | None


def past_days(found: Situation) -> list[Past]:
    """The day before and the same weekday last week, as far as they were opened; one line where they are one day."""
    return [
        Past(one, is_week, None if found.now.n is None or one.n is None else found.now.n - one.n)
        for one, is_week in ((found.before, False), (found.week, True))
        if one is not None
    ]


def measure_name(found: Situation, language: str) -> str:
    return measure_label(found.duty.form, found.measure, language) if found.measure else ""


def facts_of(found: Situation, language: str) -> Facts:
    """What the sentence says; of a day that is over, no hour."""
    before = found.before
    return Facts(
        found.unit.label(language), found.duty.name(language), found.now.day,
        None if found.footing.is_over else found.as_of, found.now.counts, measure_name(found, language), found.now.n,
        before.day if before else None, before.n if before else None, found.duty.respondent == "unit",
    )  # fmt: skip
