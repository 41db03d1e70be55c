"""Text messages to one phone. The dry-run channel keeps them here for a day and sends nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from notoneless.kernel.clock import Clock
from notoneless.kernel.crypto import Personal, seal, unseal
from notoneless.kernel.errors import DomainError
from notoneless.roster.models import OutgoingText

KEPT = timedelta(days=1)
NOBODY = "nobody"
"""The channel of a text to a phone that belongs to nobody: the same work is done, and nothing is ever sent."""
_CONTEXT = "text"


@dataclass(frozen=True)
class Text:
    """A text as the dry-run channel shows it."""

    made_at: datetime
    phone: str
    text: str
    purpose: str


def send_text(phone: str, text: str, purpose: str, *, clock: Clock, is_somebodys: bool = True) -> None:
    """Hand a text to the channel. The rows of days before end here."""
    sealed_phone, sealed_text = (seal(Personal(value), context=_CONTEXT) for value in (phone, text))
    channel = settings.TEXT_CHANNEL if is_somebodys else NOBODY
    OutgoingText.objects.create(
        phone=sealed_phone, text=sealed_text, purpose=purpose, channel=channel, made_at=clock.now()
    )
    OutgoingText.objects.filter(made_at__lt=clock.now() - KEPT).delete()


def dry_run_texts(*, limit: int = 20) -> list[Text]:
    """What would have been sent, newest first. Raises DomainError `not_in_production`."""
    if settings.PRODUCTION:
        raise DomainError("not_in_production")
    rows = OutgoingText.objects.filter(channel="dry-run").order_by("-pk")[:limit]
    return [Text(row.made_at, _open(row.phone), _open(row.text), row.purpose) for row in rows]


def _open(sealed: bytes | memoryview) -> str:
    return unseal(bytes(sealed), context=_CONTEXT).name
