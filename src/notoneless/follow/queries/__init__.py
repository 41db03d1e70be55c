"""Who waits to be reminded, what became of it, and whether it helped."""

from notoneless.follow.queries.effect import Effect, effect_of
from notoneless.follow.queries.entries import Entry, entries_for
from notoneless.follow.queries.listing import ReminderLine, ReminderPage, is_walking, reminders_of
from notoneless.follow.queries.pack import rules
from notoneless.follow.queries.recipients import Browser, Recipient, browsers_of, families, staff
from notoneless.follow.queries.standing import MOST_AT_ONCE, Standing, may_remind, require_reminding, standing_of

__all__ = [
    "MOST_AT_ONCE",
    "Browser",
    "Effect",
    "Entry",
    "Recipient",
    "ReminderLine",
    "ReminderPage",
    "Standing",
    "browsers_of",
    "effect_of",
    "entries_for",
    "families",
    "is_walking",
    "may_remind",
    "reminders_of",
    "require_reminding",
    "rules",
    "staff",
    "standing_of",
]
