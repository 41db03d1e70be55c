"""Slow bodies: those that have not come in time are given up, so that a byte a second holds nothing but its socket."""

import asyncio
from types import TracebackType

from notoneless.kernel.errors import DomainError

BODY_SECONDS = 10.0


class SlowBodies:
    """The requests whose bodies are being read. One timer looks at all of them each second; a timer each would cost
    every request what only a slow one should pay.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float = BODY_SECONDS) -> None:
        self._loop = loop
        self._seconds = seconds
        self._since: dict[Watched, float] = {}
        self._is_looking = False

    def watched(self) -> "Watched":
        return Watched(self)

    def add(self, one: "Watched") -> None:
        self._since[one] = self._loop.time()
        if not self._is_looking:
            self._is_looking = True
            self._loop.call_later(self._seconds / 10, self._look)

    def remove(self, one: "Watched") -> None:
        self._since.pop(one, None)

    def _look(self) -> None:
        late = self._loop.time() - self._seconds
        for one, since in list(self._since.items()):
            if since > late:
                break  # they stand in the order in which they began
            one.give_up()
        self._is_looking = bool(self._since)
        if self._is_looking:
            self._loop.call_later(self._seconds / 10, self._look)


class Watched:
    """One body being read by the task that entered. Raises DomainError `body_too_slow` in it when time is up."""

    def __init__(self, bodies: SlowBodies) -> None:
        self._bodies = bodies
        self._task: asyncio.Task[object] | None = None
        self._is_given_up = False

    def __enter__(self) -> None:
        self._task = asyncio.current_task()
        self._bodies.add(self)

    def give_up(self) -> None:
        if self._task is not None and not self._is_given_up:
            self._is_given_up = True
            self._task.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bodies.remove(self)
        if self._is_given_up and kind is asyncio.CancelledError:
            if self._task is not None:
                self._task.uncancel()
            raise DomainError("body_too_slow", "body")
