"""The only ways to change the ledger. Whatever changes a slot changes its tallies in the same transaction."""

from notoneless.ledger.services.fill import (
    SLOT_WANTED,
    Beside,
    FilledSlot,
    SlotRow,
    decode_measures,
    encode_measures,
    hold_sessions,
    lock_slots,
    slot_row,
    write_fills,
)
from notoneless.ledger.services.forgetting import forget_people, forget_session
from notoneless.ledger.services.merge import Merged, merge_claims
from notoneless.ledger.services.traits import Trait, Traits, heads, staged_traits
from notoneless.ledger.services.tree import freeze_tree
from notoneless.ledger.services.window import close_ended, close_session, mark_merged, open_session

__all__ = [
    "SLOT_WANTED",
    "Beside",
    "FilledSlot",
    "Merged",
    "SlotRow",
    "Trait",
    "Traits",
    "close_ended",
    "close_session",
    "decode_measures",
    "encode_measures",
    "forget_people",
    "forget_session",
    "freeze_tree",
    "heads",
    "hold_sessions",
    "lock_slots",
    "mark_merged",
    "merge_claims",
    "open_session",
    "slot_row",
    "staged_traits",
    "write_fills",
]
