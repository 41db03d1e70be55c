"""The log of acts, for the audit administrator alone. To read it is an act too."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from notoneless.collect.arrival import read_day
from notoneless.kernel import audit
from notoneless.kernel.errors import DomainError
from notoneless.roster import queries as roster_queries
from notoneless.roster.roles import AUDIT
from notoneless.web.access import Reader, signed_in
from notoneless.web.ui.days import CLOCK
from notoneless.web.ui.pages import Page, page_number
from notoneless.web.ui.words import sentence

NAMES = ("actor", "act", "subject")


@require_safe
@signed_in
def log(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The whole system's log: so the office must be held at its topmost unit. Raises DomainError `wrong_role`."""
    roots = roster_queries.roots()
    if not any(reader.scope.may(AUDIT, path) for path in roots):
        raise DomainError("wrong_role")
    given = {name: request.GET.get(name, "").strip()[:200] for name in NAMES}
    days = {name: request.GET.get(name, "").strip() for name in ("first_day", "last_day")}
    refusal, status, total, entries = "", 200, 0, list[audit.Found]()
    page = Page(page_number(request), 0)
    try:
        first, last = (read_day(text) if text else None for text in days.values())
        total, entries = audit.search(**given, first_day=first, last_day=last, limit=page.per_page, offset=page.offset)
        asked = {name: text for name, text in {**given, **days}.items() if text}
        audit.record(reader.scope.actor, "audit.search", "audit", clock=CLOCK, detail={**asked, "page": page.number})
    except DomainError as error:
        refusal, status = sentence(error), 422
    lines = [(one, ", ".join(f"{name} {value}" for name, value in one.detail.items() if value)) for one in entries]
    context = {"lines": lines, "page": Page(page.number, total), "given": {**given, **days}, "refusal": refusal}
    return render(request, "office/log.html", context, status=status)
