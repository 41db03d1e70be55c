"""Who holds which role in a unit: give, end, hand over; make accounts and give them a new first password."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from notoneless.collect.arrival import read_day
from notoneless.kernel.errors import DomainError
from notoneless.roster import grants
from notoneless.roster import queries as roster_queries
from notoneless.roster.accounts import making
from notoneless.roster.roles import GRANT, ROLES, giving
from notoneless.web.access import Reader, signed_in
from notoneless.web.ui.days import CLOCK, today
from notoneless.web.ui.pages import Page, page_number
from notoneless.web.ui.words import reading, sentence


@require_safe
@signed_in
def office(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Where an administrator begins."""
    held = reader.require("admin")
    return render(request, "office/office.html", {
        "held": [(ROLES[one.role].zh if reading() == "zh" else ROLES[one.role].en, one) for one in held],
    })  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def roles(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    unit = roster_queries.unit_to(GRANT, reader.scope, code)
    refusal, status, first = "", 200, ""
    if request.method == "POST":
        try:
            first = _act(request, reader, code)
            if not first:
                return redirect(request.get_full_path())
        except DomainError as error:
            refusal, status = sentence(error), 422
    page, is_past = Page(page_number(request), 0), request.GET.get("past") == "1"
    total, lines = grants.grants_at(
        reader.scope, code, today(), limit=page.per_page, offset=page.offset, is_past=is_past,
        username=request.GET.get("account", "")[:150],
    )  # fmt: skip
    context = {
        "unit": unit, "lines": lines, "page": Page(page.number, total), "is_past": is_past, "refusal": refusal,
        "choices": _choices(reader, unit.path, unit.level), "below": _below(reader, code), "today_iso": str(today()),
        "given": request.POST if status != 200 else {}, "first": first,
        "account": request.POST.get("username", "") if first else "",
    }  # fmt: skip
    return render(request, "office/roles.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def role(request: HttpRequest, reader: Reader, code: str, grant_id: int) -> HttpResponse:
    """One role of one account, to be ended or handed over: the page that asks once more."""
    unit = roster_queries.unit_to(GRANT, reader.scope, code)
    line = grants.grant_line(reader.scope, code, grant_id, today())
    refusal, status = "", 200
    if request.method == "POST":
        given = request.POST
        try:
            if given.get("act") == "end":
                grants.end_grant(reader.scope, grant_id, reason=given.get("reason", ""), clock=CLOCK)
                messages.success(request, _("The role has ended."))
            elif given.get("act") == "hand":
                grants.hand_over(
                    reader.scope, grant_id, given.get("username", "").strip(), _day(given, "on") or today(),
                    reason=given.get("reason", ""), clock=CLOCK, qualification=given.get("qualification", ""),
                    qualified_until=_day(given, "qualified_until"),
                )  # fmt: skip
                messages.success(request, _("The role is handed over."))
            else:
                raise DomainError("bad_request")
            return redirect("roles", code)
        except DomainError as error:
            refusal, status = sentence(error), 422
    context = {"unit": unit, "line": line, "refusal": refusal, "given": request.POST, "today_iso": str(today()),
               "is_qualified": ROLES[line.role].qualified}  # fmt: skip
    return render(request, "office/role.html", context, status=status)


def _act(request: HttpRequest, reader: Reader, code: str) -> str:
    """What the form asked for. Returns a first password, where one was made: it is shown once and kept nowhere."""
    given, username = request.POST, request.POST.get("username", "").strip()
    match given.get("act"):
        case "give":
            term = grants.Term(_day(given, "from_day") or today(), _day(given, "to_day"))
            grants.give(
                reader.scope, username, given.get("role", ""), given.get("unit", "") or code, term,
                reason=given.get("reason", ""), clock=CLOCK, qualification=given.get("qualification", ""),
                qualified_until=_day(given, "qualified_until"),
            )  # fmt: skip
            messages.success(request, _("The role is given."))
        case "make":
            person = given.get("person", "").strip()
            return making.make_account(reader.scope, username, code, clock=CLOCK, person_code=person)[1]
        case "reset":
            return making.reset_password(reader.scope, username, reason=given.get("reason", ""), clock=CLOCK)
        case "off":
            if given.get("sure") != "1":
                raise DomainError("not_sure", "sure")
            making.switch_off(reader.scope, username, reason=given.get("reason", ""), clock=CLOCK)
            messages.success(request, _("The account is switched off."))
        case _:
            raise DomainError("bad_request")
    return ""


def _day(given: Mapping[str, Any], name: str) -> date | None:
    """A day of the form; None for an empty field. Raises DomainError `bad_day`."""
    text = given.get(name, "")
    try:
        return read_day(text) if text else None
    except DomainError:
        raise DomainError("bad_day", name) from None


def _choices(reader: Reader, path: str, level: str) -> list[tuple[str, str]]:
    """The roles that the reader may give here or below."""
    return [
        (code, one.zh if reading() == "zh" else one.en)
        for code, one in ROLES.items()
        if one.levels and reader.scope.may(giving(code), path) and (level != "class" or "class" in one.levels)
    ]


def _below(reader: Reader, code: str) -> list[tuple[str, str]]:
    """The units right below, for a choice: roles at a class are given from its school's page."""
    return [(unit.code, unit.label(reading())) for unit in roster_queries.units_to(GRANT, reader.scope, code)]
