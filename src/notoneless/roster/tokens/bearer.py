"""The token itself: `<key>.<payload>.<mac>`, payload in base64, mac in hexadecimal (RFC 9110's token68: no URLs).

The payload is msgpack: account, token, issued, expires, scope. The mac is keyed BLAKE2b (RFC 7693), 16 bytes, over key
name and payload: a third of what HMAC-SHA256 takes through OpenSSL 3, which is what a morning pays for every report.
"""

import hmac
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from hashlib import blake2b

import msgspec

from notoneless.kernel.errors import DomainError
from notoneless.kernel.keyring import KeyRing
from notoneless.roster.scope import Scope
from notoneless.roster.tokens.revocations import Revocations

LONGEST_TOKEN = 16_384
"""Characters. An account with some hundreds of units still fits."""


class Bearer(msgspec.Struct, frozen=True, array_like=True):
    """Who carries a token and what they reach. `issued` and `expires`: microseconds since 1970."""

    account: int
    token: str
    issued: int
    expires: int
    scope: Scope


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Bearer).decode


def sign(bearer: Bearer, ring: KeyRing) -> str:
    name, key = ring.newest()
    signed = f"{name}.{b2a_base64(_encode(bearer), newline=False).decode()}"
    return f"{signed}.{_mac(key, signed)}"


def read(token: str, *, ring: KeyRing, revoked: Revocations, now: int) -> Bearer:
    """The bearer of a token. `now`: microseconds since 1970.

    Raises DomainError `token_unreadable` (cut short, altered, or signed by a key we do not have), `token_expired` or
    `token_revoked`; one whose mac does not fit is told nothing more.
    """
    signed, _, mac = token.rpartition(".")
    name, _, payload = signed.partition(".")
    key = ring.find(name)
    # The mac first, over bytes that are still opaque: nothing of an unsigned payload is ever decoded.
    if key is None or len(token) > LONGEST_TOKEN or not hmac.compare_digest(_mac(key, signed).encode(), mac.encode()):
        raise DomainError("token_unreadable")
    try:
        bearer = _decode(a2b_base64(payload))
    except (msgspec.DecodeError, Base64Error) as error:
        raise DomainError("token_unreadable") from error
    if now >= bearer.expires:
        raise DomainError("token_expired")
    if revoked.has(bearer.account, bearer.token, bearer.issued):
        raise DomainError("token_revoked")
    return bearer


def _mac(key: bytes, signed: str) -> str:
    return blake2b(signed.encode("latin-1", "replace"), key=key, digest_size=16).hexdigest()
