"""Keys with names, in one file of the bureau's own: the newest signs, the others still read, until they are retired.

Every process looks at the file's time of change at most once a second, so a rotation needs no restart.
"""

import secrets
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from notoneless.kernel.errors import DomainError
from notoneless.kernel.keys import KEY_BYTES

LOOK_EVERY = 1.0
"""Seconds between two looks at the file."""


class NamedKey(msgspec.Struct, frozen=True):
    """A key and its name. `made_at`: seconds since 1970."""

    name: str
    secret: str
    made_at: int

    @property
    def bytes(self) -> bytes:
        return bytes.fromhex(self.secret)


class KeyRing:
    """The keys of one file, as this process knows them."""

    def __init__(self, path: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._monotonic = monotonic
        self._keys: dict[str, bytes] = {}
        self._newest = ""
        self._changed = -1
        self._looked = float("-inf")

    def newest(self) -> tuple[str, bytes]:
        """The name and the bytes of the key that signs; the first is made when there is none."""
        self._look()
        if not self._newest:
            self.rotate(now=int(time.time()))
        return self._newest, self._keys[self._newest]

    def find(self, name: str) -> bytes | None:
        self._look()
        if name not in self._keys:
            self._looked = float("-inf")  # it may be newer than the last look; a token signed just now is good at once
            self._look()
        return self._keys.get(name)

    def rotate(self, *, now: int) -> str:
        """Make a key that signs from now on, and return its name. `now`: seconds since 1970."""
        name = secrets.token_hex(3)
        self._write([*self.listed(), NamedKey(name, secrets.token_hex(KEY_BYTES // 2), now)])
        return name

    def retire(self, name: str) -> None:
        """Forget a key: whatever it signed is refused from now on. Raises DomainError `unknown_key`."""
        kept = [key for key in self.listed() if key.name != name]
        if len(kept) == len(self.listed()):
            raise DomainError("unknown_key", "key")
        self._write(kept)

    def listed(self) -> list[NamedKey]:
        """All keys, oldest first."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=list[NamedKey])
        except FileNotFoundError:
            return []

    def _write(self, keys: list[NamedKey]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(f".{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_bytes(msgspec.json.format(msgspec.json.encode(keys)))
        fresh.replace(self._path)
        self._looked = float("-inf")
        self._look()

    def _look(self) -> None:
        now = self._monotonic()
        if now - self._looked < LOOK_EVERY:
            return
        self._looked = now
        try:
            changed = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            changed = 0
        if changed != self._changed:
            keys = self.listed()
            self._keys = {key.name: key.bytes for key in keys}
            self._newest = keys[-1].name if keys else ""
            self._changed = changed
