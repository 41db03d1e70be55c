"""The runs of one morning, one after the other on one machine, and what each of them used."""

import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import load, reads
from benchmarks.load import Load
from benchmarks.morning import city as cities
from benchmarks.morning import direct, machine, sending
from benchmarks.morning.city import Pupil
from benchmarks.morning.servers import Server, plain, postgres_cpu, product
from notoneless.collect.models import Report
from notoneless.commands.processes import fitting_workers
from notoneless.kernel.sql import is_postgres
from notoneless.rollup.services import recount

CONNECTIONS = 512
CLASS_CONNECTIONS = 64
CURVE = ((0, 0.1), (3, 0.4), (6, 0.8), (9, 1.0), (12, 0.6), (15, 0.2), (18, 0.0))
"""Seconds, and the share of the peak: 7:20 to 8:10 pressed into twenty seconds."""
READ_LOAD = 5000
"""Reports a second that arrive while the reads are measured."""
PEAK = 0.85
"""Of the closed loop's throughput: what the curve rises to."""


@dataclass
class Line:
    """A line of the table. Rates are per second; processor time in microseconds a row, generator last."""

    name: str
    rows_a_second: float
    requests_a_second: float
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    server_us: float = 0.0
    database_us: float = 0.0
    generator_us: float = 0.0
    statuses: str = ""


class Morning:
    """One city on one database."""

    def __init__(self, scale: str, folder: Path, *, seconds: float, workers: int) -> None:
        self._scale = scale
        self._folder = folder
        self._seconds = seconds
        self._workers = workers or fitting_workers()
        self._lines: list[Line] = []
        self._acknowledged = 0
        self._log = folder / "server.log"

    def run(self) -> dict[str, Any]:
        program = load.build(self._folder)
        city = cities.build(self._scale, self._folder, _say)
        sender = sending.Sender(city.day, seed=7)
        pupils = cities.due_pupils(city.day, seed=3)
        half = len(pupils) // 2
        in_classes = {pupil.unit_id for pupil in pupils[: len(pupils) // 300]}
        by_class = list(cities.classes_of([pupil for pupil in pupils if pupil.unit_id in in_classes]))
        singles = [pupil for pupil in pupils if pupil.unit_id not in in_classes]
        _say(f"{len(singles):,} single requests and {len(by_class):,} class batches; {half:,}")
        apart, plain_part, rest = singles[:40_000], singles[40_000:60_000], singles[60_000:]
        files = {name: self._folder / f"{name}.requests" for name in ("empty", "singles", "classes", "plain")}
        sending.write_empty(files["empty"], rest[:50_000], sender)
        count = sending.write_singles(files["singles"], rest, sender)
        classes, class_rows = sending.write_classes(files["classes"], by_class, sender)
        sending.write_singles(files["plain"], plain_part, sender, sending.PLAIN)
        memory = 0
        with product(self._workers, self._log) as server:
            take = _Taker(count)
            self._measure("empty request", server, lambda: load.drive(
                program, files["empty"], port=server.port, connections=CONNECTIONS, seconds=self._seconds, warmup=1.0,
                repeat=True), rows=0)  # fmt: skip
            first = take.some(0.3)
            closed = self._measure("single reports", server, lambda: load.drive(
                program, files["singles"], port=server.port, connections=CONNECTIONS, seconds=self._seconds + 2,
                warmup=2.0, **first), rows=1)  # fmt: skip
            at_70 = take.some(0.25)
            self._measure("the same at 70 %", server, lambda: load.drive(
                program, files["singles"], port=server.port, connections=CONNECTIONS, seconds=self._seconds,
                rate=closed.rate * 0.7, warmup=1.0, **at_70), rows=1)  # fmt: skip
            curve = load.write_curve(
                self._folder / "curve", [(second, share * closed.rate * PEAK) for second, share in CURVE]
            )
            rising = take.some(0.4)
            self._measure("a morning's curve", server, lambda: load.drive(
                program, files["singles"], port=server.port, connections=CONNECTIONS, curve=curve, **rising),
                rows=1)  # fmt: skip
            again = {"first": first["first"], "count": min(first["count"], int(closed.answered * 0.8))}
            self._measure("the same reports again", server, lambda: load.drive(
                program, files["singles"], port=server.port, connections=CONNECTIONS, seconds=self._seconds,
                warmup=1.0, **again), rows=1, is_new=False)  # fmt: skip
            self._measure("class batches of 45", server, lambda: load.drive(
                program, files["classes"], port=server.port, connections=CLASS_CONNECTIONS, seconds=self._seconds,
                warmup=0.5), rows=class_rows / classes)  # fmt: skip
            self._read_while_reporting(program, files["singles"], server, city.day, singles[0], sender, take.some(0.05))
            memory = server.worker_megabytes()
        with plain(self._workers, self._log) as server:
            self._measure("plain Django view, ORM", server, lambda: load.drive(
                program, files["plain"], port=server.port, connections=64, seconds=self._seconds, warmup=1.0),
                rows=1)  # fmt: skip
        rate = direct.rows_a_second(apart, sender)
        self._lines.append(Line(f"no HTTP, {direct.BATCH} a batch", rate, 0))
        _say(f"no HTTP: {rate:,.0f} rows/s")
        self._acknowledged += len(apart)
        _say("recounting")
        exact = recount(city.day).is_exact and Report.objects.count() >= self._acknowledged
        return {
            "database": "PostgreSQL" if is_postgres() else "SQLite", "machine": machine.described(),
            "workers": self._workers, "city": asdict(city) | {"day": str(city.day)}, "worker_megabytes": memory,
            "lines": [asdict(line) for line in self._lines], "is_exact": exact,
            "reports": Report.objects.count(), "acknowledged": self._acknowledged,
        }  # fmt: skip

    def _read_while_reporting(
        self, program: Path, requests: Path, server: Server, day: date, pupil: Pupil, sender: sending.Sender, part: Any
    ) -> None:
        """What officers, teachers and parents look at, while 5,000 reports a second arrive."""
        _say("reads while 5,000 reports a second arrive")
        top, room = cities.top_and_class(day, pupil)
        target = reads.Target(server.port, sender.teacher(*top[1:]), top[0], room, pupil.code, str(day), cities.DUTY)
        running = load.start(
            program,
            requests,
            port=server.port,
            connections=CONNECTIONS,
            seconds=self._seconds + 2,
            rate=READ_LOAD,
            **part,
        )
        found = reads.measure(target, seconds=self._seconds)
        arrived = load.finish(running)
        self._acknowledged += arrived.status.get(200, 0) - arrived.bodies_with_error
        for one in found:
            bad = f"not 200: {one.failures}" if one.failures else ""
            rate = len(one.took) / self._seconds
            self._lines.append(Line(f"read: {one.kind}", 0, rate, one.p50, one.p99, statuses=bad))
            _say(f"read {one.kind}: p50 {one.p50:.1f} ms, p99 {one.p99:.1f} ms {bad}")

    def _measure(self, name: str, server: Server, act: Callable[[], Load], *, rows: float, is_new: bool = True) -> Load:
        _say(name)
        server_before, database_before = server.cpu(), postgres_cpu()
        found = act()
        each = max(1.0, found.answered * max(rows, 1))
        kept = found.status.get(200, 0) - found.bodies_with_error
        self._acknowledged += int(kept * rows) if is_new and rows == 1 else 0
        self._lines.append(Line(
            name, found.rate * rows, found.rate, found.latency_ms.p50, found.latency_ms.p99,
            (server.cpu() - server_before) / each * 1e6, (postgres_cpu() - database_before) / each * 1e6,
            (found.cpu_seconds.user + found.cpu_seconds.system) / each * 1e6,
            ", ".join(f"{code}: {n}" for code, n in found.status.items() if n and code != 200)
            + (f", refused: {found.bodies_with_error}" if found.bodies_with_error else "")
            + (f", unanswered: {found.unanswered}" if found.unanswered else ""),
        ))  # fmt: skip
        _say(f"{name}: {found.rate:,.0f} requests/s, p99 {found.latency_ms.p99:.1f} ms, {found.status}")
        return found


class _Taker:
    """Hands out parts of the file of requests, each report once."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._at = 0

    def some(self, share: float) -> Any:
        first, self._at = self._at, min(self._count, self._at + int(self._count * share))
        return {"first": first, "count": self._at - first}


_began = time.monotonic()


def _say(text: str) -> None:
    print(f"{time.monotonic() - _began:7.1f} s  {text}", file=sys.stderr, flush=True)
