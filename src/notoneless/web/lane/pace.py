"""How fast one token may send: a bucket of rows each, so that one sender's flood is not everybody's delay."""

import random
from collections import OrderedDict

from notoneless.kernel.errors import DomainError
from notoneless.roster.scope import Scope

FAMILY = (120, 2.0)
"""A household: rows at once, and rows a second. Three children three times a day; a broken phone's loop is stopped."""
OFFICE = (20_000, 500.0)
"""A class, a school, a gateway: whole arrays, steadily."""
REMEMBERED = 50_000
"""Tokens; the one unused for longest is forgotten first, by then its bucket is full again."""


class Paces:
    """The buckets of one worker's tokens: what is left, and as of when."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def require(self, token: str, scope: Scope, rows: int, now: float) -> None:
        """Take `rows` from the token's bucket. `now`: monotonic seconds. Raises DomainError `too_fast`."""
        most, rate = OFFICE if scope.paths else FAMILY
        left, at = self._buckets.pop(token, (float(most), now))
        left = min(float(most), left + (now - at) * rate)
        is_within = left >= rows
        self._buckets[token] = (left - rows if is_within else left, now)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        if not is_within:
            raise DomainError("too_fast", seconds=max(1, round((rows - left) / rate)))


def retry_after(error: DomainError) -> int:
    """Seconds after which to come back, spread at random so that those turned away do not all return at once."""
    least = int(error.params.get("seconds", 1))
    return least + random.randint(0, 2 + least)  # noqa: S311 - spreads load, guards nothing
