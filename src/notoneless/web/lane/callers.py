"""Who calls: the bearer of a token, or of the cookie that a signed-in page carries."""

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie

from django.conf import settings

from notoneless.kernel.errors import DomainError
from notoneless.kernel.keyring import KeyRing
from notoneless.roster import tokens
from notoneless.roster.tokens import Bearer

COOKIE: str = settings.LANE_COOKIE_NAME


def bearer_of(headers: Mapping[bytes, bytes], *, ring: KeyRing, now: int) -> Bearer:
    """`now`: microseconds. Raises DomainError `sign_in_required`, `csrf_failed`, or what reading a token raises."""
    authorization = headers.get(b"authorization")
    if authorization is not None:
        scheme, _, credentials = authorization.decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            raise DomainError("sign_in_required")
        return tokens.read(credentials.strip(), ring=ring, revoked=tokens.revocations, now=now)
    token = cookie_of(headers.get(b"cookie", b"").decode("latin-1"))
    if not token:
        raise DomainError("sign_in_required")
    # A browser sends the cookie whoever asks it to. Only our own pages can name the type JSON from our own origin.
    if not _is_own_page(headers):
        raise DomainError("csrf_failed")
    return tokens.read(token, ring=ring, revoked=tokens.revocations, now=now)


def cookie_of(header: str) -> str:
    """The token in a Cookie header; nothing when there is none."""
    try:
        cookie = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return cookie.value if cookie else ""


def _is_own_page(headers: Mapping[bytes, bytes]) -> bool:
    if not headers.get(b"content-type", b"").startswith(b"application/json"):
        return False
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site == b"same-origin"
    origin = headers.get(b"origin", b"")
    return origin.partition(b"://")[2] == headers.get(b"host", b"-")
