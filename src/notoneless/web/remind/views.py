"""A unit's reminders of a day: one tap more, what became of each, and whether it helped."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from notoneless.expect import queries as expect_queries
from notoneless.expect.queries import DutyInfo
from notoneless.follow import queries as follow_queries
from notoneless.follow.queries import ReminderPage
from notoneless.follow.services import remind_missing, send_rehearsal
from notoneless.kernel.errors import DomainError
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import DayUnitRef
from notoneless.web.access import Reader, signed_in
from notoneless.web.reading import note_names
from notoneless.web.remind.tags import purpose
from notoneless.web.remind.words import RUNGS, outcome, tone
from notoneless.web.ui.days import CLOCK, ShownDay, shown_day, today
from notoneless.web.ui.drafts import sent_draft
from notoneless.web.ui.pages import Page, page_number
from notoneless.web.ui.words import reading, sentence


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def reminders(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    shown = shown_day(request)
    unit = ledger_queries.day_unit(reader.scope, shown.day, code)
    follow_queries.require_reminding(reader.scope, unit.path)
    duty = _duty(request)
    if request.method == "POST":
        return _remind(request, reader, code, duty)
    return _page(request, reader, shown, unit, duty)


def _duty(request: HttpRequest) -> DutyInfo:
    """Raises DomainError `unknown_duty`."""
    return expect_queries.duty_by_code(request.POST.get("duty") or request.GET.get("duty") or "daily-health")


def _remind(request: HttpRequest, reader: Reader, code: str, duty: DutyInfo) -> HttpResponse:
    """Then back to the list from which it was tapped, which says at its head what happened."""
    try:
        sent_draft(request, purpose(code, today(), duty.code))
        told = remind_missing(reader.scope, code, today(), duty.code, clock=CLOCK)
        send_rehearsal(clock=CLOCK)
        messages.success(request, render_to_string("remind/told.html", {"told": told}).strip())
    except DomainError as error:
        if error.code in ("out_of_scope", "wrong_role"):
            raise
        messages.error(request, sentence(error))
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(back if is_ours else reverse("reminders", args=[code]))


def _page(
    request: HttpRequest, reader: Reader, shown: ShownDay, unit: DayUnitRef, duty: DutyInfo
) -> HttpResponse:  # fmt: skip
    page = Page(page_number(request), 0)
    found = follow_queries.reminders_of(
        reader.scope, unit.code, shown.day, duty.id, limit=page.per_page, offset=page.offset
    )
    # Above a school it takes seconds to count: only for who asks.
    is_counted = unit.level in ("class", "school") or "effect" in request.GET
    effect = follow_queries.effect_of(reader.scope, unit.code, shown.day, duty, clock=CLOCK) if is_counted else None
    note_names(reader.scope.actor, unit.code, sum(len(line.people) for line in found.lines), "reminders",
               part=f"{shown.day} {duty.code} {page.number}")  # fmt: skip
    return render(request, "remind/reminders.html", {
        "unit": unit, "shown": shown, "duty": duty, "found": found, "page": Page(page.number, found.total),
        "duties": [one for one in expect_queries.duties().values() if follow_queries.rules().steps(one.asked)],
        "lines": [(line, outcome(line), tone(line), str(RUNGS[line.rung])) for line in found.lines],
        "effects": [(str(RUNGS[rung]), share) for rung, share in effect.by_rung.items()] if effect else [],
        "effect": effect, "schools": _schools(found, unit, shown),
    })  # fmt: skip


def _schools(found: ReminderPage, unit: DayUnitRef, shown: ShownDay) -> dict[int, str]:
    """Names of the schools that classes of the list belong to: above a school, a class alone does not say where."""
    if unit.level in ("school", "class"):
        return {}
    named = [one.unit for line in found.lines for one in line.people] + [line.asked for line in found.lines]
    parents = {ref.parent_id for ref in named if ref is not None and ref.parent_id}
    units = ledger_queries.day_units(shown.day, parents)
    return {unit_id: ref.label(reading()) for unit_id, ref in units.items() if ref.level == "school"}
