"""`nol serve` as an operator starts it, on a free port of this machine."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from tests.serving.database import ROOT, Database
from tests.serving.processes import Process, children_of, kill, living
from tests.serving.waiting import wait_until

WORKERS = 2


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A server's process tree. It keeps its port when it is started again."""

    def __init__(self, database: Database, log: Path, *, workers: int = WORKERS) -> None:
        self.database = database
        self.port = free_port()
        self.workers_wanted = workers
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, **environment: str) -> None:
        """Start it, and wait until it can take reports. `environment`: settings such as NOL_NOW."""
        output: IO[bytes]
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "notoneless.cli", "serve", "--port", str(self.port),
                 "--workers", str(self.workers_wanted)],
                cwd=ROOT, env=self.database.environment(**environment), stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip
        wait_until(self._has_started, "the server is ready", seconds=60)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def workers(self) -> list[Process]:
        """The worker processes that are alive."""
        return [one for one in children_of(self.pid) if " serve " in one.command]

    def is_whole(self) -> bool:
        """Whether every worker and the jobs process is there."""
        jobs = [one for one in children_of(self.pid) if one.command.endswith("jobs ")]
        return len(self.workers()) == self.workers_wanted and len(jobs) == 1

    def readiness(self) -> tuple[int, str]:
        """The status of /readyz and its word; (0, "") when nobody answers."""
        return self.get("/readyz")

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            line.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = line.getresponse()
            return answer.status, answer.read().decode().strip()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            line.close()

    def stop(self) -> int:
        """Ask it to end, as an operator or systemd does, and return its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=30)

    def end(self) -> None:
        """End whatever is left of it."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=20)
        kill(*(one.pid for one in self.left_over()))
        self._process.wait(timeout=10)

    def left_over(self) -> list[Process]:
        """Processes of this server's session that still live."""
        return [one for one in living() if _session_of(one.pid) == self.pid]

    def _has_started(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"the server ended: {self.log()[-2000:]}"
        return self.readiness()[0] == 200 and self.is_whole()


def _session_of(pid: int) -> int:
    with suppress(ProcessLookupError):
        return os.getsid(pid)
    return 0


@contextmanager
def serving(database: Database, log: Path, *, workers: int = WORKERS, **environment: str) -> Iterator[Server]:
    server = Server(database, log, workers=workers)
    try:
        server.start(**environment)
        yield server
    finally:
        server.end()
