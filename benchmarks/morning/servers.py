"""The servers under test, and what they and the database use of the machine."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PLAIN_APP = "benchmarks.morning.plain:application"


@dataclass(frozen=True)
class Server:
    """A process tree that listens on `port`."""

    pid: int
    port: int

    def processes(self) -> list[int]:
        return _tree(self.pid)

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        return sum(_cpu(pid) for pid in self.processes())

    def worker_megabytes(self) -> int:
        """The largest worker's resident memory. The workers are the first process's forks."""
        name = _name(self.pid)
        return max((_resident(pid) for pid in self.processes() if pid != self.pid and _name(pid) == name), default=0)


@contextmanager
def product(workers: int, log: Path) -> Iterator[Server]:
    """`nol serve`, as an operator starts it."""
    port = free_port()
    command = [sys.executable, "-m", "notoneless.cli", "serve", "--port", str(port), "--workers", str(workers)]
    with _running(command, port, "/readyz", log) as server:
        yield server


@contextmanager
def plain(workers: int, log: Path) -> Iterator[Server]:
    """The plain Django view behind the same server."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asginl", "--port", str(port), "--workers", str(workers),
               "--loop", "uvloop", "--no-access-log", "--backlog", "4096", PLAIN_APP]  # fmt: skip
    with _running(command, port, "/plain/ready", log) as server:
        yield server


@contextmanager
def _running(command: list[str], port: int, ready: str, log: Path) -> Iterator[Server]:
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        _wait_until_ready(process, port, ready, log)
        yield Server(process.pid, port)
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, ready: str, log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{ready}", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the server did not start; see {log}")
        time.sleep(0.1)


def free_port() -> int:
    """SO_REUSEPORT would let a forgotten server answer half of the requests, so never a fixed port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postgres_cpu() -> float:
    """Seconds of all PostgreSQL processes so far; 0 on SQLite, whose work is the server's own."""
    if not os.environ.get("DATABASE_URL"):
        return 0.0
    return sum(_cpu(pid) for pid in _all() if _name(pid) == "postgres")


def _all() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _tree(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for pid in _all():
        fields = _stat(pid)
        if fields:
            children.setdefault(int(fields[1]), []).append(pid)
    found, queue = [root], [root]
    while queue:
        below = children.get(queue.pop(), [])
        found += below
        queue += below
    return found


def _stat(pid: int) -> list[str]:
    """The fields after the name: state, parent, ..."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
    except OSError:
        return []


def _cpu(pid: int) -> float:
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0.0


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _resident(pid: int) -> int:
    try:
        words = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").split()
        return int(words[words.index("Pss:") + 1]) // 1024
    except (OSError, ValueError):
        return 0
