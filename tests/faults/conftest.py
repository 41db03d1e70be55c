"""A server under load, which a test then hurts."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.serving.database import Database, new_database
from tests.serving.sender import Sender, require_kept
from tests.serving.server import Server, serving
from tests.serving.world import World, build_world


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, World]]:
    """The world, built once and copied for every test."""
    folder = tmp_path_factory.mktemp("world")
    with new_database(folder / "var", cluster=os.environ.get("DATABASE_URL", "")) as database:
        yield database, build_world(database)


@dataclass(frozen=True)
class Morning:
    """A server, its world, and the senders that keep it busy."""

    server: Server
    world: World
    sender: Sender

    def require_whole(self) -> None:
        """After the fault: all is acknowledged, nothing is lost or doubled, and the server is as it was."""
        self.sender.finish()
        require_kept(self.server, self.world, self.sender)
        assert self.server.is_whole()


@pytest.fixture
def morning(template: tuple[Database, World], tmp_path: Path) -> Iterator[Morning]:
    origin, world = template
    cluster = os.environ.get("DATABASE_URL", "")
    with (
        new_database(tmp_path / "var", cluster=cluster, template=origin) as database,
        serving(database, tmp_path / "server.log") as server,
        Sender(world, server.port) as sender,
    ):
        yield Morning(server, world, sender)
