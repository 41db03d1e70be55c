"""What a family does with a letter: it is shown, and confirmed once for the household, by whichever guardian."""

from django.db import transaction

from notoneless.kernel.clock import Clock
from notoneless.kernel.errors import DomainError
from notoneless.publish.models import Letter, Receipt
from notoneless.publish.queries.family import recipients
from notoneless.publish.rules import RECEIPT
from notoneless.roster.scope import Scope


def note_shown(scope: Scope, letter_id: int, *, clock: Clock) -> int:
    """Keep that a letter was shown to the scope's households that it went to. How many had not seen it before.

    Raises DomainError `out_of_scope`.
    """
    homes = recipients(scope, letter_id)
    held = set(Receipt.objects.filter(letter=letter_id, household__in=homes).values_list("household_id", flat=True))
    new = [Receipt(letter_id=letter_id, household_id=home, shown_at=clock.now()) for home in homes if home not in held]
    # Another guardian may open it at the same instant: the first one's receipt is the household's.
    Receipt.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def confirm_letter(scope: Scope, letter_id: int, *, clock: Clock) -> bool:
    """Confirm that it has been read; whoever confirms first is the household's. False where that was done before.

    Raises DomainError `out_of_scope`, `letter_withdrawn`, `no_receipt_asked`.
    """
    with transaction.atomic():
        note_shown(scope, letter_id, clock=clock)
        letter = Letter.objects.get(pk=letter_id)
        if letter.kind != RECEIPT:
            raise DomainError("no_receipt_asked")
        mine = Receipt.objects.filter(letter=letter, household__in=recipients(scope, letter_id), confirmed_at=None)
        if letter.withdrawn_at is not None and mine.exists():
            raise DomainError("letter_withdrawn")
        return mine.update(confirmed_at=clock.now(), confirmed_by=scope.actor) > 0
