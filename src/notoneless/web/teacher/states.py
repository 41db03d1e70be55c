"""Where the pupils of a class stand: ill at home, on leave, back again. What they owe follows."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from notoneless.collect.arrival import read_day
from notoneless.expect.words.phrases import pick
from notoneless.kernel.errors import DomainError
from notoneless.roster import queries as roster_queries
from notoneless.roster import states as roster_states
from notoneless.roster.kinds import PERSON_STATES, RECORDED_STATES
from notoneless.roster.roles import STATE
from notoneless.web.access import Reader, signed_in
from notoneless.web.ui.days import CLOCK, today
from notoneless.web.ui.words import reading, sentence


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def states(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    unit = roster_queries.unit_by_code(reader.scope, code)
    if unit.level != "class":
        raise DomainError("out_of_scope", "unit")
    if not reader.scope.may(STATE, unit.path):
        raise DomainError("wrong_role")
    people = roster_queries.people_in_units(reader.scope, [unit.pk], day=today(), populations=["student"])
    refusal, status = "", 200
    if request.method == "POST":
        try:
            _act(request, reader, {one.code for one in people})
            messages.success(request, _("Recorded. What is owed follows within a minute."))
            return redirect("class_states", code)
        except DomainError as error:
            refusal, status = sentence(error), 422
    held = roster_states.states_on(today(), [one.id for one in people])
    lines = [(one, held.get(one.id), _name(held[one.id].state) if one.id in held else "") for one in people]
    lines.sort(key=lambda line: (line[1] is None, line[0].code))
    return render(request, "teacher/states.html", {
        "unit": unit, "lines": lines, "refusal": refusal, "given": request.POST, "today_iso": str(today()),
        "today": today(), "choices": [(state, _name(state)) for state in RECORDED_STATES],
    }, status=status)  # fmt: skip


def _name(state: str) -> str:
    return pick(PERSON_STATES[state], reading())


def _act(request: HttpRequest, reader: Reader, codes: set[str]) -> None:
    person = request.POST.get("person", "")
    if person not in codes:
        raise DomainError("out_of_scope", "person")
    if request.POST.get("act") == "end":
        roster_states.end_state(reader.scope, person, on=_day(request, "on") or today(), clock=CLOCK)
        return
    first = _day(request, "first_day") or today()
    roster_states.record_state(
        reader.scope, person, request.POST.get("state", ""), first_day=first, last_day=_day(request, "last_day"),
        clock=CLOCK, source="class",
    )  # fmt: skip


def _day(request: HttpRequest, name: str) -> date | None:
    text = request.POST.get(name, "").strip()
    return read_day(text) if text else None
