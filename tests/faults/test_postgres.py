"""PostgreSQL that is killed under load, and comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import Morning
from tests.serving.cluster import Cluster, own_cluster
from tests.serving.database import Database, is_postgres
from tests.serving.sender import THREADS, Sender
from tests.serving.server import serving
from tests.serving.waiting import wait_until
from tests.serving.world import build_world

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.skipif(not is_postgres(), reason="SQLite has no server that could be killed"),
]


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with own_cluster() as cluster:
        yield cluster


@pytest.fixture
def morning(cluster: Cluster, tmp_path: Path) -> Iterator[Morning]:
    database = Database(tmp_path / "var", cluster.url)
    world = build_world(database)
    with serving(database, tmp_path / "server.log") as server, Sender(world, server.port) as sender:
        yield Morning(server, world, sender)


def test_database_that_dies_is_told_within_seconds_and_taken_up_again_when_it_is_back(
    morning: Morning, cluster: Cluster
) -> None:
    cluster.kill()

    wait_until(lambda: morning.sender.refused[503, "database_away"] >= THREADS, "all senders are told", seconds=10)
    wait_until(lambda: morning.server.readiness() == (503, "database"), "the server is not ready", seconds=15)
    assert morning.server.get("/livez") == (200, "ok")

    cluster.start()

    wait_until(lambda: morning.server.readiness() == (200, "ok"), "the server is ready again", seconds=15)
    morning.sender.await_more(50)
    assert set(morning.sender.refused) == {(503, "database_away")}
    morning.require_whole()
