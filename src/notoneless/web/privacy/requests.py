"""Requests about a child's data: a family's own, and a school's inbox."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from notoneless.consent import queries, services
from notoneless.consent.rules import KINDS, deadlines
from notoneless.consent.services import Destroy
from notoneless.kernel.errors import DomainError
from notoneless.retain.services import Approval, destroy_person
from notoneless.roster import queries as roster_queries
from notoneless.web.access import Reader, signed_in
from notoneless.web.policy.policies import managed_unit
from notoneless.web.reading import note_names
from notoneless.web.ui.days import CLOCK, today
from notoneless.web.ui.numbers import row_number
from notoneless.web.ui.pages import Page, page_number
from notoneless.web.ui.words import sentence

COUNTED_DAYS = 365
FORMS = {
    "json": "application/json; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _destroyer(reader: Reader) -> Destroy:
    """What an accepted deletion is handed to: the child goes, and so does the household with its last one."""

    def destroy(person_id: int, request_id: int) -> str:
        approval = Approval(reader.scope.actor, f"request {request_id} of the family (PIPL 47)")
        return str(destroy_person(person_id, approval, clock=CLOCK).pk)

    return destroy


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def mine(request: HttpRequest, reader: Reader) -> HttpResponse:
    """What the reader has asked about their children's data, with the answers; and the form to ask."""
    reader.require("guardian")
    refusal, status, sent = "", 200, request.POST
    if request.method == "POST":
        try:
            person_id = row_number(sent.get("person", ""), "person")
            services.make_request(reader.scope, person_id, sent.get("kind", ""), sent.get("text", ""), clock=CLOCK)
            messages.success(request, _("Your request has been sent to the school."))
            return redirect("family_requests")
        except DomainError as error:
            refusal, status = sentence(error), 422
    since = CLOCK.now() - timedelta(days=deadlines()["fetch"]["days"])
    found = queries.requests_of_households(reader.scope)
    return render(request, "privacy/mine.html", {
        "requests": [(one, one.is_open_to_fetch(since)) for one in found], "kinds": KINDS, "refusal": refusal,
        "children": roster_queries.children_of_household(reader.scope), "sent": sent,
        "days": deadlines()["working_days"]["copy"],
    }, status=status)  # fmt: skip


@require_safe
@signed_in
def copy(request: HttpRequest, reader: Reader, request_id: int, form: str) -> HttpResponse:
    """Everything held about a child, as an accepted request entitles to: made in memory and kept nowhere.

    Not a streaming answer: under ASGI a synchronous one is gathered first all the same.
    """
    reader.require("guardian")
    if form not in FORMS:
        raise DomainError("page_not_found")
    pieces = services.fetch_copy(reader.scope, request_id, form, clock=CLOCK)
    return HttpResponse(
        pieces, content_type=FORMS[form], headers={"Content-Disposition": f'attachment; filename="copy.{form}"'}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def inbox(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    """What families asked this unit, and how the units below answer."""
    unit = managed_unit(reader, code)
    refusal, status, sent = "", 200, request.POST
    if request.method == "POST":
        try:
            number = row_number(sent.get("request", ""), "request")
            if sent.get("outcome") not in ("grant", "refuse"):
                raise DomainError("value_required", "answer")
            services.answer_request(
                reader.scope, code, number, is_granted=sent["outcome"] == "grant", answer=sent.get("answer", ""),
                clock=CLOCK, destroy=_destroyer(reader),
            )  # fmt: skip
            messages.success(request, _("The answer has been sent."))
            return redirect(request.get_full_path())
        except DomainError as error:
            refusal, status = sentence(error), 422
    page = Page(page_number(request), 0)
    total, found = queries.inbox(reader.scope, code, limit=page.per_page, offset=page.offset)
    note_names(reader.scope.actor, code, sum(bool(one.name) for one in found), "requests", part=str(page.number))
    return render(request, "privacy/inbox.html", {
        "unit": unit, "tab": "requests", "requests": [(one, one.is_overdue(today())) for one in found],
        "page": Page(page_number(request), total), "refusal": refusal, "sent": sent, "days": COUNTED_DAYS,
        "standing": queries.standing(reader.scope, code, today() - timedelta(days=COUNTED_DAYS), today()),
    }, status=status)  # fmt: skip
