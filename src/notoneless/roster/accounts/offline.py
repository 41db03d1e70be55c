"""The key under which a family's phone keeps what it could not send yet.

It is made once for an account and kept sealed, so that a phone whose session has ended can read its own waiting reports
after signing in again, and nobody else can. The phone forgets it when the session ends (web/family).
"""

import base64
import secrets

from notoneless.kernel.crypto import seal_text, unseal_text
from notoneless.roster.models import Account

KEY_BYTES = 32


def offline_key(account: Account) -> str:
    """32 bytes as base64; the same at each call, whoever was first."""
    sealed = bytes(account.offline_key)
    if not sealed:
        made = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
        ours = seal_text(made, account.username)
        Account.objects.filter(pk=account.pk, offline_key=b"").update(offline_key=ours)
        sealed = bytes(Account.objects.values_list("offline_key", flat=True).get(pk=account.pk))
    return unseal_text(sealed, account.username)
