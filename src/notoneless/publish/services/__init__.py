"""Send and withdraw letters; keep that a family was shown one and confirmed it; give families a number to call."""

from notoneless.publish.services.letters import check_letter, send_letter, withdraw_letter
from notoneless.publish.services.receipts import confirm_letter, note_shown
from notoneless.publish.services.telephones import set_telephone

__all__ = ["check_letter", "confirm_letter", "note_shown", "send_letter", "set_telephone", "withdraw_letter"]
