"""The districts of a city as a sketch, coloured by completeness, with name and number beside the colour."""

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from notoneless.ledger import queries as ledger_queries
from notoneless.rollup.queries import Line
from notoneless.web.access import Reader, signed_in
from notoneless.web.bureau.board import board_of
from notoneless.web.bureau.live import live_figures
from notoneless.web.bureau.sketch import WIDTH, Shape, known, sketch_of
from notoneless.web.ui.days import CLOCK

STEPS = (Fraction(90, 100), Fraction(95, 100), Fraction(98, 100), Fraction(1))
"""Where one shade ends and the next begins: 90, 95, 98 and 100 %."""

SHADES = (
    gettext_lazy("under 90 %"), gettext_lazy("90 to 95 %"), gettext_lazy("95 to 98 %"), gettext_lazy("98 % and more"),
    gettext_lazy("complete"),
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A district or zone of the list. `number` stands in its shape where there is no room for the name; `shape` None:
    no boundary is known, and it stands as a point beside the sketch."""

    number: int
    line: Line
    shape: Shape | None

    @property
    def shade(self) -> str:
        return shade_of(self.line.counts.rate)


def shade_of(rate: Fraction | None) -> str:
    """0 (under 90 %) to 4 (complete); `none` where nothing was owed."""
    return "none" if rate is None else str(bisect_right(STEPS, rate))


@require_safe
@signed_in
def map_page(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    board = board_of(request, reader, code, "map")
    if board.unit.level not in ("city", "province"):
        return redirect("bureau_figures", code)
    figures = live_figures(reader.scope, code, board.shown.day, board.duty.code, 1).figures
    lines = [row.line for row in figures.rows if row.line.unit.level in ("district", "city") and not row.is_own]
    areas = ledger_queries.areas_of(board.shown.day, [line.unit.unit_id for line in lines])
    sketch = sketch_of(known(list(areas.values())))
    shapes = {shape.area: shape for shape in sketch.shapes} if sketch else {}
    places = [
        Place(number, line, shapes.get(areas.get(line.unit.unit_id, ""))) for number, line in enumerate(lines, start=1)
    ]
    context = {
        "board": board, "sketch": sketch, "width": WIDTH, "listed": places, "as_of": CLOCK.now(),
        "drawn": [place for place in places if place.shape], "points": [one for one in places if not one.shape],
        "shades": [(str(n), str(words)) for n, words in reversed(list(enumerate(SHADES)))],
    }  # fmt: skip
    return render(request, "bureau/map.html", context)
