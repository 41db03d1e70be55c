"""All children of a household on one screen: what is owed today, and one form to give it."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from notoneless.expect import queries as expect_queries
from notoneless.expect.queries import Asks
from notoneless.kernel import audit
from notoneless.kernel.errors import DomainError
from notoneless.ledger import queries as ledger_queries
from notoneless.publish import queries as publish_queries
from notoneless.roster import queries as roster_queries
from notoneless.web.access import Reader, signed_in
from notoneless.web.family.household import AS_BEFORE, DUTY, cards_of, repeatable, with_the_rest_as_before
from notoneless.web.family.queue import credentials
from notoneless.web.privacy.notices import unread
from notoneless.web.reading import ACT, subject_of
from notoneless.web.ui.days import today
from notoneless.web.ui.drafts import new_draft, sent_draft
from notoneless.web.ui.pages import Page, page_number
from notoneless.web.ui.reporting import Card, send_cards
from notoneless.web.ui.words import reading, sentence


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def family(request: HttpRequest, reader: Reader) -> HttpResponse:
    reader.require("guardian")
    day, duty = today(), expect_queries.duty_by_code(DUTY)
    context = {"day": day, "duty": duty, "is_open": bool(ledger_queries.sessions_on(day)), "refusal": ""}
    status = 200
    draft = new_draft(f"family:{day}")
    sent = request.POST if request.method == "POST" else None
    cards = cards_of(reader, day, duty, sent)
    if sent is not None and AS_BEFORE in sent:
        cards = cards_of(reader, day, duty, with_the_rest_as_before(cards, sent))
    if sent is not None:
        try:
            draft = sent_draft(request, f"family:{day}")
            if send_cards(cards, duty=duty, day=day, by="guardian", draft=draft, scope=reader.scope):
                return redirect("family_done")
        except DomainError as error:
            context["refusal"] = sentence(error)
        status = 422
        cards = _refreshed(cards, cards_of(reader, day, duty))
    owed = [card for card in cards if card.slot is not None and card.slot.state != "excused"]
    context |= {
        "cards": cards,
        "draft": draft,
        "any_owed": bool(owed),
        "repeatable": repeatable(cards),
        "asks": _asks(reader, day),
        "unread": unread(reader, day),
        "letters_unread": publish_queries.unread_count(reader.scope),
        "offline": credentials(request, reader),
    }
    return render(request, "family/family.html", context, status=status)


def _asks(reader: Reader, day: date) -> Asks:
    return expect_queries.asks_of_households(reader.scope, day)


def _refreshed(cards: list[Card], fresh: list[Card]) -> list[Card]:
    """What was accepted shows the ledger's state; what was not keeps what the reader wrote."""
    return [new if old.is_done_now else old for old, new in zip(cards, fresh, strict=True)]


@require_safe
@signed_in
def reads(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Who has read the records of the household's children: when, in which role and for which unit."""
    reader.require("guardian")
    children = {subject_of(child.code): child.name for child in roster_queries.children_of_household(reader.scope)}
    page = Page(page_number(request), 0)
    total, entries = audit.entries_about(ACT, sorted(children), limit=page.per_page, offset=page.offset)
    units = roster_queries.names_of_units({entry.detail["unit"] for entry in entries})
    lines = [
        (entry.made_at, children[entry.subject], entry.detail["role"],
         units[entry.detail["unit"]][reading() == "en"] if entry.detail["unit"] in units else "")
        for entry in entries
    ]  # fmt: skip
    return render(request, "family/reads.html", {"lines": lines, "page": Page(page_number(request), total)})


@require_safe
@signed_in
def done(request: HttpRequest, reader: Reader) -> HttpResponse:
    reader.require("guardian")
    duty = expect_queries.duty_by_code(DUTY)
    cards = [card for card in cards_of(reader, today(), duty) if card.slot is not None]
    waiting = [card for card in cards if card.slot is not None and card.slot.state in ("due", "missing")]
    context = {"day": today(), "duty": duty, "cards": cards, "waiting": waiting}
    return render(request, "family/done.html", context)
