"""A school: its classes, who is missing, and the daily report that it signs."""

from datetime import date
from typing import Any

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from notoneless.collect.queries import form_in_force
from notoneless.collect.services import standing_by_class
from notoneless.expect import queries as expect_queries
from notoneless.expect.queries import DutyInfo
from notoneless.kernel.errors import DomainError
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import DayUnitRef, SlotView
from notoneless.rollup import queries as rollup_queries
from notoneless.roster.roles import EXPORT, GRANT, IMPORT, NAMES, RULE, SIGN
from notoneless.web.access import Reader, signed_in
from notoneless.web.reading import note_names
from notoneless.web.school.figures import Signed, Sums, today_of
from notoneless.web.ui.days import CLOCK, shown_day
from notoneless.web.ui.drafts import Draft, new_draft, sent_draft
from notoneless.web.ui.pages import Page, page_number
from notoneless.web.ui.reporting import send_once
from notoneless.web.ui.strip import strip_of
from notoneless.web.ui.words import reading, sentence

DUTY = "school-daily"


@require_safe
@signed_in
def schools(request: HttpRequest, reader: Reader) -> HttpResponse:
    grants = reader.require("school")
    if len(grants) == 1:
        return redirect("school_page", grants[0].unit_code)
    return render(request, "school/choose.html", {"grants": grants})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def school_page(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    shown = shown_day(request)
    unit = ledger_queries.day_unit(reader.scope, shown.day, code)
    if unit.level != "school":
        raise DomainError("out_of_scope", "unit")
    reader.scope.require_power(NAMES, unit.path)
    duties = expect_queries.duties()
    may_sign = reader.scope.may(SIGN, unit.path)
    purpose = f"school:{code}:{shown.day}"
    draft, refusal, status = new_draft(purpose), "", 200
    if request.method == "POST":
        try:
            if not may_sign:
                raise DomainError("by_not_allowed", "duty")
            draft = sent_draft(request, purpose)
            _sign(request, reader, unit, shown.day, draft)
            messages.success(request, _("The daily report is signed."))
            return redirect(request.get_full_path())
        except DomainError as error:
            refusal, status = sentence(error), 422
    now = Sums(tuple(standing_by_class(unit, shown.day)))
    signed = _signed(unit, shown.day, duties[DUTY])
    is_locked = any(
        row.duty_id == duties[DUTY].id and row.locks_at <= CLOCK.now() for row in ledger_queries.sessions_on(shown.day)
    )
    units = ledger_queries.day_units(shown.day, [line.unit_id for line in now.lines]).values()
    names = {ref.code: ref.label(reading()) for ref in units}
    context = {
        "unit": unit, "strip": strip_of(unit, shown.day, duties["morning-check"]),
        "names": names, "shown": shown, "now": now, "draft": draft, "refusal": refusal,
        "duty": duties[DUTY], "slot": _slot(unit, shown.day, duties[DUTY]), "signed": signed,
        "may_grant": reader.scope.may(GRANT, unit.path), "may_export": reader.scope.may(EXPORT, unit.path),
        "may_manage": reader.scope.may(RULE, unit.path), "may_import": reader.scope.may(IMPORT, unit.path),
        "may_sign": may_sign and not is_locked, "is_locked": is_locked,
        "today": today_of(reader.scope, unit, shown.day, now, names),
        "amendments": signed.amendments(now, names) if signed else [],
        "statements": {option["code"]: option["label"][reading()] for option in _options()},
    }  # fmt: skip
    return render(request, "school/school.html", context | _missing(request, reader, unit, shown.day, duties),
                  status=status)  # fmt: skip


def _options() -> list[dict[str, Any]]:
    fields = form_in_force(DUTY).definition["fields"]
    return next(list(entry["options"]) for entry in fields if entry["code"] == "statement")


def _missing(
    request: HttpRequest, reader: Reader, unit: DayUnitRef, day: date, duties: dict[str, DutyInfo]
) -> dict[str, Any]:
    """Completeness of each personal duty, and one page of who is missing of the chosen one."""
    personal = {code: duty for code, duty in duties.items() if duty.respondent == "person"}
    chosen = request.GET.get("duty", next(iter(personal)))
    if chosen not in personal:
        raise DomainError("unknown_duty", "duty", known=", ".join(personal))
    counted = [
        (duty, rollup_queries.completeness(reader.scope, unit.code, day, code).line.counts)
        for code, duty in personal.items()
    ]
    page = Page(page_number(request), 0)
    found = rollup_queries.missing_people(reader.scope, unit.code, day, chosen, limit=page.per_page, offset=page.offset)
    note_names(reader.scope.actor, unit.code, len(found.items), "school", part=f"{day} {chosen} {page.number}")
    return {"counted": counted, "chosen": personal[chosen], "people": found.items,
            "page": Page(page.number, found.total)}  # fmt: skip


def _slot(unit: DayUnitRef, day: date, duty: DutyInfo) -> SlotView | None:
    return next(iter(ledger_queries.slots_of_unit(unit, day, duty.id, "unit_slot")), None)


def _signed(unit: DayUnitRef, day: date, duty: DutyInfo) -> Signed | None:
    slot = _slot(unit, day, duty)
    if slot is None or not slot.answers:
        return None
    answers = msgspec.json.decode(slot.answers, type=dict[str, Any])
    return Signed(slot, answers) if "figures" in answers else None


def _sign(request: HttpRequest, reader: Reader, unit: DayUnitRef, day: date, draft: Draft) -> None:
    """Raises DomainError where the statement is not (or no longer) true of the ledger."""
    answers = {"statement": request.POST.get("statement", ""), "note": request.POST.get("note", "").strip()}
    body = {
        "duty": DUTY, "day": str(day), "unit": unit.code, "by": "self",
        "answers": {name: value for name, value in answers.items() if value},
    }  # fmt: skip
    slot = _slot(unit, day, expect_queries.duty_by_code(DUTY))
    (error,) = send_once([(body, slot)], draft=draft, scope=reader.scope)
    if error is not None:
        raise error
