"""What the lane counts, in Prometheus' words. With several workers the counts are kept in files and summed there."""

import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"


class LaneMetrics:
    """One worker's counts, and the sum of all workers' when asked. Batches and refusals are counted, never persons."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._rows = Histogram(
            "nol_lane_batch_rows", "Reports in a batch.", registry=self._registry,
            buckets=(1, 2, 5, 10, 20, 50, 100, 200, 400, 1000),
        )  # fmt: skip
        self._seconds = Histogram(
            "nol_lane_commit_seconds", "Seconds from taking a batch to its commit.", registry=self._registry,
            buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5),
        )  # fmt: skip
        self._waiting = Gauge(
            "nol_lane_waiting_rows",
            "Reports waiting for a batch.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._refused = Counter(
            "nol_lane_refused_total", "Requests and reports refused, by code.", ["code"], registry=self._registry
        )

    def batch(self, rows: int, seconds: float, waiting: int) -> None:
        self._rows.observe(rows)
        self._seconds.observe(seconds)
        self._waiting.set(waiting)

    def failure(self, code: str) -> None:
        self._refused.labels(code).inc()

    def page(self) -> bytes:
        """The exposition: of all workers where they share a folder, of this one otherwise."""
        if os.environ.get(FOLDER) and Path(os.environ[FOLDER]).is_dir():
            _forget_the_dead(Path(os.environ[FOLDER]))
            everyone = CollectorRegistry()
            MultiProcessCollector(everyone)  # type: ignore[no-untyped-call]
            return generate_latest(everyone)
        return generate_latest(self._registry)


def _forget_the_dead(folder: Path) -> None:
    """What waited in a worker that was killed waits no more; what it had counted stays counted."""
    for kept in folder.glob("gauge_live*.db"):
        try:
            os.kill(int(kept.stem.rpartition("_")[2]), 0)
        except ProcessLookupError:
            kept.unlink(missing_ok=True)
        except PermissionError:
            continue  # somebody else's by now: the number was given again
