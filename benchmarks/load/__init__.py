"""Load on a running server: requests prepared in a file, sent by `generator.c`, and what came back as a `Load`.

    program = build(folder)
    with Requests(folder / "reports") as requests:
        requests.add(body, token)
    load = drive(program, requests.path, port=8000, connections=256, seconds=30, rate=5_000)

What each figure means stands at the head of `generator.c`, what each option means at `Options`.
"""

import json
import struct
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Required, Self, TypedDict, Unpack

SOURCES = [Path(__file__).with_name(name) for name in ("generator.c", "answer.c", "options.c")]


class LoadRefused(Exception):
    """The generator did not run; the message is its own sentence."""


@dataclass(frozen=True)
class Percentiles:
    """Milliseconds; all 0 where nothing was counted."""

    p50: float
    p90: float
    p99: float
    p999: float
    max: float
    mean: float


@dataclass(frozen=True)
class Cpu:
    """Seconds the generator itself used from the end of the warm-up."""

    user: float
    system: float


@dataclass(frozen=True)
class Load:
    sent: int
    answered: int
    seconds: float
    rate: float
    status: dict[int, int]
    bodies_with_error: int
    latency_ms: Percentiles
    behind_ms: Percentiles
    broken: int
    unanswered: int
    shed: int
    cpu_seconds: Cpu


class Options(TypedDict, total=False):
    """The generator's options; one left out or None has the generator's default.

    rate, curve: open loop, requests a second; neither: closed loop. A curve overrides rate and seconds.
    repeat: begin again when the requests are used up. first, count: use only these requests.
    answers: for each answer, warm-up included, a line "index status E" is appended, E (else -) where the body contains
    the word error in quotes.
    max_waiting: at most so many requests wait for a free connection (100,000); what falls due beyond that is shed.
    grace: seconds after the schedule's end for what waits or is under way (10).
    tick: microseconds (250). Where several requests fall due in one tick, the generator sleeps a tick at a time, and a
    latency is up to two ticks too long, never too short. 0: wake for each request and answer, at several times the CPU.
    cpu: the processor to stay on.
    """

    host: str | None
    port: Required[int]
    connections: Required[int]
    seconds: float | None
    rate: float | None
    curve: Path | None
    repeat: bool
    first: int | None
    count: int | None
    warmup: float
    answers: Path | None
    max_waiting: int | None
    grace: float | None
    tick: float | None
    cpu: int | None


class Requests:
    """Writes the file of requests: each one complete, after its length in four bytes, little end first."""

    def __init__(self, path: Path, *, host: str = "127.0.0.1") -> None:
        self.path = path
        self.count = 0
        self._host = host
        self._file = path.open("wb", buffering=1 << 20)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def add(
        self,
        body: bytes,
        token: str,
        path: str = "/api/v1/reports",
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
    ) -> int:
        """The request's index. An empty token sends no Authorization."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._host}"]
        if token:
            lines.append(f"Authorization: Bearer {token}")
        if body or method != "GET":
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        self._file.write(struct.pack("<I", len(head) + len(body)))
        self._file.write(head)
        self._file.write(body)
        self.count += 1
        return self.count - 1


def build(folder: Path) -> Path:
    """Compiles the generator into the folder, unless it is there and newer than its sources."""
    program = folder / "generator"
    newest = max(path.stat().st_mtime for path in Path(__file__).parent.glob("*.[ch]"))
    if not program.exists() or program.stat().st_mtime < newest:
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-o", program, *SOURCES], check=True)
    return program


def write_curve(path: Path, points: Iterable[tuple[float, float]]) -> Path:
    """Points (second, rate), the first at second 0; a last rate of 0 ends the run at its second."""
    path.write_text("".join(f"{second} {rate}\n" for second, rate in points), encoding="ascii")
    return path


def start(program: Path, requests: Path, **options: Unpack[Options]) -> subprocess.Popen[str]:
    """Begins the run and returns at once; `finish` waits for it. SIGINT ends it early, with its figures."""
    words = [str(program), "--requests", str(requests)]
    for name, value in options.items():
        if value is True:
            words.append(f"--{name}")
        elif value is not None and value is not False:
            words += [f"--{name.replace('_', '-')}", str(value)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(running: subprocess.Popen[str]) -> Load:
    """Waits and reads the figures. Raises LoadRefused."""
    figures, complaint = running.communicate()
    if running.returncode:
        raise LoadRefused(complaint.strip() or f"The generator ended with {running.returncode}.")
    read = json.loads(figures)
    return Load(
        **read
        | {
            "status": {int(code): number for code, number in read["status"].items()},
            "latency_ms": Percentiles(**read["latency_ms"]),
            "behind_ms": Percentiles(**read["behind_ms"]),
            "cpu_seconds": Cpu(**read["cpu_seconds"]),
        }
    )


def drive(program: Path, requests: Path, **options: Unpack[Options]) -> Load:
    """Runs to the end. Raises LoadRefused."""
    return finish(start(program, requests, **options))
