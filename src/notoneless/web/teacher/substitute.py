"""A colleague takes the class for a day, or for a few: a role that begins, ends by itself and is written down."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from notoneless.collect.arrival import read_day
from notoneless.kernel.errors import DomainError
from notoneless.roster import grants
from notoneless.roster import queries as roster_queries
from notoneless.roster.roles import GRANT, ROLES
from notoneless.web.access import Reader, signed_in
from notoneless.web.ui.days import CLOCK, today
from notoneless.web.ui.words import sentence

ROLE = "substitute"
MOST = 100


@dataclass(frozen=True)
class Asked:
    """What the form asks for, to be confirmed. `last`: the last day on which the colleague has the class."""

    username: str
    last: date
    reason: str


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def substitute(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    unit = roster_queries.unit_to(GRANT, reader.scope, code)
    if unit.level != "class":
        raise DomainError("out_of_scope", "unit")
    refusal, status, asked = "", 200, None
    if request.method == "POST":
        try:
            asked = _act(request, reader, code)
            if asked is None:
                return redirect("substitute", code)
        except DomainError as error:
            refusal, status = sentence(error), 422
    _total, lines = grants.grants_at(reader.scope, code, today(), limit=MOST, offset=0)
    held = [(line, line.to_day - timedelta(days=1) if line.to_day else None) for line in lines if line.role == ROLE]
    most = ROLES[ROLE].most_days or 1
    context = {
        "unit": unit, "held": held, "refusal": refusal, "asked": asked, "given": request.POST, "today": today(),
        "latest": today() + timedelta(days=most - 1),
    }  # fmt: skip
    return render(request, "teacher/substitute.html", context, status=status)


def _act(request: HttpRequest, reader: Reader, code: str) -> Asked | None:
    """What has still to be confirmed; None where it is done."""
    given = request.POST
    if given.get("act") == "end":
        number = given.get("grant", "")
        if not (number.isascii() and number.isdigit() and len(number) < 18):
            raise DomainError("out_of_scope", "grant")
        line = grants.grant_line(reader.scope, code, int(number), today())
        if line.role != ROLE:
            raise DomainError("out_of_scope", "grant")
        grants.end_grant(reader.scope, line.id, reason=_("Ended early"), clock=CLOCK)
        messages.success(request, _("The role has ended."))
        return None
    try:
        last = read_day(given.get("last", "")) if given.get("last") else today()
    except DomainError:
        raise DomainError("bad_day", "to_day") from None
    asked = Asked(given.get("username", "").strip(), last, given.get("reason", "").strip())
    if given.get("act") != "give":
        roster_queries.account_named(asked.username)
        return asked
    term = grants.Term(today(), asked.last + timedelta(days=1))
    grants.give(reader.scope, asked.username, ROLE, code, term, reason=asked.reason, clock=CLOCK)
    messages.success(request, _("Your colleague has the class; it ends by itself."))
    return None
