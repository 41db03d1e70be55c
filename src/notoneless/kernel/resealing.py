"""Rotate, reseal, retire: how a bureau changes the keys of its personal data while everybody works.

A rotation adds a key that seals from then on; resealing puts every row under it; retiring forgets a key that no row
needs any more. The audit chain's key is another one and never changes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction

from notoneless.kernel import audit
from notoneless.kernel.clock import Clock
from notoneless.kernel.crypto import Sealing, data_ring, index_ring, sealing
from notoneless.kernel.errors import DomainError
from notoneless.kernel.keyring import KeyRing
from notoneless.kernel.sealed import Sealed, sealed_columns
from notoneless.kernel.suites import SECRET_BYTES, checked_suite

CHUNK = 500
"""Rows a transaction: SQLite's one writer lock is held for some milliseconds."""
PASSES = 5
"""A row that somebody holds, or wrote with the key before within the second of a rotation, is met again."""
GRACE = timedelta(hours=1)
"""An import keeps the keys with which it began; the longest took minutes. So long a key is not retired after it was
followed by another."""

Progress = Callable[[str, int, int], None]
"""Column, rows done, rows to do."""


@dataclass
class Resealed:
    """`written`: rows, by column. `left`: rows still under older keys (asked again later). `unreadable`: rows that no
    key of the ring opens; they stay as they are."""

    written: dict[str, int] = field(default_factory=dict)
    left: int = 0
    unreadable: int = 0


def ring_of(*, is_index: bool) -> KeyRing:
    return index_ring() if is_index else data_ring()


def rotate(suite: str, *, actor: str, clock: Clock, is_index: bool = False) -> str:
    """Add a key that seals from now on, in all processes within a second; returns its name.

    Raises DomainError `unknown_suite`.
    """
    name = ring_of(is_index=is_index).rotate(
        now=int(clock.now().timestamp()), suite=checked_suite(suite), key_bytes=SECRET_BYTES
    )
    audit.record(actor, "keys.data.rotate", _subject(name, is_index), clock=clock, detail={"suite": suite})
    return name


def reseal(*, actor: str, clock: Clock, progress: Progress) -> Resealed:
    """Put every row under the newest keys, in chunks; after a kill it goes on where it was, for what is done is marked
    in the row itself."""
    keys, told = sealing(), Resealed()
    detail = {"key": keys.key.name, "index_key": keys.index_key.name}
    audit.record(actor, "keys.data.reseal.begin", f"key:{keys.key.name}", clock=clock, detail=detail)
    for column in sealed_columns():
        bring_up(column, keys, told, progress)
    counts = {"written": told.written, "left": told.left, "unreadable": told.unreadable}
    audit.record(actor, "keys.data.reseal", f"key:{keys.key.name}", clock=clock, detail=detail | counts)
    return told


def bring_up(column: Sealed, keys: Sealing, told: Resealed, progress: Progress) -> None:
    """Put one column's rows under these keys."""
    name = f"{column.model}.{column.column}"
    left = to_do = column.pending(keys)
    done = unreadable = 0
    for _ in range(PASSES):
        after, unreadable = None, 0
        while left:
            chunk = column.reseal(keys, after=after, limit=CHUNK)
            done, unreadable, after = done + chunk.written, unreadable + chunk.unreadable, chunk.last
            progress(name, done, to_do)
            if after is None:
                break
        left = column.pending(keys) if left else 0
        if left <= unreadable:
            break
    told.written[name] = done
    told.left += max(0, left - unreadable)
    told.unreadable += unreadable


def bring_up_model(model: str) -> None:
    """Before rows of a table are compared by their sealed bytes: all of them under the newest keys."""
    if len(data_ring().known()) > 1 or len(index_ring().known()) > 1:
        for column in sealed_columns(model):
            bring_up(column, sealing(), Resealed(), lambda *_: None)


def rows_under(name: str, *, is_index: bool = False) -> dict[str, int]:
    """How many rows of each column still need this key; columns with none are left out."""
    found = {f"{one.model}.{one.column}": one.rows_under(name, is_index=is_index) for one in sealed_columns()}
    return {column: rows for column, rows in found.items() if rows}


def retire(name: str, *, actor: str, clock: Clock, is_index: bool = False, grace: timedelta = GRACE) -> None:
    """Forget a key. Raises DomainError `unknown_key`, `key_is_newest`, `key_just_followed` or `key_in_use`."""
    ring = ring_of(is_index=is_index)
    held = ring.listed()
    place = next((place for place, key in enumerate(held) if key.name == name), None)
    if place is None:
        raise DomainError("unknown_key", "key")
    if place == len(held) - 1:
        raise DomainError("key_is_newest", "key")
    if clock.now().timestamp() - held[place + 1].made_at < grace.total_seconds():
        raise DomainError("key_just_followed", "key", minutes=int(grace.total_seconds() // 60))
    if used := rows_under(name, is_index=is_index):
        raise DomainError("key_in_use", "key", rows=sum(used.values()), where=", ".join(sorted(used)))
    with transaction.atomic():  # no key is forgotten without an entry that says so
        audit.record(actor, "keys.data.retire", _subject(name, is_index), clock=clock)
        ring.retire(name)


def _subject(name: str, is_index: bool) -> str:
    return f"{'index key' if is_index else 'key'}:{name}"
