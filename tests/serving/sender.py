"""A few hundred reports a second, from senders that send again whatever was not acknowledged, as phones do."""

import http.client
import itertools
import threading
from collections import Counter
from collections.abc import Sequence
from typing import Any

from tests.serving.books import read_books
from tests.serving.lines import Answer, Line
from tests.serving.server import Server
from tests.serving.waiting import wait_until
from tests.serving.world import World

THREADS = 4
PAUSE = 0.012
"""Seconds between two requests of one thread, and before sending again."""
ARRAY_EVERY = 5
"""Every so many requests carry three reports instead of one."""

Told = tuple[str, bool, int]
"""What a sender was told of a report: its state, whether it was on time, its revision."""


class Sender:
    """`sent`: every report by its id. `acknowledged`: what was told of it. `refused`: (status, code) of the others."""

    def __init__(self, world: World, port: int) -> None:
        self.sent: dict[str, dict[str, Any]] = {}
        self.acknowledged: dict[str, Told] = {}
        self.refused: Counter[tuple[int, str]] = Counter()
        self.dropped = 0
        self._world = world
        self._port = port
        self._numbers = itertools.count()
        self._is_done = threading.Event()
        self._is_cut = threading.Event()
        self._threads = [threading.Thread(target=self._send, daemon=True) for _ in range(THREADS)]
        self._broken: list[BaseException] = []

    def __enter__(self) -> "Sender":
        for thread in self._threads:
            thread.start()
        self.await_more(20)
        return self

    def __exit__(self, *_: object) -> None:
        self._is_done.set()
        self._is_cut.set()
        for thread in self._threads:
            thread.join(timeout=90)

    def await_more(self, reports: int, *, seconds: float = 40) -> None:
        """Wait until so many more were acknowledged than have been."""
        wanted = len(self.acknowledged) + reports
        wait_until(lambda: len(self.acknowledged) >= wanted, f"{reports} more acknowledged: {self}", seconds=seconds)
        assert self._broken == []

    def finish(self) -> None:
        """Send nothing new, and go on until everything that was sent is acknowledged."""
        self._is_done.set()
        wait_until(lambda: not any(thread.is_alive() for thread in self._threads), f"all acknowledged: {self}")
        assert self._broken == []

    def __str__(self) -> str:
        return f"{len(self.acknowledged)} acknowledged, {self.dropped} dropped, refused {dict(self.refused)}"

    def _send(self) -> None:
        line = Line(self._port, self._world.tokens["program"])
        try:
            while not self._is_done.is_set():
                number = next(self._numbers)
                size = 1 if number % ARRAY_EVERY else 3
                self._until_acknowledged(line, [self._world.report(number * 3 + each) for each in range(size)])
                self._is_cut.wait(PAUSE)
        except BaseException as error:
            self._broken.append(error)
            raise
        finally:
            line.close()

    def _until_acknowledged(self, line: Line, reports: Sequence[dict[str, Any]]) -> None:
        self.sent.update((one["id"], one) for one in reports)
        while not self._is_cut.is_set():
            try:
                answer = line.post(reports if len(reports) > 1 else reports[0])
            except (OSError, http.client.HTTPException):
                self.dropped += 1
                line.close()
            else:
                if self._keep(answer):
                    break
            self._is_cut.wait(PAUSE)

    def _keep(self, answer: Answer) -> bool:
        """Note the acknowledgements; whether all of it was acknowledged."""
        if answer.status != 200:
            self.refused[answer.status, answer.code] += 1
            return False
        for one in answer.results:
            if "state" in one:
                self.acknowledged[one["id"]] = told_of(one)
            else:
                self.refused[200, one["error"]["code"]] += 1
        return all("state" in one for one in answer.results)


def told_of(result: dict[str, Any]) -> Told:
    return result["state"], result["on_time"], result["revision"]


def require_kept(server: Server, world: World, sender: Sender) -> None:
    """Every acknowledged report is kept exactly once, the figures fit, and a repeat is told what the first was told."""
    books = read_books(server.database, world.day)
    assert books.reports == sender.acknowledged
    assert books.differences == []
    assert books.denied == []
    line = Line(server.port, world.tokens["program"])
    ids = list(sender.acknowledged)
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        again = line.post([sender.sent[one] for one in part]).results
        assert [(one["id"], told_of(one), one["duplicate"]) for one in again] == [
            (one, sender.acknowledged[one], True) for one in part
        ]
    line.close()
    assert read_books(server.database, world.day) == books
