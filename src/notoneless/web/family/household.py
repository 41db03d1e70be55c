"""A household's children on a day: what each owes, what it may say again, and what the class teacher looks after."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import msgspec
from django.http import QueryDict

from notoneless.consent import queries as consent_queries
from notoneless.expect import queries as expect_queries
from notoneless.expect.queries import DutyInfo
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import SlotView
from notoneless.roster import queries as roster_queries
from notoneless.web.access import Reader
from notoneless.web.ui.reporting import Card, card_for
from notoneless.web.ui.words import reading

DUTY = "daily-health"
CHECK = "class-check"
AS_BEFORE = "as_before"
"""The button that says it for every child at once."""
OFFERED = "offered-"
"""Before a sheet's prefix: what the page showed as said before."""
EARLIER = 7
"""Days: "as before" means the last week; what was said before that has to be said anew."""


def cards_of(reader: Reader, day: date, duty: DutyInfo, sent: QueryDict | None = None) -> list[Card]:
    """One for each child of the household, in the roster's order."""
    children = roster_queries.children_of_household(reader.scope)
    ids = [child.id for child in children]
    duties = {one.id: one for one in expect_queries.duties().values()}
    slots: dict[int, SlotView] = {}
    checks: dict[int, list[tuple[DutyInfo, SlotView]]] = {}
    for duty_id, slot in ledger_queries.slots_of_respondents(ids, day):
        if duty_id == duty.id:
            slots[slot.respondent_id] = slot
        elif duty_id in duties and duties[duty_id].form == CHECK:
            checks.setdefault(slot.respondent_id, []).append((duties[duty_id], slot))
    before = [day - timedelta(days=back) for back in range(1, EARLIER + 1)]
    earlier = ledger_queries.latest_answers(ids, duty.id, before)
    units = ledger_queries.day_units(day, {child.unit_id for child in children})
    schools = ledger_queries.day_units(day, {unit.parent_id for unit in units.values() if unit.parent_id})
    withheld = consent_queries.withheld_fields(ids, duty)
    cards = []
    for child in children:
        unit = units.get(child.unit_id)
        chain = [] if unit is None else [schools.get(unit.parent_id or 0), unit]
        place = " ".join(ref.label(reading()) for ref in chain if ref is not None)
        card = card_for(
            duty, (child.id, child.code, child.name), place,
            slots.get(child.id), sent, is_compact=True, without=withheld[child.id],
            earlier=_decoded(earlier.get(child.id)),
        )  # fmt: skip
        card.checks = tuple(checks.get(child.id, ()))
        cards.append(card)
    return cards


def with_the_rest_as_before(cards: list[Card], sent: QueryDict) -> QueryDict:
    """What was sent, and for each child left blank that still owes, what the page offered to say again of it."""
    full = sent.copy()
    for card in repeatable(cards):
        offered = sent.get(f"{OFFERED}{card.sheet.prefix}", "")
        if offered and card.sheet.is_blank() and card.sheet.lead is not None:
            full[card.sheet.prefix + card.sheet.lead["code"]] = offered
    return full


def repeatable(cards: list[Card]) -> list[Card]:
    """Who still owes, and has something to say again."""
    return [
        card
        for card in cards
        if card.slot is not None and card.slot.state in ("due", "missing") and card.sheet.same_value
    ]


def _decoded(earlier: tuple[date, str] | None) -> tuple[date, Mapping[str, Any]] | None:
    return None if earlier is None else (earlier[0], msgspec.json.decode(earlier[1]))
