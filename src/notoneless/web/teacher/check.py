"""Taking a check by exceptions: what a page showed, what was sent, and what has come in between.

Everyone is present until marked. A page may be old: opened before a colleague sent the check, or before midnight. Then
nothing is sent; what stands now is shown together with the reader's own marks, and sending them is one tap more.
"""

import base64
import zlib
from collections.abc import Sequence

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from notoneless.collect.services import check_class
from notoneless.collect.services.class_check import PRESENT
from notoneless.kernel.clock import day_of
from notoneless.kernel.errors import DomainError
from notoneless.web.access import Reader
from notoneless.web.teacher.classroom import Class, cards_of
from notoneless.web.ui.days import CLOCK, today
from notoneless.web.ui.drafts import Draft, read_draft, sent_draft
from notoneless.web.ui.reporting import Card, refusal_of, send_cards
from notoneless.web.ui.words import sentence


def take_check(request: HttpRequest, reader: Reader, found: Class) -> tuple[list[Card], str]:
    """The cards as they now are, and what was refused as a whole; both tell nothing where all was accepted."""
    sent, shown = cards_of(found, request.POST), cards_of(found)
    try:
        if not found.may_report or not found.is_check:
            raise DomainError("by_not_allowed", "duty")
        _require_same_day(request)
        draft = sent_draft(request, found.purpose)
        overtaken = _overtaken(request, sent)
        if overtaken:
            kept = [now if one.code in overtaken and _is_plain(one) else one
                    for one, now in zip(sent, shown, strict=True)]  # fmt: skip
            return kept, sentence(DomainError("check_overtaken"))
        _send(reader, found, sent, draft)
    except DomainError as error:
        return sent, sentence(error)
    return sent, ""


def stamp_of(found: Class, cards: Sequence[Card]) -> str:
    """Changes whenever the day's check of this class does: a page that was shown another is old."""
    state = ",".join(f"{card.person_id}:{card.slot.revision if card.slot else 0}" for card in cards)
    return f"{found.shown.day}-{zlib.crc32(state.encode()):08x}"


def keep_key(request: HttpRequest, found: Class) -> str:
    """The key under which the browser keeps marks that were not sent yet: it ends with the session."""
    drawn = salted_hmac("notoneless.check", f"{request.session.session_key}:{found.purpose}", algorithm="sha256")
    return base64.b64encode(drawn.digest()).decode()


def _require_same_day(request: HttpRequest) -> None:
    """Raises DomainError `check_other_day` for a page that was opened for its own day and is sent on another."""
    draft = read_draft(request)
    made_on, now = day_of(draft.made_at), today()
    if made_on != now and f":{made_on}:" in draft.purpose:
        raise DomainError("check_other_day", day=made_on, today=now)


def _overtaken(request: HttpRequest, cards: Sequence[Card]) -> set[str]:
    """Codes of those whose line has changed since the page was shown, and would now be changed back."""
    changed = set()
    for card in cards:
        was = request.POST.get(f"rev-{card.person_id}", "")
        now = card.slot.revision if card.slot is not None else 0
        if was.isdecimal() and len(was) < 9 and int(was) != now and card.sheet.read() != card.held:
            changed.add(card.code)
    return changed


def _is_plain(card: Card) -> bool:
    """Nothing was marked on this line."""
    return card.sheet.read() == dict(PRESENT)


def _send(reader: Reader, found: Class, cards: list[Card], draft: Draft) -> None:
    """The first time the whole class is checked; later only what was changed is sent."""
    if any(card.is_given for card in cards):
        send_cards(cards, duty=found.duty, day=found.shown.day, by="teacher", draft=draft, scope=reader.scope)
        return
    answers = {card.code: card.sheet.read() for card in cards}
    if any(card.sheet.errors for card in cards):
        return
    exceptions = {code: given for code, given in answers.items() if given is not None}
    outcomes = check_class(
        reader.scope, found.unit.code, found.shown.day, found.duty.code, exceptions,
        submission=draft.id_for(exceptions), clock=CLOCK,
    )  # fmt: skip
    by_code = {card.code: card for card in cards}
    for code, outcome in zip(sorted(by_code), outcomes, strict=True):
        if (error := refusal_of(outcome)) is not None:
            by_code[code].sheet.refuse(error)
