"""Schools ranked among those of their own size, by completeness or by what came on time."""

from dataclasses import dataclass
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from notoneless.kernel.errors import DomainError
from notoneless.rollup import queries as rollup_queries
from notoneless.rollup.queries import Line
from notoneless.rollup.rules.news import pack
from notoneless.rollup.rules.ranks import BY, Rank, ranks, standing
from notoneless.roster.scope import SYSTEM
from notoneless.web.access import Reader, signed_in
from notoneless.web.bureau.board import Board, board_of
from notoneless.web.keeper import watched
from notoneless.web.ui.pages import Page, page_number


@dataclass(frozen=True)
class Placed:
    """A school with its rank."""

    line: Line
    rank: Rank


@dataclass(frozen=True)
class Ranking:
    """Every school below a unit, best first; `band` None: all sizes together, each still placed among its own."""

    placed: tuple[Placed, ...]
    by: str
    band: int | None
    bands: tuple[int, ...]

    @property
    def shown(self) -> list[Placed]:
        return [one for one in self.placed if self.band is None or one.rank.band == self.band]

    @property
    def sizes(self) -> list[tuple[int, str, int]]:
        """(band, its name, how many schools) of the bands that have any."""
        counted = [sum(one.rank.band == band for one in self.placed) for band in range(len(self.bands) + 1)]
        return [(band, self.band_name(band), n) for band, n in enumerate(counted) if n]

    def band_name(self, band: int) -> str:
        if band == 0:
            return _("under %(n)s") % {"n": self.bands[0]}
        if band == len(self.bands):
            return _("%(n)s and more") % {"n": self.bands[-1]}
        return _("%(least)s to %(most)s") % {"least": self.bands[band - 1], "most": self.bands[band] - 1}


@require_safe
@signed_in
def ranking(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    board = board_of(request, reader, code, "ranking")
    found = asked_ranking(request, reader, board)
    page = Page(page_number(request), len(found.shown))
    context = {"board": board, "found": found, "ranked": page.cut(found.shown), "page": page}
    return render(request, "bureau/ranking.html", context)


def asked_ranking(request: HttpRequest, reader: Reader, board: Board) -> Ranking:
    """By `by` and `size` of the address. Raises DomainError `bad_parameter`."""
    by, size = request.GET.get("by", BY[0]), request.GET.get("size", "")
    bands = pack().bands
    if by not in BY:
        raise DomainError("bad_parameter", "by")
    if size and size not in [str(band) for band in range(len(bands) + 1)]:
        raise DomainError("bad_parameter", "size")
    key = ("ranking", board.unit.code, board.shown.day, board.duty.code, by)
    placed = watched(reader.scope, key, partial(_placed, board, by), is_watched=False)
    return Ranking(placed, by, int(size) if size else None, bands)


def _placed(board: Board, by: str) -> tuple[Placed, ...]:
    lines = rollup_queries.lines_at(SYSTEM, board.unit.code, board.shown.day, board.duty.code, "school")
    found = [
        Placed(line, rank)
        for line, rank in zip(lines, ranks([line.counts for line in lines], by, pack().bands), strict=True)
    ]
    return tuple(sorted(found, key=partial(_order, by)))  # stable: they come by code


def _order(by: str, one: Placed) -> tuple[bool, int]:
    share = standing(one.line.counts, by)
    return share is None, -(share or 0)
