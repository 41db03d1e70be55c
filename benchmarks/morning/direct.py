"""The same core and the same SQL with no HTTP: what the database and the rules cost by themselves, in large batches."""

import time
from collections.abc import Sequence

from benchmarks.morning.city import Pupil
from benchmarks.morning.sending import Sender
from notoneless.collect.services import apply_sent
from notoneless.collect.services.check import Sent, load_catalogue
from notoneless.kernel.clock import SystemClock
from notoneless.roster.scope import Scope

BATCH = 2000


def rows_a_second(pupils: Sequence[Pupil], sender: Sender) -> float:
    """One process, one connection, batches as a COPY would have them."""
    sent = [
        Sent(sender.report(pupil.code, "guardian"), Scope("bench", (), frozenset([pupil.household])))
        for pupil in pupils
    ]
    catalogue, clock = load_catalogue(), SystemClock()
    began = time.perf_counter()
    for start in range(0, len(sent), BATCH):
        outcomes = apply_sent(sent[start : start + BATCH], clock=clock, catalogue=catalogue)
        assert all(outcome.error is None for outcome in outcomes)
    return len(sent) / (time.perf_counter() - began)
