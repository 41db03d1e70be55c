"""Whom to call about a person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from notoneless.kernel.errors import DomainError
from notoneless.roster import contacts
from notoneless.web.access import Reader, signed_in
from notoneless.web.reading import note_read
from notoneless.web.ui.days import CLOCK, today
from notoneless.web.ui.words import sentence

KINDS = {
    "phone": gettext_lazy("Phone in the roster"),
    "guardian": gettext_lazy("Guardian's phone"),
    "document": gettext_lazy("Number of the identity document"),
}


WHYS = {
    "missing": gettext_lazy("Not heard from today"),
    "sick": gettext_lazy("Following up a sick absence"),
}
"""Why a page of ours leads here: the reason stands in the field, to be sent or changed."""


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def contact(request: HttpRequest, reader: Reader, person_id: int) -> HttpResponse:
    """Masked numbers; one of them whole, once, for a reason."""
    found = contacts.contacts_of(reader.scope, person_id, today())
    if not any(one.may_unmask for one in found.items) and not reader.scope.covers(found.path):
        raise DomainError("out_of_scope", "person")
    note_read(reader, found.code, found.path, "contact", part=today())
    refusal, status, shown, key = "", 200, "", request.POST.get("key", "")
    if request.method == "POST":
        try:
            shown = contacts.unmask(reader.scope, person_id, key, reason=request.POST.get("reason", ""), clock=CLOCK)
        except DomainError as error:
            refusal, status = sentence(error), 422
    lines = [(one, str(KINDS[one.kind])) for one in found.items]
    why = str(WHYS.get(request.GET.get("why", ""), ""))
    context = {"found": found, "lines": lines, "shown": shown, "key": key, "refusal": refusal, "why": why,
               "reason": request.POST.get("reason", "") if refusal else why}  # fmt: skip
    return render(request, "teacher/contact.html", context, status=status)
