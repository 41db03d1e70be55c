"""Issue and revoke tokens. What ends tokens is written to the audit, and so is a program's token (`nol token`)."""

import secrets
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import transaction

from notoneless.kernel import audit
from notoneless.kernel.clock import MICROSECOND, Clock, day_of, instant_on, to_micros
from notoneless.kernel.errors import DomainError
from notoneless.kernel.keyring import KeyRing
from notoneless.roster import queries as roster_queries
from notoneless.roster.models import Account, TokenRevocation
from notoneless.roster.tokens.bearer import Bearer, sign
from notoneless.roster.tokens.revocations import revocations

LONGEST_HOURS = 24 * 366
SIGN_IN_HOURS = 12
HOUR = 3600 * 1_000_000


@cache
def _ring(path: Path) -> KeyRing:
    return KeyRing(path)


def keys() -> KeyRing:
    """The bureau's ring: `token.keys` beside its other keys."""
    return _ring(settings.VAR_DIR / "token.keys")


def issue(account: Account, *, clock: Clock, hours: int = SIGN_IN_HOURS, life: timedelta | None = None) -> str:
    """A token that reaches what the account's grants reach at this moment, and no longer than they do. `life` instead
    of `hours`: for the page's own token, which lives less than an hour for most.

    Raises DomainError `bad_parameter` for a life of no or too many hours, `account_off` for one that is switched off.
    """
    if not 0 < hours <= LONGEST_HOURS:
        raise DomainError("bad_parameter", "hours")
    if not account.is_active:
        raise DomainError("account_off")
    now, today = to_micros(clock.now()), day_of(clock.now())
    scope = roster_queries.scope_of(account, today)
    expires = now + (hours * HOUR if life is None else life // MICROSECOND)
    if (ends := roster_queries.scope_ends(account, today)) is not None:
        expires = min(expires, to_micros(instant_on(ends, 0)))
    return sign(Bearer(account.pk, secrets.token_hex(6), now, expires, scope), keys())


def revoke(account: Account, *, actor: str, clock: Clock, token: str = "") -> None:
    """End every token of an account issued up to this instant, or the one named. Effective everywhere in seconds."""
    with transaction.atomic():
        TokenRevocation.objects.create(account_id=account.pk, token=token, at=to_micros(clock.now()))
        audit.record(actor, "tokens.revoke", f"account:{account.pk}", clock=clock, detail={"one": bool(token)})
    revocations.refresh()
