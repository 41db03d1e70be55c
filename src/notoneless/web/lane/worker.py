"""What one worker process shares: its batcher, its counts, its tokens' buckets, and what it reads again each second."""

import asyncio
import gc
import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence

from django.db import connection

from notoneless.collect import services as collect
from notoneless.collect.batcher import MOST_WAITING, Batcher
from notoneless.collect.services import Outcome
from notoneless.collect.services.check import Catalogue, Sent, load_catalogue
from notoneless.kernel.clock import Clock, SystemClock
from notoneless.kernel.errors import DomainError
from notoneless.roster import tokens
from notoneless.web.keeper import kept
from notoneless.web.lane.metrics import LaneMetrics
from notoneless.web.lane.pace import Paces
from notoneless.web.lane.slow import SlowBodies

log = logging.getLogger(__name__)
LOOK_EVERY = 1.0
"""Seconds: revocations, duties and forms that changed take effect within this."""
STALE = 5.0
"""Seconds without an answer of the database, after which a worker is not ready."""
IN_FLIGHT = 1
"""Batches under way in one worker. The other worker's keep the database busy meanwhile; a second one here was measured
to make smaller batches and to have its thread contend with the event loop's (docs/PERFORMANCE.md)."""
SWITCH = 0.0005
"""Seconds for which one Python thread may keep the others waiting: pages wait for the event loop and for a batch at
each step. Throughput was the same from a tenth of this to ten times this."""
COLLECT_AFTER = (20_000, 20, 50)
"""New objects before Python looks for cycles; requests make next to none."""


Told = tuple[asyncio.Future[Sequence[Outcome]], Sequence[Outcome] | None, DomainError | None]


class Worker:
    """Made in the event loop's thread, with the first request."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.clock: Clock = SystemClock()
        self.metrics = LaneMetrics()
        self.paces = Paces()
        self.keys = tokens.keys()
        self.slow = SlowBodies(loop)
        self._loop = loop
        self._told: deque[Told] = deque()
        self._catalogue: Catalogue | None = None
        self._looked = time.monotonic()
        sys.setswitchinterval(SWITCH)
        # What the program is made of stays: the collector need not walk it again for every few hundred requests.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
        self.batcher = Batcher(
            clock=self.clock, catalogue=self._current_catalogue, watch=self.metrics, after=self._deliver,
            in_flight=IN_FLIGHT, monotonic=time.monotonic,
        )  # fmt: skip
        collect.send_through(self.batcher.apply)
        kept.start()
        threading.Thread(target=self._look_again, name="lane-look", daemon=True).start()

    async def apply(self, sent: Sequence[Sent]) -> Sequence[Outcome]:
        """The outcomes, after the commit. Raises DomainError `busy`, `database_away` or `server_error`."""
        future: asyncio.Future[Sequence[Outcome]] = self._loop.create_future()

        def done(outcomes: Sequence[Outcome] | None, error: DomainError | None) -> None:
            self._told.append((future, outcomes, error))

        self.batcher.submit(sent, done)
        return await future

    def not_ready(self) -> str:
        """Why this worker should get no reports just now; nothing when it should."""
        if time.monotonic() - self._looked > STALE:
            return "database"
        return "queue" if self.batcher.waiting > MOST_WAITING // 2 else ""

    def count_refused(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            if outcome.error is not None:
                self.metrics.failure(outcome.error.code)

    def _deliver(self) -> None:
        """Wake the event loop once for all requests of a batch, not once for each."""
        self._loop.call_soon_threadsafe(self._resolve)

    def _resolve(self) -> None:
        while self._told:
            future, outcomes, error = self._told.popleft()
            if future.cancelled():
                continue
            if outcomes is None:
                future.set_exception(error or DomainError("server_error"))
            else:
                future.set_result(outcomes)

    def _current_catalogue(self) -> Catalogue:
        if self._catalogue is None:
            self._catalogue = load_catalogue()
        return self._catalogue

    def _look_again(self) -> None:
        """Each second, in a thread of its own with a connection of its own."""
        while True:
            try:
                tokens.revocations.refresh()
                self._catalogue = load_catalogue()
                self._looked = time.monotonic()
            except Exception as error:
                log.warning("cannot read what may have changed: %s", type(error).__name__)
                connection.close()
            time.sleep(LOOK_EVERY)
