"""The server's wall clock steps, back and forth, while reports come in.

Nothing is lost or doubled: repeats are known by their ids, a slot is held by whatever was made last by its senders'
clocks, and was filled at the earliest instant at which the server saw a report of it. That these are three different
clocks is what `Books.denied` looks at.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.faults.conftest import Morning
from tests.serving.database import Database, new_database
from tests.serving.sender import Sender
from tests.serving.server import serving
from tests.serving.world import World

pytestmark = [pytest.mark.faults, pytest.mark.slow]


@pytest.fixture
def morning(template: tuple[Database, World], tmp_path: Path) -> Iterator[Morning]:
    """It is noon, and the clock stands still: whatever waits in the server waits by another."""
    origin, world = template
    world = replace(world, now=f"{world.day}T12:00:00+08:00")
    with (
        new_database(tmp_path / "var", cluster=os.environ.get("DATABASE_URL", ""), template=origin) as database,
        serving(database, tmp_path / "server.log", NOL_NOW=world.now) as server,
        Sender(world, server.port) as sender,
    ):
        yield Morning(server, world, sender)


def test_wall_clock_that_steps_neither_loses_nor_doubles_a_report(morning: Morning) -> None:
    noon = datetime.fromisoformat(morning.world.now)
    for step in (timedelta(hours=-2), timedelta(hours=1), timedelta(minutes=-1)):
        assert morning.server.stop() == 0
        morning.server.start(NOL_NOW=(noon + step).isoformat())
        morning.sender.await_more(50)

    morning.require_whole()
