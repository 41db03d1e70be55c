"""Complaints that came to a unit, their answers, and how well the units below answer theirs."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from notoneless.expect import queries as expect_queries
from notoneless.expect import services as expect
from notoneless.kernel.errors import DomainError
from notoneless.web.access import Reader, signed_in
from notoneless.web.policy.policies import managed_unit
from notoneless.web.ui.days import CLOCK, today
from notoneless.web.ui.numbers import row_number
from notoneless.web.ui.pages import Page, page_number
from notoneless.web.ui.words import sentence

COUNTED_DAYS = 90


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def complaints(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    unit = managed_unit(reader, code)
    refusal, status, refused = "", 200, dict[str, str]()
    if request.method == "POST":
        number = request.POST.get("complaint", "")
        try:
            asked = row_number(number, "complaint")
            expect.answer_complaint(reader.scope, code, asked, request.POST.get("answer", ""), clock=CLOCK)
            messages.success(request, _("The answer has been sent."))
            return redirect(request.get_full_path())
        except DomainError as error:
            refusal, status = sentence(error), 422
            refused = {"complaint": number, "answer": request.POST.get("answer", "")}
    page = Page(page_number(request), 0)
    total, found = expect_queries.inbox(reader.scope, code, limit=page.per_page, offset=page.offset)
    since = today() - timedelta(days=COUNTED_DAYS)
    lines = expect_queries.standing(reader.scope, code, since, today(), clock=CLOCK)
    return render(request, "policy/complaints.html", {
        "unit": unit, "tab": "complaints", "complaints": found, "page": Page(page_number(request), total),
        "standing": lines, "refusal": refusal, "refused": refused, "days": COUNTED_DAYS,
    }, status=status)  # fmt: skip
