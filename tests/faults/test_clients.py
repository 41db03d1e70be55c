"""Clients that vanish in the middle: without a sound, with the connection reset under the server's hands."""

import json
import socket
import struct

import pytest

from tests.faults.conftest import Morning
from tests.serving.lines import Line, request_bytes
from tests.serving.sender import told_of
from tests.serving.waiting import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow]
VANISHING = 60


def send_and_vanish(port: int, content: bytes) -> None:
    """Send it, and reset the connection without having read anything."""
    lines: list[socket.socket] = []

    def is_connected() -> bool:
        try:
            lines.append(socket.create_connection(("127.0.0.1", port), timeout=10))
        except ConnectionRefusedError:
            return False
        return True

    wait_until(is_connected, "the server takes a connection")
    with lines[-1] as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.sendall(content)


def test_half_a_body_and_a_reset_change_nothing(morning: Morning) -> None:
    token = morning.world.tokens["city_officer"]
    for number in range(VANISHING):
        body = json.dumps(morning.world.report(1_000_000 + number)).encode()
        content = request_bytes(body, token)
        send_and_vanish(morning.server.port, content[: len(content) - len(body) // 2])

    morning.sender.await_more(50)
    morning.require_whole()


def test_report_whose_sender_did_not_wait_for_the_answer_is_kept_once_when_it_comes_again(morning: Morning) -> None:
    token = morning.world.tokens["city_officer"]
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
