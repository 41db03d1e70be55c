"""Bearer tokens: a user name, signed and dated. An account that is switched off is refused when the token is read."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.core import signing

from notoneless.kernel.errors import DomainError

_signer = signing.TimestampSigner(salt="notoneless.api")
LONGEST = 24 * 366
"""Hours."""


def issue(username: str, hours: int = 12) -> str:
    """A token for this account. Raises DomainError `bad_parameter` for a life of no or too many hours."""
    if not 0 < hours <= LONGEST:
        raise DomainError("bad_parameter", "hours")
    return _signer.sign_object([username, hours])


def read(token: str) -> str:
    """The user name. Raises DomainError `sign_in_required` for a token that is not ours, or no longer good."""
    try:
        username, hours = _signer.unsign_object(token)
        _signer.unsign_object(token, max_age=timedelta(hours=hours))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise DomainError("sign_in_required") from error
    if not get_user_model().objects.filter(username=username, is_active=True).exists():
        raise DomainError("sign_in_required")
    return str(username)
