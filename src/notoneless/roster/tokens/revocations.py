"""Tokens that are no longer good, as this process knows them: read again each second, never asked for one by one."""

import threading
import time
from collections.abc import Callable

from notoneless.kernel.clock import to_micros
from notoneless.roster.models import TokenRevocation

READ_EVERY = 1.0
"""Seconds: a revocation takes effect within this and the time of one query."""
KEEP = 366 * 24 * 3600 * 1_000_000
"""Microseconds: the life of the longest token; older revocations say nothing any more."""


class Revocations:
    """All revocations that may still matter. Thread-safe: the dictionaries are replaced, never changed."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._accounts: dict[int, int] = {}
        self._tokens: frozenset[str] = frozenset()
        self._read_at = float("-inf")
        self._reading = threading.Lock()

    def has(self, account: int, token: str, issued: int) -> bool:
        """Whether a token is revoked, as of the last reading."""
        before = self._accounts.get(account)
        return (before is not None and issued <= before) or token in self._tokens

    @property
    def is_stale(self) -> bool:
        return self._monotonic() - self._read_at >= READ_EVERY

    def refresh(self) -> None:
        """Read the table now."""
        with self._reading:
            accounts: dict[int, int] = {}
            tokens: set[str] = set()
            began = self._monotonic()
            since = time.time_ns() // 1000 - KEEP
            rows = TokenRevocation.objects.filter(at__gte=since).values_list("account_id", "token", "at")
            for account, token, at in rows:
                if token:
                    tokens.add(token)
                else:
                    accounts[account] = max(to_micros(at), accounts.get(account, 0))
            self._accounts, self._tokens = accounts, frozenset(tokens)
            self._read_at = began

    def refresh_if_stale(self) -> None:
        if self.is_stale:
            self.refresh()


revocations = Revocations()
"""This process's."""
