"""Letters for their senders and for families, how many have read them, and whom to call."""

from notoneless.publish.queries.counts import (
    CountLine,
    Counts,
    Standing,
    Unconfirmed,
    households_reached,
    may_see_unconfirmed,
    standing_of,
    unconfirmed_of,
)
from notoneless.publish.queries.family import (
    FamilyLetter,
    letter_of_household,
    letters_of_households,
    recipients,
    unread_count,
)
from notoneless.publish.queries.letters import LetterInfo, letter_at, letters_at, may_send, sending_unit
from notoneless.publish.queries.telephones import TelephoneInfo, telephone_of, telephones_of_households

__all__ = [
    "CountLine",
    "Counts",
    "FamilyLetter",
    "LetterInfo",
    "Standing",
    "TelephoneInfo",
    "Unconfirmed",
    "households_reached",
    "letter_at",
    "letter_of_household",
    "letters_at",
    "letters_of_households",
    "may_see_unconfirmed",
    "may_send",
    "recipients",
    "sending_unit",
    "standing_of",
    "telephone_of",
    "telephones_of_households",
    "unconfirmed_of",
    "unread_count",
]
