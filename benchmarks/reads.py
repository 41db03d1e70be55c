"""Reads of a running server, paced, over kept-alive connections: the time from when each was due to its last byte.

    python -m benchmarks.reads --port P --token T --unit CITY --class CLASS --person CODE --day D [--seconds S]

Every kind has readers of its own and all read at once, as in service. `measure` is the same for another benchmark to
call while a load generator runs. A read that is late because the one before it was slow counts from when it was due.
"""

import argparse
import http.client
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

READS: Mapping[str, str] = {
    "completeness": "/api/v1/units/{unit}/completeness?day={day}&duty={duty}",
    "ranking": "/api/v1/units/{unit}/ranking?day={day}&duty={duty}&limit=1000",
    "missing": "/api/v1/units/{class_}/missing?day={day}&duty={duty}",
    "days": "/api/v1/people/{person}/days?until={day}&duty={duty}&days=30",
}


@dataclass(frozen=True)
class Target:
    """The server, who asks, and about what."""

    port: int
    token: str
    unit: str
    class_: str
    person: str
    day: str
    duty: str = "daily-health"
    host: str = "127.0.0.1"

    def path(self, kind: str) -> str:
        return READS[kind].format(**{name: getattr(self, name) for name in ("unit", "class_", "person", "day", "duty")})


@dataclass
class Figures:
    """What one kind of read took, in milliseconds; `failures` are answers other than 200."""

    kind: str
    took: list[float] = field(default_factory=list)
    failures: int = 0

    def quantile(self, share: float) -> float:
        """The time within which this share of the reads was answered; 0 when there was none."""
        ordered = sorted(self.took)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    @property
    def p50(self) -> float:
        return self.quantile(0.50)

    @property
    def p99(self) -> float:
        return self.quantile(0.99)

    def line(self) -> str:
        worst = max(self.took, default=0.0)
        return (
            f"{self.kind:<14}{len(self.took):>8,}{self.p50:>10.1f}{self.p99:>10.1f}{worst:>10.1f}{self.failures:>10,}"
        )


def measure(
    target: Target, *, seconds: float, readers: int = 1, rate: float = 10.0, kinds: Sequence[str] = tuple(READS)
) -> list[Figures]:
    """Read for `seconds`: `readers` of each kind, each `rate` times a second. One warming read of each goes first."""
    found = {kind: Figures(kind) for kind in kinds}
    lock = threading.Lock()
    began = time.perf_counter() + 0.2

    def read(kind: str, place: int) -> None:
        connection = http.client.HTTPConnection(target.host, target.port, timeout=60)
        _get(connection, target, kind)
        due = began + place / (rate * readers * len(kinds))
        while due < began + seconds:
            time.sleep(max(0.0, due - time.perf_counter()))
            status = _get(connection, target, kind)
            took = (time.perf_counter() - due) * 1000
            with lock:
                found[kind].took.append(took)
                found[kind].failures += status != 200
            due += 1 / rate
        connection.close()

    places = [(kind, place * len(kinds) + n) for place in range(readers) for n, kind in enumerate(kinds)]
    threads = [threading.Thread(target=read, args=place) for place in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(found.values())


def _get(connection: http.client.HTTPConnection, target: Target, kind: str) -> int:
    connection.request("GET", target.path(kind), headers={"Authorization": f"Bearer {target.token}"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    for name in ("token", "unit", "person", "day"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--class", dest="class_", required=True)
    parser.add_argument("--duty", default="daily-health")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--readers", type=int, default=1, help="of each kind")
    parser.add_argument("--rate", type=float, default=10.0, help="reads a second of each reader")
    parser.add_argument("--kinds", nargs="+", choices=list(READS), default=list(READS))
    given = vars(parser.parse_args())
    how = {name: given.pop(name) for name in ("seconds", "readers", "rate", "kinds")}
    print(f"{'read':<14}{'reads':>8}{'p50 ms':>10}{'p99 ms':>10}{'worst':>10}{'failures':>10}")
    for figures in measure(Target(**given), **how):
        print(figures.line())


if __name__ == "__main__":
    main()
