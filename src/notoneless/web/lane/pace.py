"""How fast one token may send: a bucket of rows each, so that one sender's flood is not everybody's delay."""

import random

from notoneless.kernel.errors import DomainError
from notoneless.roster.scope import Scope
from notoneless.web.buckets import Buckets

FAMILY = (120, 2.0)
"""A household: rows at once, and rows a second. Three children three times a day; a broken phone's loop is stopped."""
OFFICE = (20_000, 500.0)
"""A class, a school, a gateway: whole arrays, steadily."""


class Paces:
    """The buckets of one worker's tokens: what is left, and as of when."""

    def __init__(self) -> None:
        self._buckets = Buckets()

    def require(self, token: str, scope: Scope, rows: int, now: float) -> None:
        """Take `rows` from the token's bucket. `now`: monotonic seconds. Raises DomainError `too_fast`."""
        if seconds := self._buckets.take(token, rows, OFFICE if scope.paths else FAMILY, now):
            raise DomainError("too_fast", seconds=seconds)


def retry_after(error: DomainError) -> int:
    """Seconds after which to come back, spread at random so that those turned away do not all return at once."""
    least = int(error.params.get("seconds", 1))
    return least + random.randint(0, 2 + least)  # noqa: S311 - spreads load, guards nothing
