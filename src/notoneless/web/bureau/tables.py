"""The tables of a bureau's pages as sheets: the same figures, masked the same, with what their columns mean."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notoneless.collect.queries import measure_label
from notoneless.kernel.errors import DomainError
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import DayUnitRef
from notoneless.rollup import queries as rollup_queries
from notoneless.rollup.queries import Line
from notoneless.rollup.rules import Counts
from notoneless.rollup.rules.news import pack
from notoneless.web.access import Reader
from notoneless.web.bureau.board import Board, missing_levels
from notoneless.web.bureau.live import live_figures
from notoneless.web.bureau.ranking import asked_ranking
from notoneless.web.bureau.situation import live_situation, measure_name
from notoneless.web.bureau.trends import live_trend, span_of
from notoneless.web.reading import note_names
from notoneless.web.sheets import HIDDEN, MOST, Cell, Column, Sheet
from notoneless.web.ui.tags import clock_time, tenths
from notoneless.web.ui.words import STATES, reading, state_key

COUNTED: Mapping[str, tuple[object, object]] = {
    "expected": (gettext_lazy("Expected"), gettext_lazy("All who owed a report on this day, excused ones among them.")),
    "reported": (gettext_lazy("Reported"), gettext_lazy("Those of them who reported, on time or late.")),
    "on_time": (gettext_lazy("On time"), gettext_lazy("Reported by the due time.")),
    "late": (gettext_lazy("Late"), gettext_lazy("Reported after the due time.")),
    "excused": (gettext_lazy("Excused"), gettext_lazy("Need not report: school closed, or another reason of a rule.")),
    "unheard": (gettext_lazy("Unheard"), gettext_lazy("Owed and not reported.")),
    "rate": (gettext_lazy("Rate"), gettext_lazy("Reported, of those expected and not excused; rounded down.")),
}
MASK_NOTE = gettext_lazy("A star stands for one to four people, or for a figure that would tell such a one.")


def counted_columns() -> list[Column]:
    return [Column(str(name), str(meaning)) for name, meaning in COUNTED.values()]


def counted(counts: Counts) -> list[Cell]:
    return [getattr(counts, name) for name in COUNTED]


def unit_columns() -> list[Column]:
    return [Column(_("Unit"), _("Its name on that day.")), Column(_("Code"), _("The unit's code in the roster."))]


def sheet_of(table: str, request: HttpRequest, reader: Reader, board: Board, as_of: datetime) -> Sheet:
    """Raises DomainError `page_not_found` for a table that there is not."""
    if table not in TABLES:
        raise DomainError("page_not_found")
    title, columns, rows = TABLES[table](request, reader, board)
    facts = [
        (_("Unit"), f"{board.unit.label(reading())} ({board.unit.code})"),
        (_("Duty"), board.duty.name(reading())),
        (_("Day"), str(board.shown.day)),
        (_("As of"), f"{localtime(as_of):%Y-%m-%d %H:%M:%S}"),
    ]
    return Sheet(title, facts, columns, rows, [str(MASK_NOTE)])


Table = tuple[str, Sequence[Column], Sequence[Sequence[Cell]]]


def _figures(request: HttpRequest, reader: Reader, board: Board) -> Table:
    found = live_figures(reader.scope, board.unit.code, board.shown.day, board.duty.code, 1).figures
    lines = [found.whole.line, *(row.line for row in found.rows)]
    codes = sorted({code for line in lines for code in (*line.measures, *line.hidden)})
    form = board.duty.form
    measured = [
        Column(measure_label(form, code, reading()), _("Reports that say so. Its code: %(code)s.") % {"code": code})
        for code in codes
    ]
    return (
        _("Figures"), [*unit_columns(), *counted_columns(), *measured],
        [[line.unit.label(reading()), line.unit.code, *counted(line.counts), *_measured(line, codes)]
         for line in lines],
    )  # fmt: skip


def _measured(line: Line, codes: Sequence[str]) -> list[Cell]:
    return [HIDDEN if code in line.hidden else line.measures.get(code, 0) for code in codes]


def _ranking(request: HttpRequest, reader: Reader, board: Board) -> Table:
    found = asked_ranking(request, reader, board)
    columns = [
        Column(_("Rank"), _("Among schools of its size; equal shares share a place.")),
        Column(_("Peers"), _("Schools of its size of which anything was asked.")),
        Column(_("Size"), _("How many were asked: the band in which it is ranked.")),
    ]  # fmt: skip
    on_time = Column(_("On-time share"), _("Reported on time, of those expected and not excused; rounded down."))
    return (
        _("Ranking"), [*columns, *unit_columns(), *counted_columns(), on_time],
        [
            [one.rank.place, one.rank.peers, found.band_name(one.rank.band), one.line.unit.label(reading()),
             one.line.unit.code, *counted(one.line.counts), one.line.counts.on_time_rate]
            for one in found.shown
        ],
    )  # fmt: skip


def _missing(request: HttpRequest, reader: Reader, board: Board) -> Table:
    _levels, level = missing_levels(request, reader, board)
    scope, code, day, duty = reader.scope, board.unit.code, board.shown.day, board.duty
    if level != ("person" if duty.respondent == "person" else duty.level):
        lines = rollup_queries.missing_units(scope, code, day, duty.code, level)
        return (
            _("Not yet heard from"), [*unit_columns(), *counted_columns()],
            [[line.unit.label(reading()), line.unit.code, *counted(line.counts)] for line in lines],
        )  # fmt: skip
    found = rollup_queries.missing_people(scope, code, day, duty.code, limit=MOST)
    if found.total > MOST:
        raise DomainError("too_many_rows", "level", most=MOST, count=found.total)
    if duty.respondent == "person":
        note_names(scope.actor, code, len(found.items), "missing.xlsx", part=f"{day} {duty.code}")
    columns = [
        Column(_("Who"), _("A person's name, or the unit's for a unit's duty.")),
        Column(_("Code"), _("The code in the roster.")), Column(_("Where"), _("The class or unit of that day.")),
        Column(_("State"), _("Not yet reported, or missing once the window has closed.")),
        Column(_("Due"), _("Reported by then, it is on time.")),
    ]  # fmt: skip
    schools = ledger_queries.day_units(day, {one.unit.parent_id for one in found.items if one.unit.parent_id})
    rows = [
        [one.name, one.code, where_of(one.unit, schools), str(STATES[state_key(one.state, None)][0]),
         clock_time(one.due_at)]
        for one in found.items
    ]  # fmt: skip
    return _("Not yet heard from"), columns, rows


def where_of(unit: DayUnitRef, above: Mapping[int, DayUnitRef]) -> str:
    """A class with its school: above the school, a class alone does not say where somebody is."""
    school = above.get(unit.parent_id or 0)
    named = [school] if unit.level == "class" and school is not None else []
    return " ".join(one.label(reading()) for one in (*named, unit))


NEWS = {
    "silent_still": gettext_lazy("Silent two days running"), "silent": gettext_lazy("Silent past the due time"),
    "rise": gettext_lazy("Risen"), "new": gettext_lazy("Newly"), "rate_fell": gettext_lazy("Rate fell"),
    "rate_rose": gettext_lazy("Rate rose"), "closed": gettext_lazy("Newly closed"),
    "reopened": gettext_lazy("Open again"),
}  # fmt: skip


def _news(request: HttpRequest, reader: Reader, board: Board) -> Table:
    found = live_situation(
        reader.scope, board.unit.code, board.shown.day, board.duty.code, is_masked=board.is_masked
    )  # fmt: skip
    measure = measure_name(found, reading())
    columns = [
        *unit_columns(), Column(_("Kind"), _("What is new, as the page names it.")),
        Column(_("Before"), _("On the opened day before: people (%(measure)s), a rate, or how many were expected.")
               % {"measure": measure}),
        Column(_("Now"), _("The same on this day.")),
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for one in found.news:
        news, is_rate = one.news, one.news.kind.startswith("rate_")
        before, now = (
            (tenths(n) if is_rate else n) if n is not None else (HIDDEN if news.kind in ("rise", "new") else None)
            for n in (news.before, news.now)
        )
        rows.append([one.unit.label(reading()), one.unit.code, str(NEWS[news.kind]), before, now])
    return _("What is new"), columns, rows


def _trends(request: HttpRequest, reader: Reader, board: Board) -> Table:
    points, _now, _past = live_trend(reader.scope, board, span_of(request))
    code = pack().measures.get(board.duty.form, "")
    columns = [Column(_("Day"), _("An opened day.")), *counted_columns()]
    if code:
        columns.append(Column(measure_label(board.duty.form, code, reading()), _("Reports that say so.")))
    rows: list[list[Cell]] = [
        [str(one.day), *counted(one.counts), *([HIDDEN if one.n is None else one.n] if code else [])] for one in points
    ]
    return _("Trends"), columns, rows


TABLES: Mapping[str, Callable[[HttpRequest, Reader, Board], Table]] = {
    "figures": _figures, "ranking": _ranking, "missing": _missing, "situation": _news, "trends": _trends,
}  # fmt: skip
"""Name in the address -> the table."""
