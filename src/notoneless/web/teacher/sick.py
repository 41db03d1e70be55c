"""Pupils absent for illness, of a class or of a school: since when, with what, and the calls to their families."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from notoneless.collect.arrival import read_day
from notoneless.collect.queries import measure_label
from notoneless.collect.sickness import Contact, SickPupil, note_contact, outcomes, sick_pupils
from notoneless.expect.words.phrases import pick
from notoneless.kernel.errors import DomainError
from notoneless.ledger import queries as ledger_queries
from notoneless.roster.roles import CALL, STATE
from notoneless.web.access import Reader, signed_in
from notoneless.web.reading import note_names
from notoneless.web.teacher.classroom import CHECK, DUTIES, beside, class_of
from notoneless.web.ui.days import CLOCK, shown_day, today
from notoneless.web.ui.words import reading, sentence


@dataclass(frozen=True)
class Line:
    """A pupil in the reader's words."""

    pupil: SickPupil
    symptoms: tuple[str, ...]
    told: str


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def sick(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    shown = shown_day(request)
    unit = ledger_queries.day_unit(reader.scope, shown.day, code)
    if unit.level not in ("class", "school"):
        raise DomainError("out_of_scope", "unit")
    pupils = sick_pupils(reader.scope, code, shown.day)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            _note(request, reader, pupils)
            messages.success(request, _("Noted."))
            return redirect(request.get_full_path())
        except DomainError as error:
            refusal, status = sentence(error), 422
    note_names(reader.scope.actor, code, len(pupils), "sick", part=str(shown.day))
    found = class_of(request, reader, code, DUTIES[0]) if unit.level == "class" else None
    context = {
        "unit": unit, "shown": shown, "found": found, "beside": beside(found) if found else {}, "refusal": refusal,
        "lines": lines_of(pupils), "tomorrow": today() + timedelta(days=1),
        "outcomes": [(one, pick((one.zh, one.en), reading())) for one in outcomes().values()],
        "may_call": shown.is_today and reader.scope.may(CALL, unit.path),
        "may_state": reader.scope.may(STATE, unit.path),
    }  # fmt: skip
    return render(request, "teacher/sick.html", context, status=status)


def lines_of(pupils: Sequence[SickPupil]) -> list[Line]:
    """As a page shows them."""
    return [
        Line(one, tuple(measure_label(CHECK, code, reading()) for code in one.symptoms), _told(one.contact))
        for one in pupils
    ]


def _told(contact: Contact | None) -> str:
    known = outcomes().get(contact.outcome) if contact else None
    return pick((known.zh, known.en), reading()) if known else ""


def _note(request: HttpRequest, reader: Reader, pupils: Sequence[SickPupil]) -> None:
    person = request.POST.get("person", "")
    if person not in {one.code for one in pupils}:
        raise DomainError("out_of_scope", "person")
    text = request.POST.get("back_on", "").strip()
    try:
        back_on = read_day(text) if text else None
    except DomainError:
        raise DomainError("bad_day", "back_on") from None
    note_contact(reader.scope, person, request.POST.get("outcome", ""), back_on=back_on, clock=CLOCK)
