"""What machine this was, in words that may be published: no name, no address."""

import os
import platform
import sqlite3
from pathlib import Path


def described() -> str:
    cpu = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            cpu = line.partition(":")[2].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({cpu}), {memory:.0f} GiB, Linux {platform.release().partition('-')[0]},"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )
