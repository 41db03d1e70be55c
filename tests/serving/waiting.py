"""Waiting for a real condition, with a deadline."""

import time
from collections.abc import Callable

LOOK_EVERY = 0.02


def wait_until(is_so: Callable[[], bool], what: str, *, seconds: float = 30) -> None:
    """Look again and again. Raises AssertionError when it has not become so in time."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(LOOK_EVERY)
