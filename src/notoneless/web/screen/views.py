"""A unit's day on a wall: live, without interaction, and never a person's name.

The page asks again each second for its board alone. What is counted is kept for a second, what is compared for ten, the
weeks for a minute: a wall must not cost what it shows.
"""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template import Context
from django.template.loader import get_template
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from notoneless.expect import queries as expect_queries
from notoneless.kernel.errors import DomainError
from notoneless.ledger import queries as ledger_queries
from notoneless.rollup.queries import Line
from notoneless.rollup.rules import Counts
from notoneless.rollup.rules.news import pack
from notoneless.rollup.situation import Situation, Told
from notoneless.rollup.situation import situation as situation_of
from notoneless.rollup.trends import TrendPoint, trend_of
from notoneless.roster.scope import SYSTEM, Scope
from notoneless.web.access import Reader, signed_in, watching_reader
from notoneless.web.account.guard import is_admitted
from notoneless.web.bureau.figures import Figures, etag_of
from notoneless.web.bureau.live import live_figures
from notoneless.web.bureau.situation import measure_name, recalled
from notoneless.web.keeper import watched
from notoneless.web.ui.charts import share
from notoneless.web.ui.days import CLOCK, shown_day
from notoneless.web.ui.words import reading

PARTS, NEWS, DAYS = 8, 6, 14
"""Lines of units, lines of news, bars of days: what a wall has room for."""
BAR_HEIGHT = 100


@dataclass(frozen=True)
class Part:
    """A district (school, class) and how many of it have not been heard from."""

    line: Line

    @property
    def width(self) -> int:
        """Of its bar, in hundredths of what was owed."""
        owed = self.line.counts.expected - self.line.counts.excused
        return 100 * self.line.counts.reported // owed if owed else 100


@dataclass(frozen=True)
class Bar:
    """One day's completeness: heights in hundredths; a day on which nothing was owed has none."""

    day: date
    rate: float | None

    @property
    def height(self) -> int:
        return 0 if self.rate is None else max(1, int(self.rate) * BAR_HEIGHT // 100)

    @property
    def top(self) -> int:
        return BAR_HEIGHT - self.height


@dataclass(frozen=True)
class Wall:
    """What the wall shows. No person is named: `news` and `parts` are about units."""

    figures: Figures
    parts: tuple[Part, ...]
    situation: Situation
    bars: tuple[Bar, ...]

    @property
    def counts(self) -> Counts:
        return self.figures.whole.line.counts

    @property
    def news(self) -> tuple[Told, ...]:
        return self.situation.news[:NEWS]

    @property
    def more(self) -> int:
        return max(0, len(self.situation.news) - NEWS)

    def context(self) -> dict[str, Any]:
        return {
            "wall": self, "counts": self.counts, "unit": self.situation.unit, "duty": self.situation.duty,
            "measure": measure_name(self.situation, reading()),
        }  # fmt: skip

    @property
    def etag(self) -> str:
        told = [(one.unit.code, one.news.kind, one.news.now, one.news.before) for one in self.news]
        found = self.situation
        bars = [(str(bar.day), bar.rate) for bar in self.bars]
        return etag_of(
            [self.figures.etag, told, self.more, bars, found.now.n, found.before and found.before.n], reading()
        )


@require_safe
@signed_in
def screens(request: HttpRequest, reader: Reader) -> HttpResponse:
    """A wall account's first page: its screen."""
    grants = reader.require("wall")
    return redirect("screen", grants[0].unit_code)


@require_safe
def screen(request: HttpRequest, code: str) -> HttpResponse:
    """The whole page; or, asked by its script, its board alone, and 304 while it is what the wall already shows."""
    return _poll(request, code) if request.headers.get("HX-Request") == "true" else _page(request, code)


@signed_in
def _page(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    wall = wall_of(request, reader.scope, code)
    as_of = CLOCK.now()
    answer = render(request, "screen/screen.html", {**wall.context(), "etag": wall.etag, "as_of": as_of})
    return answer


def _poll(request: HttpRequest, code: str) -> HttpResponse:
    reader = watching_reader(request, is_admitted)
    if reader is None:
        return redirect_to_login(request.get_full_path())
    wall = wall_of(request, reader.scope, code)
    headers = {"ETag": wall.etag, "X-As-Of": f"{localtime(CLOCK.now()):%H:%M:%S}"}
    if request.headers.get("If-None-Match") == wall.etag:
        return HttpResponse(status=304, headers=headers)
    fragment: Any = get_template("screen/screen.html#board")
    return HttpResponse(fragment.template.render(Context(wall.context())), headers=headers)


def wall_of(request: HttpRequest, scope: Scope, code: str) -> Wall:
    """Always without small counts, whoever looks: a wall is seen by whoever comes in."""
    day = shown_day(request).day
    duty = request.GET.get("duty", "daily-health")
    live = live_figures(
        Scope(scope.actor, scope.paths, is_everything=scope.is_everything, powers=()), code, day, duty, 1
    )
    if live.unit.level == "class":
        raise DomainError("out_of_scope", "unit")
    told = watched(scope, ("wall", code, day, duty), partial(_situation, code, day, duty), fresh=10)
    points = watched(scope, ("wall-days", code, day, duty), partial(_points, code, day, duty), fresh=60)
    lines = sorted(
        (row.line for row in live.figures.rows if row.line.counts.unheard and not row.is_own),
        key=lambda line: (-line.counts.unheard, line.unit.code),
    )
    bars = tuple(Bar(one.day, share(one.counts.reported, one.counts.expected - one.counts.excused)) for one in points)
    return Wall(live.figures, tuple(Part(line) for line in lines[:PARTS]), told, bars)


def _situation(code: str, day: date, duty: str) -> Situation:
    return situation_of(code, day, duty, now=CLOCK.now(), is_masked=True, recall=recalled)


def _points(code: str, day: date, duty_code: str) -> tuple[TrendPoint, ...]:
    duty = expect_queries.duty_by_code(duty_code)
    unit = ledger_queries.day_unit(SYSTEM, day, code)
    return trend_of(unit, day, duty, pack().measures.get(duty.form, ""), days=DAYS, is_masked=True)
