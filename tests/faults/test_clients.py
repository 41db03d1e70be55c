"""Clients that vanish in the middle: without a sound, with the connection reset under the server's hands."""

import json
import socket
import struct

import pytest

from tests.faults.conftest import Morning
from tests.serving.lines import Line, request_bytes
from tests.serving.sender import told_of

pytestmark = [pytest.mark.faults, pytest.mark.slow]
VANISHING = 60


def send_and_vanish(port: int, content: bytes) -> None:
    """Send it, and reset the connection without having read anything."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.sendall(content)


def pids(morning: Morning) -> set[int]:
    """The workers. A client that hangs up must not end one: that another takes its place would hide it."""
    return {one.pid for one in morning.server.workers()}


def test_half_a_body_and_a_reset_change_nothing(morning: Morning) -> None:
    workers = pids(morning)
    token = morning.world.tokens["program"]
    for number in range(VANISHING):
        body = json.dumps(morning.world.report(1_000_000 + number)).encode()
        content = request_bytes(body, token)
        send_and_vanish(morning.server.port, content[: len(content) - len(body) // 2])

    morning.sender.await_more(50)
    morning.require_whole()
    assert pids(morning) == workers


def test_report_whose_sender_did_not_wait_for_the_answer_is_kept_once_when_it_comes_again(morning: Morning) -> None:
    workers = pids(morning)
    token = morning.world.tokens["program"]
    reports = [morning.world.report(1_000_000 + number) for number in range(VANISHING)]
    for report in reports:
        send_and_vanish(morning.server.port, request_bytes(json.dumps(report).encode(), token))

    line = Line(morning.server.port, token)
    for report in reports:
        (result,) = line.post(report).results
        morning.sender.sent[report["id"]] = report
        morning.sender.acknowledged[report["id"]] = told_of(result)
    line.close()
    morning.sender.await_more(50)
    morning.require_whole()
    assert pids(morning) == workers
