"""Sealed personal fields, with the row's own code as context, and keyed blind indexes.

Every sealed value begins with a mark that says which key made it: two fixed bytes and the three of the key's name. The
first key, `data.key`, leaves no mark: what was sealed before there were several stays as it is, byte for byte, and so
does a bureau's roster when the software is renewed. A blind index tells its key in the same way, by `k` and the name.
"""

import hmac
from functools import cache
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from django.conf import settings

from notoneless.kernel.errors import DomainError
from notoneless.kernel.keyring import KeyRing, NamedKey
from notoneless.kernel.suites import AES_SIV, digest, suite_of

FIRST = "first"
MAGIC = b"\xc5\x01"
MARK_BYTES = 5
INDEX_LENGTH = 32
"""Characters: hexadecimal digits, of which a mark takes the place of some."""


class Personal(msgspec.Struct, array_like=True, frozen=True):
    """The personal fields of one person, sealed together."""

    name: str
    id_number: str = ""
    phone: str = ""


_encode = msgspec.json.Encoder().encode
personal_of = msgspec.json.Decoder(Personal).decode
"""The personal fields in what `unseal_bytes` gave."""


def data_ring() -> KeyRing:
    """What seals: `data.keys` beside the bureau's other keys. Before the first rotation there is only `data.key`."""
    return _ring(settings.VAR_DIR, "data.keys", settings.DATA_KEY)


def index_ring() -> KeyRing:
    """What blind indexes are made with: `index.keys`, beginning with `data.key`, of which they use a half."""
    return _ring(settings.VAR_DIR, "index.keys", settings.DATA_KEY)


@cache
def _ring(folder: Path, name: str, first: bytes) -> KeyRing:
    return KeyRing(folder / name, first=(NamedKey(FIRST, first.hex(), 0, AES_SIV),))


def data_mark(name: str) -> bytes:
    """What a value sealed by this key begins with; nothing for the first key."""
    return b"" if name == FIRST else MAGIC + bytes.fromhex(name)


def index_mark(name: str) -> str:
    return "" if name == FIRST else f"k{name}"


class Sealing:
    """The keys that seal at one moment. An import keeps them to its end, whatever is rotated meanwhile."""

    def __init__(self, key: NamedKey, index_key: NamedKey) -> None:
        self.key, self.index_key = key, index_key
        self._mark, self._suite = data_mark(key.name), suite_of(key)

    def seal_bytes(self, text: bytes, context: str) -> bytes:
        return self._mark + self._suite.seal(text, context.encode())

    def seal(self, personal: Personal, *, context: str) -> bytes:
        return self.seal_bytes(_encode(personal), context)

    def blind_index(self, kind: str, value: str) -> str:
        return _index(self.index_key, kind, value)


def sealing() -> Sealing:
    """The newest keys."""
    return _sealing(data_ring().known()[-1], index_ring().known()[-1])


@cache
def _sealing(key: NamedKey, index_key: NamedKey) -> Sealing:
    return Sealing(key, index_key)


def seal(personal: Personal, *, context: str) -> bytes:
    """Encrypt the personal fields of the row named by `context`, with the newest key."""
    return sealing().seal(personal, context=context)


def unseal(sealed: bytes, *, context: str) -> Personal:
    """Decrypt what `seal` made. Raises DomainError `unreadable_record` when key or context do not fit."""
    return personal_of(unseal_bytes(sealed, context))


def seal_text(text: str, context: str) -> bytes:
    """Encrypt a single text of the row named by `context`, with the newest key."""
    return sealing().seal_bytes(text.encode(), context)


def unseal_text(sealed: bytes, context: str) -> str:
    """Decrypt what `seal_text` made. Raises DomainError `unreadable_record` when key or context do not fit."""
    return unseal_bytes(sealed, context).decode()


def unseal_bytes(sealed: bytes, context: str) -> bytes:
    """What was sealed, as bytes, by whichever key of the ring. Raises DomainError `unreadable_record`."""
    sealed = bytes(sealed)
    if sealed.startswith(MAGIC) and (key := _marked(sealed)) is not None:
        try:
            return suite_of(key).open(sealed[MARK_BYTES:], context.encode())
        except (InvalidTag, ValueError):  # ValueError: shorter than a tag
            pass  # the first key's bytes may look like a mark, once in 2**40 rows
    first = data_ring().known()[0]
    if first.name != FIRST:  # it is retired
        raise DomainError("unreadable_record")
    try:
        return suite_of(first).open(sealed, context.encode())
    except (InvalidTag, ValueError) as error:
        raise DomainError("unreadable_record") from error


def _marked(sealed: bytes) -> NamedKey | None:
    """The key that the mark names."""
    ring, name = data_ring(), sealed[len(MAGIC) : MARK_BYTES].hex()
    if ring.find(name) is None:
        return None
    return next((key for key in ring.known() if key.name == name), None)


def blind_index(kind: str, value: str) -> str:
    """A keyed fingerprint (32 characters) by which equal values can be found without being read, by the newest key."""
    return sealing().blind_index(kind, value)


def blind_indexes(kind: str, value: str) -> list[str]:
    """The fingerprint by each key of the ring, newest first: for a look-up while rows are still under an older one."""
    return [_index(key, kind, value) for key in reversed(index_ring().known())]


def _index(key: NamedKey, kind: str, value: str) -> str:
    return (index_mark(key.name) + digest(key, f"{kind}:{value}".encode()).hex())[:INDEX_LENGTH]


def passing_digest(kind: str, value: str) -> str:
    """A keyed fingerprint of what is kept for days only and cannot be computed anew: codes, failed sign-ins, slips.

    Its key is `data.key` for good, as the audit chain's: a rotation must not end the invitations that are out.
    """
    return hmac.digest(settings.DATA_KEY[:32], f"{kind}:{value}".encode(), "sha256")[:16].hex()
