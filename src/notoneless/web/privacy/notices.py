"""What is collected about a family's children and why: to read, to agree to, and to take back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from notoneless.consent import queries, services
from notoneless.consent.queries import ConsentInfo, ToldChild
from notoneless.consent.rules import Notice
from notoneless.kernel.errors import DomainError
from notoneless.web.access import Reader, signed_in
from notoneless.web.ui.days import CLOCK, today
from notoneless.web.ui.numbers import row_number
from notoneless.web.ui.words import reading, sentence


@dataclass(frozen=True)
class Told:
    """One notice and the children whom it concerns. `is_read`: for each of them."""

    notice: Notice
    names: tuple[str, ...]
    is_read: bool


@dataclass(frozen=True)
class Choice:
    """What one child's family may agree to under one notice. `given`: item -> the consent in force for these terms."""

    child: ToldChild
    notice: Notice
    given: dict[str, ConsentInfo]

    @property
    def waiting(self) -> list[str]:
        return [item for item in self.notice.items if item not in self.given]


def unread(reader: Reader, day: date) -> list[Told]:
    """The notices about what families are asked that this reader has yet to read."""
    told = _told(queries.notices_of_households(reader.scope, day))
    return [one for one in told if not one.is_read and one.notice.asked == "family"]


def _told(children: Iterable[ToldChild]) -> list[Told]:
    notices: dict[str, Notice] = {}
    concerned: dict[str, list[ToldChild]] = {}
    for child in children:
        for notice in child.notices:
            notices[notice.digest] = notice
            concerned.setdefault(notice.digest, []).append(child)
    return [
        Told(notice, tuple(one.name for one in concerned[digest]), all(digest in one.read for one in concerned[digest]))
        for digest, notice in notices.items()
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def privacy(request: HttpRequest, reader: Reader) -> HttpResponse:
    reader.require("guardian")
    refusal, status = "", 200
    if request.method == "POST":
        try:
            return redirect(_act(request, reader))
        except DomainError as error:
            refusal, status = sentence(error), 422
    children = queries.notices_of_households(reader.scope, today())
    history = queries.consents_of_households(reader.scope)
    told = _told(children)
    return render(request, "privacy/privacy.html", {
        "told": told, "unread": [one for one in told if not one.is_read], "refusal": refusal,
        "choices": [choice for child in children for choice in _choices(child, history)],
        "history": [_line(one, children) for one in history],
    }, status=status)  # fmt: skip


def _line(one: ConsentInfo, children: Iterable[ToldChild]) -> tuple[ConsentInfo, str, str]:
    """A consent with the child's name and, of a separate one, the question's; its code where that is gone."""
    child = next((child for child in children if child.id == one.person_id), None)
    notices = child.notices if child else ()
    fields = [field for notice in notices if notice.duty_id == one.duty_id for field in notice.fields]
    question = next((field.label(reading()) for field in fields if field.code == one.item), one.item)
    return one, child.name if child else "", question


def _choices(child: ToldChild, history: Iterable[ConsentInfo]) -> list[Choice]:
    held = [one for one in history if one.person_id == child.id and one.withdrawn_at is None]
    return [
        Choice(child, notice, {
            one.item: one for one in held if one.duty_id == notice.duty_id and one.terms == notice.terms
        })
        for notice in child.notices if notice.items
    ]  # fmt: skip


def _act(request: HttpRequest, reader: Reader) -> str:
    """Do what was sent, and name the page to go on with."""
    sent = request.POST
    if sent.get("act") == "read":
        services.note_read(reader.scope, sent.getlist("digest"), clock=CLOCK)
        messages.success(request, _("Thank you. You can read it again at any time."))
        return "family" if sent.get("from") == "family" else "privacy"
    number = row_number(sent.get("person", ""), "person")
    if sent.get("act") == "give":
        services.give(
            reader.scope, number, sent.get("duty", ""), sent.getlist("item"),
            capacity=sent.get("capacity", ""), digest=sent.get("digest", ""), clock=CLOCK,
        )  # fmt: skip
        messages.success(request, _("Your consent has been recorded. You can withdraw it here at any time."))
    else:
        services.withdraw(reader.scope, number, sent.get("duty", ""), sent.get("item", ""), clock=CLOCK)
        messages.success(request, _("Withdrawn. From now on nothing of this is asked or kept."))
    return "privacy"
