"""The batcher: natural group commit. Whatever waited while the last commit ran is the next batch.

A lone report is committed at once; under load the batches grow by themselves and a commit's cost is shared. Each of
the threads has its own database connection and carries one batch at a time; an answer is given after the commit only.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Protocol

import msgspec
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from notoneless.collect.services.apply import Outcome, apply_sent
from notoneless.collect.services.check import Catalogue, Sent, sent_id_of
from notoneless.kernel.clock import Clock
from notoneless.kernel.errors import DomainError

log = logging.getLogger(__name__)
MOST_ROWS = 400
"""Rows of a batch. Larger ones gain little and make everyone in them wait longer."""
MOST_WAITING = 20_000
"""Rows that may wait: about a second's work. Beyond that a sender is better told when to come back."""


class Asked(msgspec.Struct, eq=False):
    """Reports of one request, to be answered together. `done` is called in the batcher's thread, once."""

    sent: Sequence[Sent]
    done: "Done"


class Done(Protocol):
    """What becomes of a request: its outcomes, or why none could be had."""

    def __call__(self, outcomes: Sequence[Outcome] | None, error: DomainError | None, /) -> None: ...


class Watch(Protocol):
    """Who counts batches: rows, seconds of the commit, and rows waiting behind it."""

    def batch(self, rows: int, seconds: float, waiting: int) -> None: ...

    def failure(self, code: str) -> None: ...


class Batcher:
    """A queue in memory and a few threads. Nothing in it has been acknowledged, so nothing is lost with it."""

    def __init__(
        self,
        *,
        clock: Clock,
        catalogue: Callable[[], Catalogue],
        watch: Watch,
        in_flight: int,
        after: Callable[[], None] = lambda: None,
        monotonic: Callable[[], float],
    ) -> None:
        """`after` is called when all requests of a batch have been told."""
        self._clock = clock
        self._catalogue = catalogue
        self._watch = watch
        self._after = after
        self._monotonic = monotonic
        self._queue: SimpleQueue[Asked | None] = SimpleQueue()
        self._waiting = 0
        self._counting = threading.Lock()
        self._is_ending = False
        self._threads = [
            threading.Thread(target=self._serve, name=f"batcher-{number}", daemon=True) for number in range(in_flight)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """Rows that wait."""
        return self._waiting

    def submit(self, sent: Sequence[Sent], done: Done) -> None:
        """Put a request in the queue. Raises DomainError `busy` when too much waits already."""
        with self._counting:
            if self._is_ending or (self._waiting and self._waiting + len(sent) > MOST_WAITING):
                raise DomainError("busy")
            self._waiting += len(sent)
            self._queue.put(Asked(sent, done))  # not behind the end, where nobody would look

    def apply(self, sent: Sequence[Sent]) -> list[Outcome]:
        """The same for a caller with a thread of its own: waits for the commit."""
        future: Future[list[Outcome]] = Future()

        def done(outcomes: Sequence[Outcome] | None, error: DomainError | None) -> None:
            if outcomes is None:
                future.set_exception(error or DomainError("server_error"))
            else:
                future.set_result(list(outcomes))

        self.submit(sent, done)
        return future.result()

    def end(self) -> None:
        """Take no more, finish what waits, and end the threads."""
        with self._counting:
            self._is_ending = True
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        held: Asked | None = None
        while (first := held or self._queue.get()) is not None:
            batch, held, rows = self._gather(first)
            with self._counting:
                self._waiting -= rows
            began = self._monotonic()
            self._commit(batch)
            self._watch.batch(rows, self._monotonic() - began, self._waiting)
            self._after()
        connection.close()

    def _gather(self, first: Asked) -> tuple[list[Asked], Asked | None, int]:
        """What waits, as much as fits a batch; the request that did not fit begins the next; and the rows."""
        batch, rows = [first], len(first.sent)
        while rows < MOST_ROWS:
            try:
                one = self._queue.get_nowait()
            except Empty:
                break
            if one is None:
                self._queue.put(None)  # the end: met again when this batch is done
                break
            if rows + len(one.sent) > MOST_ROWS:
                return batch, one, rows
            batch.append(one)
            rows += len(one.sent)
        return batch, None, rows

    def _commit(self, batch: Sequence[Asked]) -> None:
        sent = [report for one in batch for report in one.sent]
        try:
            outcomes = self._apply(sent)
        except Exception as error:
            self._report(error)
            if is_away(error):
                for one in batch:  # no row of theirs is to blame, and each by itself would wait as long again
                    one.done(None, _told(error))
            elif len(batch) > 1:
                for one in batch:
                    self._commit([one])
            elif len(sent) > 1:
                batch[0].done([self._alone(report) for report in sent], None)
            else:
                batch[0].done(None, _told(error))
            return
        start = 0
        for one in batch:
            one.done(outcomes[start : start + len(one.sent)], None)
            start += len(one.sent)

    def _alone(self, report: Sent) -> Outcome:
        """One bad row fails alone."""
        try:
            return self._apply([report])[0]
        except Exception as error:
            self._report(error)
            return Outcome(sent_id_of(report.raw), error=_told(error))

    def _apply(self, sent: Sequence[Sent]) -> list[Outcome]:
        try:
            return apply_sent(sent, clock=self._clock, catalogue=self._catalogue())
        except (OperationalError, InterfaceError):
            if connection.connection is None:
                raise  # it could not be reached, and the wait for it is over
            # The database went away in the middle. Again is safe: what was kept is known by its id.
            connection.close()
            return apply_sent(sent, clock=self._clock, catalogue=self._catalogue())

    def _report(self, error: Exception) -> None:
        self._watch.failure(_told(error).code)
        if isinstance(error, DomainError | OperationalError | InterfaceError):
            log.warning("a batch failed: %s", type(error).__name__)
        else:
            # The class and the place only: a driver's message can hold a row.
            log.error("a batch failed: %s", type(error).__name__, exc_info=not isinstance(error, DatabaseError))
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def is_away(error: Exception) -> bool:
    """Whether the database could not be reached, or would not write."""
    return isinstance(error, OperationalError | InterfaceError)


def _told(error: Exception) -> DomainError:
    if isinstance(error, DomainError):
        return error
    return DomainError("database_away" if is_away(error) else "server_error")
