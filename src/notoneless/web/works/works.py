"""What the system is doing, did last and failed in, for whoever keeps it running."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from notoneless.kernel import works
from notoneless.kernel.errors import DomainError
from notoneless.roster import queries as roster_queries
from notoneless.roster.roles import CONFIGURE
from notoneless.web.access import Reader, signed_in
from notoneless.web.ui.days import CLOCK
from notoneless.web.ui.numbers import number_of
from notoneless.web.ui.pages import Page, page_number
from notoneless.web.ui.words import sentence
from notoneless.web.works.words import KINDS, failure_of, told

AGAIN = ("day.open",)
"""Kinds that the office may ask for again: the others belong to those who asked."""


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def works_page(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The whole system's works: so the office must be held at its topmost unit. Raises DomainError `wrong_role`."""
    if not any(reader.scope.may(CONFIGURE, path) for path in roster_queries.roots()):
        raise DomainError("wrong_role")
    refusal, status = "", 200
    if request.method == "POST":
        try:
            work = works.work_of("", AGAIN, number_of(request.POST.get("again", "")))
            works.ask(work.kind, unit="", actor=reader.scope.actor, clock=CLOCK, params=work.params)
            messages.success(request, _("It will be tried again in a moment."))
            return redirect("works")
        except DomainError as error:
            refusal, status = sentence(error), 422
    past = works.works_of(None, list(KINDS)).exclude(ended_at=None)
    page = Page(page_number(request), past.count())
    lines = [
        told(one) | {"failure": failure_of(one), "may_again": one.state == "failed" and one.kind in AGAIN}
        for one in past[page.offset : page.offset + page.per_page]
    ]
    context = {"now": [told(one) for one in works.under_way(list(KINDS))[:50]], "lines": lines, "page": page,
               "refusal": refusal}  # fmt: skip
    is_fragment = request.headers.get("HX-Request") == "true"
    return render(request, "works/works.html#now" if is_fragment else "works/works.html", context, status=status)
