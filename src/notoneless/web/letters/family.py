"""A household's letters: unread first; one page each, with one button."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from notoneless.kernel.errors import DomainError
from notoneless.publish import queries, services
from notoneless.web.access import Reader, signed_in
from notoneless.web.letters.shown import shown
from notoneless.web.ui.days import CLOCK, today
from notoneless.web.ui.pages import Page, page_number
from notoneless.web.ui.words import reading, sentence

PER_PAGE = 20


@require_safe
@signed_in
def family_letters(request: HttpRequest, reader: Reader) -> HttpResponse:
    reader.require("guardian")
    page = Page(page_number(request), 0, PER_PAGE)
    total, letters = queries.letters_of_households(reader.scope, limit=page.per_page, offset=page.offset)
    return render(request, "publish/family_letters.html", {
        "letters": letters, "page": Page(page.number, total, PER_PAGE),
        "letters_unread": queries.unread_count(reader.scope),
    })  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def family_letter(request: HttpRequest, reader: Reader, letter_id: int) -> HttpResponse:
    reader.require("guardian")
    refusal, status = "", 200
    if request.method == "POST":
        try:
            services.confirm_letter(reader.scope, letter_id, clock=CLOCK)
            messages.success(request, _("Thank you. The sender knows that your family has read it."))
            return redirect("family_letter", letter_id)
        except DomainError as error:
            if error.code == "out_of_scope":
                raise
            refusal, status = sentence(error), 422
    letter = queries.letter_of_household(reader.scope, letter_id)
    if request.method == "GET":
        services.note_shown(reader.scope, letter_id, clock=CLOCK)
    return render(request, "publish/family_letter.html", {
        "letter": letter, "info": letter.info, "sheet": shown(letter.info, reading()), "refusal": refusal,
        "newer": _reachable(reader, letter.info.corrected_by), "older": _reachable(reader, letter.info.corrects),
        "telephones": queries.telephones_of_households(reader.scope, today()),
    }, status=status)  # fmt: skip


def _reachable(reader: Reader, letter_id: int) -> int:
    """A letter to which a page may point: a correction sent on another day may have gone to other families."""
    try:
        return queries.letter_of_household(reader.scope, letter_id).info.id if letter_id else 0
    except DomainError:
        return 0
