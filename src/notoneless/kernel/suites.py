"""By what a data key seals: AES-SIV, or the same construction of the national algorithms.

Both are deterministic authenticated encryption (RFC 5297): the same text under the same key and context gives the same
bytes, so that an import finds unchanged rows by comparing them, and no nonce can ever be used for two texts.

`sm4` is SIV composed of SM3 (GB/T 32905) and SM4 (GB/T 32907), because no library and no national standard has an SIV
mode of SM4, and its GCM with a random nonce would make every import a change of every row. As in RFC 5297 the IV is a
pseudo-random function of everything that is protected, and is the tag too; the function is HMAC-SM3, for which the
proof (Rogaway and Shrimpton 2006) asks no more than of S2V. Context and text are framed by the context's length, so
that no two pairs are the same bytes. The two keys are independent.
"""

import hmac as constant
from collections.abc import Callable
from functools import cache
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, CipherAlgorithm, modes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

from notoneless.kernel.errors import DomainError
from notoneless.kernel.keyring import NamedKey

AES_SIV, SM4_SIV = "aes-siv", "sm4"
SUITES = (AES_SIV, SM4_SIV)
SECRET_BYTES = 64
TAG_BYTES = 16
_MAC_BYTES, _SM4_BYTES, _LENGTH_BYTES = 32, 16, 8


class Suite(Protocol):
    """`open` raises InvalidTag where key, context or a single bit does not fit."""

    def seal(self, text: bytes, context: bytes) -> bytes: ...

    def open(self, sealed: bytes, context: bytes) -> bytes: ...


class AesSiv:
    """AES-256-SIV, a key of 64 bytes."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESSIV(secret)

    def seal(self, text: bytes, context: bytes) -> bytes:
        return self._cipher.encrypt(text, [context])

    def open(self, sealed: bytes, context: bytes) -> bytes:
        return self._cipher.decrypt(sealed, [context])


class Sm4Siv:
    """IV = HMAC-SM3(length of context, context, text), first 16 bytes; then SM4-CTR from that IV.

    Of the key's 64 bytes the first 32 are HMAC's and the next 16 SM4's.
    """

    def __init__(self, secret: bytes) -> None:
        self._keyed = HMAC(secret[:_MAC_BYTES], SM3())
        self._algorithm: CipherAlgorithm = SM4(secret[_MAC_BYTES : _MAC_BYTES + _SM4_BYTES])

    def seal(self, text: bytes, context: bytes) -> bytes:
        iv = self._iv(text, context)
        encryptor = Cipher(self._algorithm, modes.CTR(iv)).encryptor()
        return iv + encryptor.update(text)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        iv = sealed[:TAG_BYTES]
        if len(iv) < TAG_BYTES:
            raise InvalidTag
        text = Cipher(self._algorithm, modes.CTR(iv)).decryptor().update(sealed[TAG_BYTES:])
        if not constant.compare_digest(iv, self._iv(text, context)):
            raise InvalidTag
        return text

    def _iv(self, text: bytes, context: bytes) -> bytes:
        mac = self._keyed.copy()  # the key's own blocks are hashed once, not for every row
        mac.update(len(context).to_bytes(_LENGTH_BYTES, "big") + context + text)
        return mac.finalize()[:TAG_BYTES]


_MADE: dict[str, Callable[[bytes], Suite]] = {AES_SIV: AesSiv, SM4_SIV: Sm4Siv}


@cache
def suite_of(key: NamedKey) -> Suite:
    return _MADE[key.suite](key.bytes)


def digest(key: NamedKey, message: bytes) -> bytes:
    """32 bytes: HMAC-SM3 for a key of the sm4 suite, HMAC-SHA-256 otherwise."""
    if key.suite != SM4_SIV:
        return constant.digest(_mac_key(key), message, "sha256")
    mac = _keyed_sm3(key).copy()
    mac.update(message)
    return mac.finalize()


@cache
def _mac_key(key: NamedKey) -> bytes:
    return key.bytes[:_MAC_BYTES]


@cache
def _keyed_sm3(key: NamedKey) -> HMAC:
    return HMAC(_mac_key(key), SM3())


def checked_suite(name: str) -> str:
    """Raises DomainError `unknown_suite`."""
    if name not in SUITES:
        raise DomainError("unknown_suite", "--suite", known=", ".join(SUITES))
    return name
