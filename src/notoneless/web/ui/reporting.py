"""People's reports from a page: the same steps for a family and for a teacher who reports on behalf."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict

from notoneless.collect.queries import form_in_force
from notoneless.collect.services import Outcome, apply_reports
from notoneless.expect.queries import DutyInfo
from notoneless.kernel.errors import DomainError
from notoneless.ledger.queries import SlotView
from notoneless.roster.scope import Scope
from notoneless.web.ui.days import CLOCK
from notoneless.web.ui.drafts import Draft
from notoneless.web.ui.questions import Sheet


@dataclass
class Card:
    """One person on a page: what they owe of a duty, and the sheet by which it can be given. No slot: nothing owed."""

    person_id: int
    code: str
    name: str
    place: str
    slot: SlotView | None
    sheet: Sheet
    is_done_now: bool = False

    @property
    def held(self) -> dict[str, Any]:
        return json.loads(self.slot.answers) if self.slot is not None and self.slot.answers else {}

    @property
    def is_given(self) -> bool:
        return self.slot is not None and self.slot.state in ("reported", "voluntary")

    @property
    def is_open(self) -> bool:
        """Shown unfolded: it has yet to be given, or something is wrong with it."""
        return not self.is_given or bool(self.sheet.errors)


def card_for(
    duty: DutyInfo, person: tuple[int, str, str], place: str, slot: SlotView | None, sent: QueryDict | None = None
) -> Card:
    person_id, code, name = person
    sheet = Sheet(form_in_force(duty.form), f"p{person_id}-", sent=sent)
    card = Card(person_id, code, name, place, slot, sheet)
    sheet.held = card.held
    return card


def send_cards(
    cards: Sequence[Card], *, duty: DutyInfo, day: date, by: str, draft: Draft, scope: Scope
) -> bool:
    """Report what was filled in; what was left blank, or stands in the ledger just so, is left alone.

    True when all of it was accepted; else the errors stand on the sheets. Raises DomainError `nothing_filled`.
    """
    filled = [card for card in cards if card.slot is not None and not card.sheet.is_blank()]
    if not filled:
        raise DomainError("nothing_filled")
    sending: list[tuple[Card, dict[str, Any]]] = []
    for card in filled:
        answers = card.sheet.read()
        if answers is not None and not (card.is_given and answers == card.held):
            sending.append((card, answers))

    def report(card: Card, answers: dict[str, Any], report_id: str, made_at: str) -> dict[str, Any]:
        return {"id": report_id, "duty": duty.code, "day": str(day), "person": card.code, "answers": answers,
                "made_at": made_at, "by": by}  # fmt: skip

    made_at = draft.made_at.isoformat()
    first = [report(card, answers, draft.report_id(duty.code, card.code), made_at) for card, answers in sending]
    outcomes = apply_reports(first, scope=scope, clock=CLOCK)
    # The page was changed after it had been sent (the reader went back): that is a correction, made now.
    again = [pair for pair, outcome in zip(sending, outcomes, strict=True) if _is_changed(outcome)]
    now = CLOCK.now().isoformat()
    corrected = apply_reports(
        [report(card, answers, str(uuid.uuid4()), now) for card, answers in again], scope=scope, clock=CLOCK
    )
    final = [(card, outcome) for (card, _), outcome in zip(sending, outcomes, strict=True) if not _is_changed(outcome)]
    final += [(card, outcome) for (card, _), outcome in zip(again, corrected, strict=True)]
    for card, outcome in final:
        if outcome.error is None:
            card.is_done_now = True
        else:
            card.sheet.refuse(outcome.error)
    return not any(card.sheet.errors for card in cards)


def _is_changed(outcome: Outcome) -> bool:
    return outcome.error is not None and outcome.error.code == "id_reused"
