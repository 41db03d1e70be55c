"""Keys with names, in one file of the bureau's own: the newest signs, the others still read, until they are retired.

Every process looks at the file's time of change at most once a second, so a rotation needs no restart.
"""

import fcntl
import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from notoneless.kernel.errors import DomainError
from notoneless.kernel.keys import KEY_BYTES

LOOK_EVERY = 1.0
"""Seconds between two looks at the file."""


class NamedKey(msgspec.Struct, frozen=True):
    """A key and its name. `made_at`: seconds since 1970. `suite`: by what it seals, where that is a choice."""

    name: str
    secret: str
    made_at: int
    suite: str = ""

    @property
    def bytes(self) -> bytes:
        return bytes.fromhex(self.secret)


class KeyRing:
    """The keys of one file, as this process knows them. `first`: what there is before there is a file."""

    def __init__(
        self, path: Path, monotonic: Callable[[], float] = time.monotonic, *, first: Sequence[NamedKey] = ()
    ) -> None:
        self._path = path
        self._monotonic = monotonic
        self._first = first
        self._keys: dict[str, bytes] = {}
        self._listed: tuple[NamedKey, ...] = ()
        self._newest = ""
        self._changed = (-1, -1)
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

    def known(self) -> tuple[NamedKey, ...]:
        """All keys, oldest first, as this process last read them; `listed` reads anew."""
        self._look()
        return self._listed

    def rotate(self, *, now: int, suite: str = "", key_bytes: int = KEY_BYTES // 2) -> str:
        """Make a key that signs from now on, and return its name. `now`: seconds since 1970."""
        with self._alone():
            kept = self.listed()
            taken = {key.name for key in kept}
            name = next(name for name in iter(lambda: secrets.token_hex(3), "") if name not in taken)
            self._write([*kept, NamedKey(name, secrets.token_hex(key_bytes), now, suite)])
        return name

    def retire(self, name: str) -> None:
        """Forget a key: whatever it signed is refused from now on. Raises DomainError `unknown_key`."""
        with self._alone():
            kept = [key for key in self.listed() if key.name != name]
            if len(kept) == len(self.listed()):
                raise DomainError("unknown_key", "key")
            self._write(kept)

    def listed(self) -> list[NamedKey]:
        """All keys, oldest first."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=list[NamedKey])
        except FileNotFoundError:
            return list(self._first)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Of two that change the ring at once, neither may lose the other's key: rows may be sealed with it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        door = os.open(self._path.with_name(f"{self._path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(door, fcntl.LOCK_EX)
            yield
        finally:
            os.close(door)

    def _write(self, keys: list[NamedKey]) -> None:
        """On disk before anybody uses it: a key that a crash took would take with it what it sealed."""
        fresh = self._path.with_suffix(f".{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        with fresh.open("wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(keys)))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self._looked = float("-inf")
        self._look()

    def _look(self) -> None:
        now = self._monotonic()
        if now - self._looked < LOOK_EVERY:
            return
        self._looked = now
        try:
            status = self._path.stat()
            changed = (status.st_mtime_ns, status.st_ino)
        except FileNotFoundError:
            changed = (0, 0)
        if changed != self._changed:
            keys = self.listed()
            self._keys = {key.name: key.bytes for key in keys}
            self._listed = tuple(keys)
            self._newest = keys[-1].name if keys else ""
            self._changed = changed
