"""The machine's processes, as /proc tells them."""

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


class Process(NamedTuple):
    pid: int
    parent: int
    state: str
    command: str


def living() -> list[Process]:
    """Every process that has not ended; one that has ended and was not yet asked about by its parent does not count."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                found.append(Process(int(folder.name), int(parent), state, command))
    return [one for one in found if one.state not in "ZX"]


def children_of(pid: int) -> list[Process]:
    return [one for one in living() if one.parent == pid]


def is_alive(pid: int) -> bool:
    return any(one.pid == pid for one in living())


def kill(*pids: int) -> None:
    """Without a warning, as the kernel does when memory runs out."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
