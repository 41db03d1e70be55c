"""The processes of `nol serve`: workers that answer, one that does the jobs, and how many files they may open."""

import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType

from django.db import connections
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.server.mp import MPServer

from notoneless.kernel.errors import DomainError
from notoneless.kernel.sql import is_postgres

OPEN_FILES = 65_536
HEADER_SECONDS = 15
"""A connection that has not sent its headers by then is closed."""


def fitting_workers() -> int:
    """One a core beside PostgreSQL; SQLite has one writer, so one process that everything is gathered in."""
    return max(1, os.cpu_count() or 1) if is_postgres() else 1


def folder_in_memory() -> Path | None:
    """Where the workers' counts are kept: they are files mapped into memory, and a full disk ends whoever writes one.

    None, the usual place for temporary files, on a system without such a folder.
    """
    memory = Path("/dev/shm")  # noqa: S108 - only the parent: the folder in it is made under a name nobody can guess
    return memory if os.access(memory, os.W_OK) else None


def outlive_broken_pipes() -> None:
    """A command on a terminal ends with the pipe it writes to; a server must not end with a client that hangs up.

    Workers are forked, so what is set here is theirs too.
    """
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)


def raise_open_files() -> None:
    """Ten thousand kept-alive connections need as many files; the usual limit is a tenth of that."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def leave_database() -> None:
    """Before workers are forked: a connection, or a pool of them, that two processes hold answers neither."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()  # type: ignore[attr-defined] # PostgreSQL's alone


def require_free(host: str, port: int) -> None:
    """Raises DomainError `port_in_use`: the kernel would let two servers share a port, each answering half."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise DomainError("port_in_use", "--port", port=port) from error


def server(host: str, port: int, workers: int) -> MPServer:
    """A worker that dies is replaced; the others go on."""
    return MPServer(
        "notoneless.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        workers=workers,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
        backlog=4096,
        backpressure=16_384,  # connections of one worker; admission is the lane's, which answers instead of waiting
        respawn_failed_workers=True,
        respawn_interval=0.5,
        log_access=False,
    )


class JobsProcess:
    """`nol jobs` beside the server, started again when it ends by itself."""

    def __init__(self) -> None:
        self._is_ending = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._watch = threading.Thread(target=self._keep, name="jobs-process", daemon=True)

    def __enter__(self) -> "JobsProcess":
        self._process = self._start()
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_ending.set()
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=30)

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "notoneless.cli", "jobs"])

    def _keep(self) -> None:
        while self._process is not None:
            self._process.wait()
            if self._is_ending.wait(1.0):
                return
            self._process = self._start()
