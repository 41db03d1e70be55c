"""Workers that are killed, and a server that is asked to end, under load."""

import pytest

from tests.faults.conftest import Morning
from tests.serving.books import read_books
from tests.serving.processes import is_alive, kill
from tests.serving.waiting import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow]


def test_killed_worker_is_replaced_and_nothing_acknowledged_is_lost(morning: Morning) -> None:
    killed = morning.server.workers()[0].pid

    kill(killed)

    wait_until(lambda: not is_alive(killed) and morning.server.is_whole(), "the worker is replaced")
    morning.sender.await_more(50)
    morning.require_whole()


def test_all_workers_killed_at_once_are_replaced_and_nothing_acknowledged_is_lost(morning: Morning) -> None:
    killed = [one.pid for one in morning.server.workers()]

    kill(*killed)

    wait_until(lambda: not any(map(is_alive, killed)) and morning.server.is_whole(), "all workers are replaced")
    morning.sender.await_more(50)
    assert morning.sender.dropped > 0
    morning.require_whole()


def test_server_asked_to_end_leaves_no_process_and_keeps_what_it_acknowledged(morning: Morning) -> None:
    exit_code = morning.server.stop()

    assert exit_code == 0
    wait_until(lambda: morning.server.left_over() == [], "its processes have ended")
    kept = read_books(morning.server.database, morning.world.day)
    told = dict(morning.sender.acknowledged)
    assert {one: kept.reports.get(one) for one in told} == told
    assert kept.differences == []
    morning.server.start()
    morning.sender.await_more(50)
    morning.require_whole()
