"""A disk that is full: nothing is acknowledged that is not kept, and it goes on by itself when there is room."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import Morning
from tests.serving.database import Database, is_postgres, new_database
from tests.serving.sender import THREADS, Sender
from tests.serving.server import serving
from tests.serving.waiting import wait_until
from tests.serving.world import World

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.skipif(is_postgres(), reason="a cluster's own log takes the room first; PostgreSQL then ends itself"),
]
SIZE = 96
"""Megabytes of the disk."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}m", "tmpfs", folder], check=False)
    if mounted.returncode != 0:
        pytest.skip("this machine lets nobody mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def morning(template: tuple[Database, World], disk: Path, tmp_path: Path) -> Iterator[Morning]:
    """Everything that the server writes is on that disk, its temporary files too."""
    origin, world = template
    (disk / "tmp").mkdir()
    with (
        new_database(disk / "var", template=origin) as database,
        serving(database, tmp_path / "server.log", TMPDIR=str(disk / "tmp")) as server,
        Sender(world, server.port) as sender,
    ):
        yield Morning(server, world, sender)


def fill(disk: Path) -> Path:
    """Take all room that is left; the file that takes it."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1024 * 1024, 4096):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    return ballast


def test_full_disk_is_told_and_when_there_is_room_again_it_goes_on_by_itself(morning: Morning, disk: Path) -> None:
    ballast = fill(disk)

    wait_until(lambda: morning.sender.refused[503, "database_away"] >= 3 * THREADS, "all senders are told", seconds=20)
    told = len(morning.sender.acknowledged)
    assert morning.server.get("/livez") == (200, "ok")

    ballast.unlink()

    morning.sender.await_more(50)
    assert len(morning.sender.acknowledged) > told
    assert set(morning.sender.refused) == {(503, "database_away")}
    morning.require_whole()
