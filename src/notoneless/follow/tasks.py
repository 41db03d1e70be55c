"""What the jobs do: a step of every walk and a batch of messages, and more of both while a few seconds last."""

import time

from notoneless.follow import queries, services
from notoneless.kernel.clock import Clock

SECONDS = 3.0
"""Then the other jobs have their turn: a day is opened and a window closed on time, however many are reminded."""


def remind(*, clock: Clock) -> None:
    ends = time.monotonic() + SECONDS
    while True:
        services.climb(clock=clock)
        sent = services.send_waiting(clock=clock)
        if time.monotonic() > ends or not (sent or queries.is_walking(clock=clock)):
            return
