"""What many look at is computed once a second and kept, however many look.

Off by default: one process that answers one request has nothing to share. A server's worker switches it on. Whoever
asks is checked against their own scope after this, every time; nothing in here is one viewer's alone but by its key.
"""

import logging
import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from django.db import close_old_connections

from notoneless.kernel.errors import DomainError
from notoneless.roster.scope import Scope

T = TypeVar("T")
log = logging.getLogger(__name__)
FRESH = 1.0
"""Seconds for which an answer serves."""
AHEAD = 0.6
"""The part of its freshness after which an answer that is being watched is made anew, in the background, before
anybody waits for it."""
WATCHED = 5.0
"""Seconds since somebody asked, after which nobody is watching; twice that, and it is forgotten."""
MOST = 2000
"""Answers kept; beyond that the ones asked for longest ago go first."""


class _Entry:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.value: Any = None
        self.made_at = float("-inf")
        self.asked_at = 0.0
        self.make: Callable[[], Any] | None = None
        self.fresh = FRESH


class Keeper:
    """Answers by key. Errors are not kept: they go to whoever asked."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._entries: dict[Hashable, _Entry] = {}
        self._changing = threading.Lock()
        self.is_on = False

    def start(self) -> None:
        """Keep from now on, and look after what is watched in a thread of its own."""
        self.is_on = True
        threading.Thread(target=self._look_after, name="keeper", daemon=True).start()

    def get(self, key: Hashable, make: Callable[[], T], *, is_watched: bool = True, fresh: float = FRESH) -> T:
        """The kept answer, at most `fresh` seconds old, or a new one; of those who ask at once, one makes it.

        `make` may run in another thread later, so it must hold nothing of a request, unless `is_watched` is False.
        """
        if not self.is_on:
            return make()
        entry = self._entry(key)
        entry.asked_at = self._monotonic()
        entry.make, entry.fresh = (make if is_watched else None), fresh
        with entry.lock:
            if self._monotonic() - entry.made_at >= fresh:
                self._make(entry, make)
            value: T = entry.value
            return value

    def _entry(self, key: Hashable) -> _Entry:
        entry = self._entries.get(key)
        if entry is None:
            with self._changing:
                entry = self._entries.setdefault(key, _Entry())
                if len(self._entries) > MOST:
                    for old, _ in sorted(self._entries.items(), key=lambda item: item[1].asked_at)[: MOST // 10]:
                        if old != key:
                            del self._entries[old]
        return entry

    def _make(self, entry: _Entry, make: Callable[[], Any]) -> None:
        began = self._monotonic()  # an answer is as old as the moment before it was read
        entry.value = make()
        entry.made_at = began

    def _look_after(self) -> None:
        while True:
            time.sleep(AHEAD / 4)
            close_old_connections()
            self.renew()

    def renew(self) -> None:
        """Make anew what is watched and grows old; forget what nobody asks for."""
        now = self._monotonic()
        for key, entry in list(self._entries.items()):
            if now - entry.asked_at > max(2 * WATCHED, entry.fresh):
                with self._changing:
                    self._entries.pop(key, None)
            elif (
                entry.make is not None and now - entry.asked_at < WATCHED and now - entry.made_at > AHEAD * entry.fresh
            ):
                try:
                    fresh = _Entry()
                    self._make(fresh, entry.make)  # without the lock: who asks meanwhile gets the answer there is
                    entry.value, entry.made_at = fresh.value, fresh.made_at
                except Exception as error:
                    log.warning("a kept answer could not be renewed: %s", type(error).__name__)


kept = Keeper()
"""This process's."""


def watched(scope: Scope, key: Hashable, make: Callable[[], T], *, fresh: float = FRESH, is_watched: bool = True) -> T:
    """What is the same for everybody and watched by many, at most a second old in a server (or `fresh` seconds, for
    what changes slowly; `is_watched` False for a page that is read and does not ask again). `make` sees everything, so
    the caller must still ask whether `scope` covers it. To a limited viewer what does not exist is out of scope.
    """
    try:
        return kept.get(key, make, is_watched=is_watched, fresh=fresh)
    except DomainError as error:
        if error.code == "unknown_unit" and not scope.is_everything:
            raise DomainError("out_of_scope", "unit") from error
        raise
