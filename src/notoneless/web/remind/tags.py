"""What the pages of others include: the button of a missing list, what a unit is asked to do, the switch for a push."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.template import Library
from django.template.context import RequestContext

from notoneless.expect.queries import DutyInfo
from notoneless.follow import queries as follow_queries
from notoneless.follow.queries import Entry, Standing
from notoneless.follow.services import push_key
from notoneless.ledger.queries import DayUnitRef
from notoneless.web.access import reader_of
from notoneless.web.ui.days import CLOCK, today
from notoneless.web.ui.drafts import new_draft

register = Library()


def purpose(code: str, day: date, duty: str) -> str:
    """What a draft of the button is for."""
    return f"remind:{code}:{day}:{duty}"


@dataclass(frozen=True)
class Button:
    """The button, and what it has done already."""

    unit: DayUnitRef
    duty: DutyInfo
    standing: Standing
    draft: str


@register.simple_tag(takes_context=True)
def reminding(context: RequestContext, unit: DayUnitRef, duty: DutyInfo, day: date) -> Button | None:
    """None where this reader has nobody to remind: then nothing is shown."""
    scope = reader_of(context["request"]).scope
    standing = follow_queries.standing_of(scope, unit, day, duty, clock=CLOCK)
    if standing is None or not standing.is_any:
        return None
    return Button(unit, duty, standing, new_draft(purpose(unit.code, day, duty.code)).token)


@register.simple_tag(takes_context=True)
def asked_of(context: RequestContext, unit: DayUnitRef, day: date) -> list[Entry]:
    """What the ladder or somebody above has asked this unit to do today."""
    return follow_queries.entries_for(reader_of(context["request"]).scope, unit, day) if day == today() else []


@register.simple_tag
def push_switch() -> Any:
    """The public key that a browser needs to subscribe; nothing where this system has none."""
    return push_key()
