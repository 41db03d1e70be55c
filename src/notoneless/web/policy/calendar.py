"""A unit's calendar: its own days, those from above, why a day is what it is, files in and out, and a new year."""

from datetime import date
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from notoneless.collect.arrival import read_day
from notoneless.expect import queries as expect_queries
from notoneless.expect import services as expect
from notoneless.expect.words import day_sentence
from notoneless.expect.words.phrases import pick
from notoneless.kernel.errors import DomainError
from notoneless.roster import queries as roster_queries
from notoneless.roster.kinds import STAGES
from notoneless.roster.roles import BUREAU, RULE
from notoneless.roster.tree import ids_of
from notoneless.web.access import Reader, signed_in
from notoneless.web.policy.policies import managed_unit
from notoneless.web.ui.days import CLOCK, today
from notoneless.web.ui.numbers import number_of, row_number
from notoneless.web.ui.words import ENTRY_KINDS, reading, sentence

if TYPE_CHECKING:
    from notoneless.roster.models import Unit

WARN_DAYS = 45
"""So many days before the known calendar ends, whoever can enter the next year is told."""


def is_year_due() -> bool:
    """Whether the nation's calendar ends soon, or has ended."""
    last = expect_queries.last_known_day()
    return last is None or (last - today()).days < WARN_DAYS


def _year(request: HttpRequest) -> int:
    text = request.GET.get("year", "")
    return int(text) if text.isdecimal() and len(text) == 4 and 2004 <= int(text) <= 2100 else today().year


def why_of(unit: "Unit", day: date) -> str:
    """What day it is for a unit, in one line."""
    tree = expect_queries.tree_on(day, within=unit.path)
    judgement = tree.judgement(ids_of(unit.path), unit.stage)
    by = tree.nodes.get(judgement.by.unit_id) if judgement.by else None
    return day_sentence(judgement, by.label(reading()) if by else "", reading())


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def calendar(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    unit = managed_unit(reader, code)
    refusal, status, imported = "", 200, None
    if request.method == "POST":
        try:
            imported = _act(request, reader, code)
            if imported is None:
                return redirect(request.get_full_path())
        except DomainError as error:
            refusal, status = sentence(error), 422
    year = _year(request)
    asked = read_day(request.GET["day"]) if request.GET.get("day") else today()
    removing, is_due, next_year = request.GET.get("remove", ""), is_year_due(), _next_year()
    return render(request, "policy/calendar.html", {
        "unit": unit, "tab": "calendar", "year": year, "refusal": refusal, "imported": imported, "given": request.POST,
        "entries": expect_queries.entries_of(ids_of(unit.path), year), "why": why_of(unit, asked), "asked": asked,
        "kinds": list(ENTRY_KINDS.items()),
        "stages": [(stage, pick(pair, reading())) for stage, pair in STAGES.items()],
        "removing": number_of(removing),
        "is_year_due": is_due, "is_year_unknown": not expect_queries.is_known_year(year),
        "may_enter_year": _speaks_for_all(reader, unit) and (is_due or year >= next_year),
        "next_year": next_year, "refused": _refused(imported), "today_iso": str(today()),
        "is_dry_run": request.POST.get("act") == "check",
    }, status=status)  # fmt: skip


def _speaks_for_all(reader: Reader, unit: "Unit") -> bool:
    """The topmost unit's officers enter the nation's years."""
    return len(ids_of(unit.path)) == 1 and reader.scope.may(RULE, unit.path)


def _next_year() -> int:
    last = expect_queries.last_known_day()
    return today().year if last is None else last.year + 1


def _refused(imported: expect.Imported | None) -> list[tuple[str, str]]:
    return [] if imported is None else [(summary, sentence(error)) for summary, error in imported.refused]


def _act(request: HttpRequest, reader: Reader, code: str) -> expect.Imported | None:
    act, given = request.POST.get("act", ""), request.POST
    if act == "add":
        expect.enter_override(
            reader.scope, code, kind=given.get("kind", ""), first_day=read_day(given.get("first_day", "")),
            last_day=read_day(given.get("last_day", "") or given.get("first_day", "")), stage=given.get("stage", ""),
            reason_zh=given.get("reason_zh", "").strip(), reason_en=given.get("reason_en", "").strip(),
            document=given.get("document", "").strip(), clock=CLOCK,
        )  # fmt: skip
        messages.success(request, _("Entered. Open days follow within a minute."))
    elif act == "remove":
        expect.remove_override(reader.scope, code, row_number(given.get("entry", ""), "entry"), clock=CLOCK)
        messages.success(request, _("Removed. Open days follow within a minute."))
    elif act in ("import", "check"):
        sent = request.FILES.get("file")
        if sent is None:
            raise DomainError("value_required", "file")
        # One byte more than is taken, so that the service sees that a file is too large without reading it all.
        raw = sent.read(expect.MOST_BYTES + 1)
        return expect.import_days(reader.scope, code, raw, clock=CLOCK, is_dry_run=act == "check")
    elif act == "year":
        _enter_year(request, reader, code)
        messages.success(request, _("The year is entered."))
    else:
        raise DomainError("bad_request")
    return None


def _enter_year(request: HttpRequest, reader: Reader, code: str) -> None:
    """Raises DomainError `wrong_role`, `bad_parameter`, `bad_calendar_line`, or what `enter_year` raises."""
    unit = roster_queries.unit_to(RULE, reader.scope, code)
    if unit.level not in BUREAU:
        raise DomainError("wrong_role")
    given, year = request.POST, request.POST.get("year", "")
    if not year.isdecimal() or len(year) != 4:
        raise DomainError("bad_parameter", "year")
    expect.enter_year(
        reader.scope, code, int(year), expect.read_holidays(given.get("holidays", "")),
        expect.read_makeups(given.get("makeups", "")), source=given.get("source", "").strip(), clock=CLOCK,
    )  # fmt: skip


@require_safe
@signed_in
def calendar_file(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    """The year as an .ics file, for everyone whose scope reaches the unit."""
    year = _year(request)
    raw = expect.export_days(reader.scope, code, year)
    return HttpResponse(raw, content_type="text/calendar; charset=utf-8",
                        headers={"Content-Disposition": f'attachment; filename="calendar-{year}.ics"'})  # fmt: skip
