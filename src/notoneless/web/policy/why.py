""" "Why am I asked?": the letter about one person's day, and the way to say that it is wrong."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from notoneless.collect.arrival import read_day
from notoneless.expect import queries as expect_queries
from notoneless.expect import services as expect
from notoneless.expect.queries import Explanation
from notoneless.expect.words import Letter, letter_about
from notoneless.kernel.errors import DomainError
from notoneless.roster import queries as roster_queries
from notoneless.web.access import Reader, signed_in
from notoneless.web.reading import note_read
from notoneless.web.ui.days import CLOCK
from notoneless.web.ui.words import reading, sentence


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def why(request: HttpRequest, reader: Reader, person_id: int, day: str) -> HttpResponse:
    shown = read_day(day)
    found = expect_queries.explain_person(reader.scope, person_id, shown)
    note_read(reader, found.code, found.chain[-1].path, "why", part=shown)
    name = roster_queries.names_of(reader.scope, [person_id]).get(person_id, found.code)
    letter = letter_about(found, reading(), who=name)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            _complain(request, reader, found)
            messages.success(request, _("Your complaint has been sent. The unit that made the rule will answer."))
            return redirect("my_complaints" if reader.granted("guardian") else request.get_full_path())
        except DomainError as error:
            refusal, status = sentence(error), 422
    context = {"letter": letter, "found": found, "refusal": refusal, "text": request.POST.get("text", ""), "day": shown}
    return render(request, "policy/why.html", context, status=status)


def _complain(request: HttpRequest, reader: Reader, found: Explanation) -> None:
    chosen = request.POST.get("item", "")
    item = next((one for one in found.items if f"{one.duty.code}:{one.session.code}" == chosen), None)
    if item is None:
        raise DomainError("value_required", "item")
    # The trace is what the rules were when it was made, without a name: whoever answers reads it as it was then.
    letter: Letter = letter_about(found, "zh", who="该生" if found.population == "student" else "本人")
    trace = [line for section in letter.sections for line in section.lines]
    trace += [line for section in letter.sections for title, lines in section.items
              if title.startswith(item.duty.name_zh) for line in lines]  # fmt: skip
    expect.complain(
        reader.scope, person_id=found.person_id, day=found.day, duty_code=item.duty.code, session=item.session.code,
        policy_id=item.decided_by, trace=trace, text=request.POST.get("text", ""), clock=CLOCK,
    )  # fmt: skip


@require_safe
@signed_in
def mine(request: HttpRequest, reader: Reader) -> HttpResponse:
    """What the reader's households have complained of, with the answers."""
    reader.require("guardian")
    return render(request, "policy/mine.html", {"complaints": expect_queries.complaints_of_households(reader.scope)})
