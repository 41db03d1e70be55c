"""Senders that are slow or silent, and that there are thousands of them, is nobody else's trouble."""

import http.client
import json
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from notoneless.commands.processes import HEADER_SECONDS
from notoneless.web.lane.slow import BODY_SECONDS
from tests.serving.lines import Line, request_bytes
from tests.serving.waiting import wait_until
from tests.web.lane.conftest import OFFICER, Lane
from tests.web.lane.wire import Wire

pytestmark = pytest.mark.slow
IDLE = 2000
LOOKS = 3.0
"""Seconds that the server's own look, once a second, and a busy machine may add."""


class Trickle:
    """A sender of one byte a second. `ended`: what it was answered (0: closed without), and after how many seconds."""

    def __init__(self, port: int, head: bytes, drop: bytes) -> None:
        self.ended: tuple[int, str, float] | None = None
        self._wire = Wire(port)
        self._content = head, drop
        self._began = time.monotonic()
        self._thread = threading.Thread(target=self._drip, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._wire.hang_up()
        self._thread.join(timeout=30)
        self._wire.close()

    def _drip(self) -> None:
        head, drop = self._content
        status, code = 0, ""
        with suppress(OSError, http.client.HTTPException):
            self._wire.send(head)
            while not self._wire.has_news(1.0):
                self._wire.send(drop)
            status = self._wire.read().status
            code = self._wire.code
        self.ended = status, code, time.monotonic() - self._began


@pytest.fixture(scope="module")
def trickles(lane: Lane) -> Iterator[dict[str, Trickle]]:
    """They begin together, so that the tests wait for the slowest only."""
    body = json.dumps(lane.report()).encode()
    whole = request_bytes(body, lane.world.tokens[OFFICER])
    head = whole[: len(whole) - len(body)]
    begun = {
        "body": Trickle(lane.server.port, head + body[:1], b" "),
        "no body": Trickle(lane.server.port, head, b""),
        "chunks": Trickle(lane.server.port, head.replace(f"Content-Length: {len(body)}".encode(),
                                                         b"Transfer-Encoding: chunked"), b"1\r\n \r\n"),
        "headers": Trickle(lane.server.port, head[:20], b"x"),
    }  # fmt: skip
    yield begun
    for one in begun.values():
        one.close()


@pytest.mark.parametrize("kind", ["body", "no body", "chunks"])
def test_body_that_trickles_in_is_given_up_in_time(trickles: dict[str, Trickle], kind: str) -> None:
    trickle = trickles[kind]
    wait_until(lambda: trickle.ended is not None, "the slow sender is answered", seconds=BODY_SECONDS + 2 * LOOKS)
    assert trickle.ended is not None
    status, code, seconds = trickle.ended
    assert (status, code) == (408, "body_too_slow")
    assert BODY_SECONDS <= seconds < BODY_SECONDS + LOOKS


def test_headers_that_trickle_in_are_closed_in_time(trickles: dict[str, Trickle]) -> None:
    trickle = trickles["headers"]
    wait_until(lambda: trickle.ended is not None, "the connection is closed", seconds=HEADER_SECONDS + 2 * LOOKS)
    assert trickle.ended is not None
    assert trickle.ended[2] < HEADER_SECONDS + LOOKS


def test_others_are_answered_while_some_are_slow(lane: Lane, trickles: dict[str, Trickle]) -> None:
    assert lane.post([lane.report() for _ in range(20)]).codes == ["reported"] * 20


def test_thousands_of_idle_connections_stop_nobody(lane: Lane) -> None:
    raise_own_limit(IDLE + 500)
    with ExitStack() as idle:
        for _ in range(IDLE):
            idle.enter_context(socket.create_connection(("127.0.0.1", lane.server.port), timeout=30))
        began = time.monotonic()
        for _ in range(20):
            line = Line(lane.server.port, lane.world.tokens[OFFICER])
            assert line.post(lane.report()).codes == ["reported"]
            line.close()
        assert time.monotonic() - began < 10
        assert lane.server.readiness() == (200, "ok")
    assert lane.server.is_whole()


def raise_own_limit(files: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (files if hard == resource.RLIM_INFINITY else min(files, hard), hard)
        )
