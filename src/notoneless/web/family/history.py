"""A child's own record, as its family may read it: day by day what was asked and what came in."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from notoneless.expect import queries as expect_queries
from notoneless.expect.queries import DutyInfo
from notoneless.kernel.errors import DomainError
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import SlotView
from notoneless.roster import queries as roster_queries
from notoneless.web.access import Reader, signed_in
from notoneless.web.ui.days import today
from notoneless.web.ui.pages import Page, page_number

A_PAGE = 14
LONGEST = 366
"""Days back; what is older has been deleted by its term (retain/pack.toml) or is on paper."""


@require_safe
@signed_in
def children(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The first child's record; the others are one tap away."""
    reader.require("guardian")
    own = roster_queries.children_of_household(reader.scope)
    if own:
        return redirect("family_child", own[0].id)
    return render(request, "family/child.html", {"children": [], "child": None, "days": []})


@require_safe
@signed_in
def child(request: HttpRequest, reader: Reader, person_id: int) -> HttpResponse:
    reader.require("guardian")
    own = roster_queries.children_of_household(reader.scope)
    one = next((each for each in own if each.id == person_id), None)
    if one is None:
        raise DomainError("out_of_scope", "person")
    page = Page(min(page_number(request), -(-LONGEST // A_PAGE)), LONGEST, per_page=A_PAGE)
    newest = today() - timedelta(days=page.offset)
    days = _days(person_id, [newest - timedelta(days=back) for back in range(A_PAGE)])
    context = {"children": own, "child": one, "days": days, "page": page}
    return render(request, "family/child.html", context)


def _days(person_id: int, wanted: list[date]) -> list[tuple[date, list[tuple[DutyInfo, SlotView]]]]:
    """Newest first; a day on which nothing was asked is left out."""
    duties = {duty.id: duty for duty in expect_queries.duties().values()}
    found: dict[date, list[tuple[DutyInfo, SlotView]]] = {}
    for day, duty_id, slot in ledger_queries.slots_of_person(person_id, wanted):
        if duty_id in duties:
            found.setdefault(day, []).append((duties[duty_id], slot))
    return sorted(found.items(), reverse=True)
