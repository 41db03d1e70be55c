"""A class: who has been heard from, the morning and noon check by exceptions, and reports on behalf of a child."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from notoneless.expect.words.phrases import pick
from notoneless.kernel.errors import DomainError
from notoneless.roster import states as roster_states
from notoneless.roster.kinds import PERSON_STATES
from notoneless.web.access import Reader, signed_in
from notoneless.web.reading import note_names, note_read
from notoneless.web.teacher.check import keep_key, stamp_of, take_check
from notoneless.web.teacher.classroom import DUTIES, HEALTH, Class, beside, cards_of, class_of
from notoneless.web.ui.drafts import new_draft, sent_draft
from notoneless.web.ui.reporting import Card, send_cards
from notoneless.web.ui.strip import strip_of
from notoneless.web.ui.words import reading, sentence


@require_safe
@signed_in
def classes(request: HttpRequest, reader: Reader) -> HttpResponse:
    grants = reader.require("teacher")
    if len(grants) == 1:
        return redirect("class_page", grants[0].unit_code)
    return render(request, "teacher/choose.html", {"grants": grants})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def class_page(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    """The duty's page: a check to take, or who has and has not been reported for."""
    found = class_of(request, reader, code, request.GET.get("duty", DUTIES[0]))
    refusal, is_posted = "", request.method == "POST"
    if is_posted:
        cards, refusal = take_check(request, reader, found)
        if not refusal and not any(card.sheet.errors for card in cards):
            messages.success(request, _("The check has been received."))
            return redirect(request.get_full_path())
    else:
        cards = cards_of(found)
    if request.method != "HEAD":
        note_names(reader.scope.actor, code, len(cards), "class", part=f"{found.shown.day} {found.duty.code}")
    stamp = stamp_of(found, cards)
    context = {
        "found": found, "strip": strip_of(found.unit, found.shown.day, found.duty),
        "cards": cards, "draft": new_draft(found.purpose), "refusal": refusal, "is_posted": is_posted,
        "any_given": any(card.is_given for card in cards), "any_wrong": any(card.sheet.errors for card in cards),
        "unheard": [card for card in cards if card.slot is not None and card.slot.state in ("due", "missing")],
        "is_excused": bool(cards) and all(card.slot and card.slot.state == "excused" for card in cards),
        "stands": _stands(found, cards) if found.is_check else {}, "stamp": stamp, "key": keep_key(request, found),
        "beside": {} if request.method == "HEAD" else beside(found),
    }  # fmt: skip
    answer = render(request, "teacher/class.html", context, status=422 if is_posted else 200)
    answer["X-Check"] = stamp
    return answer


def _stands(found: Class, cards: list[Card]) -> dict[int, str]:
    """Where pupils stand who are not at school, by person: said beside their name, and left to the teacher to see."""
    held = roster_states.states_on(found.shown.day, [card.person_id for card in cards])
    return {person_id: pick(PERSON_STATES[one.state], reading()) for person_id, one in held.items()}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def report(request: HttpRequest, reader: Reader, code: str, person_id: int) -> HttpResponse:
    """The daily report on behalf of one child."""
    found = class_of(request, reader, code, HEALTH)
    if not found.may_report:
        raise DomainError("by_not_allowed", "duty")
    sent = request.POST if request.method == "POST" else None
    cards = [card for card in cards_of(found, sent) if card.person_id == person_id]
    if not cards:
        raise DomainError("out_of_scope", "person")
    note_read(reader, cards[0].code, found.unit.path, "report", part=found.shown.day)
    draft, refusal, status = new_draft(f"{found.purpose}:{person_id}"), "", 200
    if request.method == "POST":
        try:
            draft = sent_draft(request, f"{found.purpose}:{person_id}")
            if send_cards(cards, duty=found.duty, day=found.shown.day, by="teacher", draft=draft, scope=reader.scope):
                messages.success(request, _("The report has been received."))
                return redirect(f"{reverse('class_page', args=[code])}?duty=daily-health&day={found.shown.day}")
        except DomainError as error:
            refusal = sentence(error)
        status = 422
    context = {"found": found, "card": cards[0], "duty": found.duty, "draft": draft, "refusal": refusal}
    return render(request, "teacher/report.html", context, status=status)
