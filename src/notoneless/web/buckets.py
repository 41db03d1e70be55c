"""Buckets that fill by the second: how much of something one sender may still have."""

from collections import OrderedDict

REMEMBERED = 50_000
"""Keys; the one unused for longest is forgotten first, by then its bucket is full again."""


class Buckets:
    """What is left for each key, and as of when. One thread at a time."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, wanted: float, pace: tuple[int, float], now: float) -> int:
        """Take `wanted` and return 0; or take nothing and return the seconds after which to come back (at least 1).

        `pace`: how much at once, and how much a second. `now`: monotonic seconds.
        """
        most, rate = pace
        left, at = self._buckets.pop(key, (float(most), now))
        left = min(float(most), left + (now - at) * rate)
        is_within = left >= wanted
        self._buckets[key] = (left - wanted if is_within else left, now)
        if len(self._buckets) > self._remembered:
            self._buckets.popitem(last=False)
        return 0 if is_within else max(1, round((wanted - left) / rate))
