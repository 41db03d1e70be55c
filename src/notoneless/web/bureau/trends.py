"""A unit over weeks: completeness, what came on time, the measure that tells most; this week against last week."""

from datetime import date
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from notoneless.collect.queries import measure_label
from notoneless.expect import queries as expect_queries
from notoneless.ledger import queries as ledger_queries
from notoneless.rollup.rules.news import pack
from notoneless.rollup.trends import TrendPoint, points_of, trend_of, weeks
from notoneless.roster.scope import SYSTEM, Scope
from notoneless.web.access import Reader, signed_in
from notoneless.web.bureau.board import Board, board_of
from notoneless.web.keeper import watched
from notoneless.web.ui.charts import Chart, Series, share
from notoneless.web.ui.words import reading

SPANS = (14, 60)
"""Opened days that a trend can show."""
WEEKDAYS = (
    gettext_lazy("Mon"), gettext_lazy("Tue"), gettext_lazy("Wed"), gettext_lazy("Thu"), gettext_lazy("Fri"),
    gettext_lazy("Sat"), gettext_lazy("Sun"),
)  # fmt: skip


@require_safe
@signed_in
def trends(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    board = board_of(request, reader, code, "trends")
    if board.unit.level == "class":
        return redirect("bureau_figures", code)
    span = span_of(request)
    points, now, past = live_trend(reader.scope, board, span)
    context = {
        "board": board, "charts": charts_of(board, points, now, past), "spans": SPANS, "span": span,
    }  # fmt: skip
    return render(request, "bureau/trends.html", context)


def span_of(request: HttpRequest) -> int:
    return SPANS[1] if request.GET.get("span") == str(SPANS[1]) else SPANS[0]


Trend = tuple[tuple[TrendPoint, ...], tuple[TrendPoint, ...], tuple[TrendPoint, ...]]


def live_trend(scope: Scope, board: Board, span: int) -> Trend:
    """The span's days, this week's and last week's. At most a second old in a server."""
    key = ("trend", board.unit.code, board.shown.day, board.duty.code, span, board.is_masked)
    found = watched(scope, key, partial(_trend, *key[1:4], span, board.is_masked), is_watched=False)
    scope.require(board.unit.path)
    return found


def _trend(code: str, day: date, duty_code: str, span: int, is_masked: bool) -> Trend:
    duty = expect_queries.duty_by_code(duty_code)
    unit = ledger_queries.day_unit(SYSTEM, day, code)
    measure = pack().measures.get(duty.form, "")
    points = trend_of(unit, day, duty, measure, days=span, is_masked=is_masked)
    known = {one.day: one for one in points}
    opened = set(ledger_queries.opened_days(2 * 7 + SPANS[1]))
    wanted = [[one for one in week if one in opened and one <= day] for week in weeks(day)]
    others = [one for week in wanted for one in week if one not in known]
    known |= {one.day: one for one in points_of(unit, others, duty, measure, is_masked=is_masked)}
    now, past = (tuple(known[one] for one in week) for week in wanted)
    return points, now, past


def charts_of(
    board: Board, points: tuple[TrendPoint, ...], now: tuple[TrendPoint, ...], past: tuple[TrendPoint, ...]
) -> list[Chart]:
    """Completeness, the measure, and both of this week against last week."""
    language = reading()
    subject = f"{board.unit.label(language)} · {board.duty.name(language)}"
    code = pack().measures.get(board.duty.form, "")
    measure = measure_label(board.duty.form, code, language) if code else ""
    labels = [f"{one.day:%m-%d}" for one in points]
    span = f"{subject} · {points[0].day} – {points[-1].day}" if points else subject
    found = [
        Chart(
            "completeness", _("Completeness and on-time share"), span, "line", labels,
            [Series(_("Completeness"), [_complete(one) for one in points]),
             Series(_("On time"), [_on_time(one) for one in points])],
            is_share=True,
        )
    ]  # fmt: skip
    if measure:
        found.append(
            Chart("measure", measure, span, "bar", labels, [Series(measure, [_ill(one) for one in points])])
        )  # fmt: skip
    days = [str(name) for name in WEEKDAYS]
    until = f"{subject} · {board.shown.day}"
    this, last = _("This week"), _("Last week")
    found.append(
        Chart(
            "week-completeness", _("Completeness: this week and last week"), until, "bar", days,
            [Series(last, _by_weekday(past, True)), Series(this, _by_weekday(now, True))], is_share=True,
        )
    )  # fmt: skip
    if measure:
        title = _("%(measure)s: this week and last week") % {"measure": measure}
        found.append(
            Chart(
                "week-measure", title, until, "bar", days,
                [Series(last, _by_weekday(past, False)), Series(this, _by_weekday(now, False))],
            )
        )  # fmt: skip
    return found


def _owed(one: TrendPoint) -> int:
    return one.counts.expected - one.counts.excused


def _complete(one: TrendPoint) -> float | None:
    return share(one.counts.reported, _owed(one))


def _on_time(one: TrendPoint) -> float | None:
    return share(one.counts.on_time, _owed(one))


def _ill(one: TrendPoint) -> int | None:
    """Nothing where nothing was owed: a weekend is no day without illness."""
    return one.n if one.counts.expected else None


def _by_weekday(points: tuple[TrendPoint, ...], is_share: bool) -> list[float | int | None]:
    by_day = {one.day.weekday(): one for one in points}
    return [
        None if n not in by_day else _complete(by_day[n]) if is_share else _ill(by_day[n]) for n in range(7)
    ]  # fmt: skip
