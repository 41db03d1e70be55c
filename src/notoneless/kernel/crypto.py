"""Sealed personal fields: AES-SIV with the row's own code as context, and keyed blind indexes.

AES-SIV is deterministic for one key and context, so an import can tell an unchanged row by comparing bytes in
the database; two people with the same name have different contexts and so different bytes (RFC 5297).
"""

import hmac
from functools import cache

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings

from notoneless.kernel.errors import DomainError


class Personal(msgspec.Struct, array_like=True, frozen=True):
    """The personal fields of one person, sealed together."""

    name: str
    id_number: str = ""
    phone: str = ""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Personal).decode


@cache
def _cipher(key: bytes) -> AESSIV:
    return AESSIV(key)


def seal(personal: Personal, *, context: str) -> bytes:
    """Encrypt the personal fields of the row named by `context`."""
    return _cipher(settings.DATA_KEY).encrypt(_encode(personal), [context.encode()])


def unseal(sealed: bytes, *, context: str) -> Personal:
    """Decrypt what `seal` made. Raises DomainError `unreadable_record` when key or context do not fit."""
    try:
        return _decode(_cipher(settings.DATA_KEY).decrypt(bytes(sealed), [context.encode()]))
    except InvalidTag as error:
        raise DomainError("unreadable_record") from error


def blind_index(kind: str, value: str) -> str:
    """A keyed fingerprint (32 hex digits) by which equal values can be found without being read."""
    return hmac.digest(settings.DATA_KEY[:32], f"{kind}:{value}".encode(), "sha256")[:16].hex()
