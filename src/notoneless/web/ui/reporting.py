"""People's reports from a page: the same steps for a family and for a teacher who reports on behalf."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import QueryDict

from notoneless.collect.carry import carried
from notoneless.collect.queries import form_in_force
from notoneless.collect.rules import Form
from notoneless.collect.services import Outcome, apply_reports
from notoneless.expect.queries import DutyInfo
from notoneless.kernel.clock import from_micros, to_micros
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
    earlier_on: date | None = None
    checks: tuple[tuple[DutyInfo, SlotView], ...] = ()
    """What a teacher looks after today, and what came of it."""

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
    duty: DutyInfo,
    person: tuple[int, str, str],
    place: str,
    slot: SlotView | None,
    sent: QueryDict | None = None,
    *,
    is_brief: bool = False,
    is_compact: bool = False,
    without: Collection[str] = (),
    earlier: tuple[date, Mapping[str, Any]] | None = None,
    form: Form | None = None,
) -> Card:
    """`person`: id, code and name. `earlier`: when this was reported last, and how. `form`: the duty's in force, where
    many cards share one reading of it. The others: see Sheet."""
    person_id, code, name = person
    form = form or form_in_force(duty.form)
    same = None if earlier is None else carried(form, earlier[1])
    sheet = Sheet(
        form, f"p{person_id}-", sent=sent, is_brief=is_brief, is_compact=is_compact, without=without, same=same
    )
    card = Card(person_id, code, name, place, slot, sheet, earlier_on=earlier[0] if earlier and sheet.same else None)
    sheet.held = card.held
    return card


def send_once(
    bodies: Sequence[tuple[dict[str, Any], SlotView | None]], *, draft: Draft, scope: Scope,
    made: datetime | None = None,
) -> list[DomainError | None]:  # fmt: skip
    """Report these bodies (no id, no made_at), made now, each with the slot as it stands. One error or None each.

    The id comes from draft and content, so the same content under a used id is a second click and changes nothing,
    while an edited page is a report of its own. The instant is that of sending: a page that lay open for an hour must
    not lose against what came in meanwhile. Nor may it lose against what it corrects, whose clock may have run ahead.
    `made`: when it was written and kept by a phone without a line; what has come in since then is newer.
    """
    now = to_micros(CLOCK.now())
    reports = []
    for body, slot in bodies:
        held_at = slot.made_at if slot is not None and slot.made_at is not None else 0
        instant = max(now, held_at + 1) if made is None else min(now, to_micros(made))
        made_at = from_micros(instant).isoformat()
        reports.append({"id": str(draft.id_for(body)), "made_at": made_at, **body})
    return [refusal_of(outcome) for outcome in apply_reports(reports, scope=scope, clock=CLOCK)]


def refusal_of(outcome: Outcome) -> DomainError | None:
    """The error of a report whose id was made by `Draft.id_for`: there a used id is a repeat, not an error."""
    return None if outcome.error is None or outcome.error.code == "id_reused" else outcome.error


def send_cards(
    cards: Sequence[Card], *, duty: DutyInfo, day: date, by: str, draft: Draft, scope: Scope,
    made: datetime | None = None,
) -> bool:  # fmt: skip
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
    bodies = [
        ({"duty": duty.code, "day": str(day), "person": card.code, "answers": answers, "by": by}, card.slot)
        for card, answers in sending
    ]
    for (card, _), error in zip(sending, send_once(bodies, draft=draft, scope=scope, made=made), strict=True):
        if error is None:
            card.is_done_now = True
        else:
            card.sheet.refuse(error)
    return not any(card.sheet.errors for card in cards)
