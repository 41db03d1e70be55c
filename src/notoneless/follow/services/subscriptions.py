"""A browser that takes a push: kept sealed, found again by a keyed digest of its address."""

import base64
import uuid

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import transaction

from notoneless.follow.channels.webpush.keys import key_pair
from notoneless.follow.models import PushSubscription
from notoneless.follow.queries.recipients import Endpoint
from notoneless.follow.rules import is_push_service
from notoneless.kernel import audit
from notoneless.kernel.clock import Clock
from notoneless.kernel.crypto import blind_index, blind_indexes, seal_text
from notoneless.kernel.errors import DomainError
from notoneless.roster.models import Account

MOST_BROWSERS = 5
_LONGEST = 1000


def push_key() -> str | None:
    """Our public key as a browser takes it; None where `nol remind key` was not run or a push is no channel here."""
    pair = key_pair() if "webpush" in settings.REMINDER_CHANNELS else None
    return None if pair is None else pair.shown


def keep_browser(account: Account, told: bytes, *, clock: Clock) -> None:
    """A subscription as the browser's `toJSON` says it. The same browser again, under whatever account, is one row:
    it belongs to who signed in last. Of more than five, the oldest goes.

    Raises DomainError `bad_subscription`, `unknown_push_service`.
    """
    to = _checked(told)
    with transaction.atomic():
        PushSubscription.objects.filter(endpoint_index__in=blind_indexes("push", to.endpoint)).delete()
        code = uuid.uuid4().hex
        PushSubscription.objects.create(
            account=account, code=code, endpoint_index=blind_index("push", to.endpoint),
            sealed=seal_text(msgspec.json.encode(to).decode(), code), made_at=clock.now(),
        )  # fmt: skip
        mine = PushSubscription.objects.filter(account=account).order_by("-pk")
        PushSubscription.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[MOST_BROWSERS:])).delete()
        audit.record(account.get_username(), "push.kept", f"account:{account.pk}", clock=clock)


def forget_browser(account: Account, told: bytes, *, clock: Clock) -> None:
    """The browser with this address, or, where nothing is told, every browser of the account."""
    rows = PushSubscription.objects.filter(account=account)
    if told.strip():
        rows = rows.filter(endpoint_index__in=blind_indexes("push", _checked(told).endpoint))
    with transaction.atomic():
        if rows.delete()[0]:
            audit.record(account.get_username(), "push.forgotten", f"account:{account.pk}", clock=clock)


def _checked(told: bytes) -> Endpoint:
    try:
        to = msgspec.json.decode(told, type=Endpoint)
        point, secret = _bytes(to.keys.p256dh), _bytes(to.keys.auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except (msgspec.DecodeError, ValueError) as error:
        raise DomainError("bad_subscription", "subscription") from error
    if len(to.endpoint) > _LONGEST or len(secret) != 16:
        raise DomainError("bad_subscription", "subscription")
    if not is_push_service(to.endpoint, settings.PUSH_ORIGINS):
        raise DomainError("unknown_push_service", "subscription")
    return to


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
