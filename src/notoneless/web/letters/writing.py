"""Write a letter, see it as a family will see it on a telephone, and send it: three steps of one form."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from notoneless.kernel.errors import DomainError
from notoneless.publish import queries, services
from notoneless.publish.rules import INFORMATION, LONGEST, Words, cleaned, faults_of, needs_number
from notoneless.web.access import Reader, signed_in
from notoneless.web.letters.shown import previews
from notoneless.web.ui.days import CLOCK, today
from notoneless.web.ui.drafts import new_draft, sent_draft
from notoneless.web.ui.numbers import number_of
from notoneless.web.ui.words import sentence

if TYPE_CHECKING:
    from notoneless.roster.models import Unit

REFUSED = ("out_of_scope", "unknown_unit", "wrong_role")
"""Errors that are about the reader and not about the letter."""


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new_letter(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    unit = queries.sending_unit(reader.scope, code)
    given, act = request.POST, request.POST.get("act", "")
    corrects = number_of(given.get("corrects", "") or request.GET.get("corrects", ""))
    if request.method != "POST":
        return _form(request, unit, _old_words(reader, code, corrects), corrects)
    words = cleaned(Words(*(given.get(name, "") for name in ("kind", "title_zh", "body_zh", "title_en", "body_en"))))
    faults = {name: sentence(fault) for name, fault in faults_of(words).items()}
    if faults or act not in ("preview", "send"):
        return _form(request, unit, words, corrects, faults=faults)
    typed = number_of(given.get("number", "").replace(",", "").replace(" ", ""))
    try:
        draft = sent_draft(request, f"letter:{code}")
        if act == "send":
            sent = services.send_letter(
                reader.scope, code, words, draft=draft.id, corrects=corrects, number=typed, clock=CLOCK
            )
            messages.success(request, _("Sent."))
            return redirect("letter", code, sent.pk)
        return _preview(request, reader, unit, words, corrects)
    except DomainError as error:
        if error.code in REFUSED:
            raise
        if error.code == "letter_wrong_number":
            return _preview(request, reader, unit, words, corrects, refusal=sentence(error))
        return _form(request, unit, words, corrects, refusal=sentence(error))


def _old_words(reader: Reader, code: str, corrects: int) -> Words:
    """Empty, or the words of the letter that the new one corrects."""
    if not corrects:
        return Words(INFORMATION, "", "")
    old = queries.letter_at(reader.scope, code, corrects)
    return Words(old.kind, old.title_zh, old.body_zh, old.title_en, old.body_en)


def _form(
    request: HttpRequest, unit: "Unit", words: Words, corrects: int, *, faults: dict[str, str] | None = None,
    refusal: str = "",
) -> HttpResponse:  # fmt: skip
    context = {
        "unit": unit, "words": words, "corrects": corrects, "faults": faults or {}, "refusal": refusal,
        "longest": LONGEST, "draft": new_draft(f"letter:{unit.code}").token,
    }  # fmt: skip
    return render(request, "publish/write.html", context, status=422 if faults or refusal else 200)


def _preview(
    request: HttpRequest, reader: Reader, unit: "Unit", words: Words, corrects: int, *, refusal: str = ""
) -> HttpResponse:
    """The draft of the form goes on with the letter, so that sending it twice is one act."""
    households = services.check_letter(reader.scope, unit.code, words, corrects=corrects, clock=CLOCK)
    senders = {language: unit.label(language) for language in ("zh", "en")}
    given: QueryDict = request.POST
    context = {
        "unit": unit, "words": words, "corrects": corrects, "households": households, "refusal": refusal,
        "sheets": previews(words, senders, today()), "needs_number": needs_number(unit.level),
        "draft": given.get("draft", ""), "number": given.get("number", ""),
    }  # fmt: skip
    return render(request, "publish/preview.html", context, status=422 if refusal else 200)
