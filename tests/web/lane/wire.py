"""Bytes on a socket, for requests that no well-behaved client would send."""

import http.client
import json
import select
import socket
from contextlib import suppress
from typing import Any

from tests.serving.lines import REPORTS


class Wire:
    """One connection. `content` and `code` are those of the answer that was read last."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.content: Any = None

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, content: bytes) -> None:
        self._socket.sendall(content)

    def send_head(self, token: str, *lines: str) -> None:
        head = ["POST " + REPORTS + " HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token}", *lines]
        self.send("\r\n".join([*head, "", ""]).encode())

    def read(self) -> http.client.HTTPResponse:
        """Read an answer. Raises HTTPException when the connection was closed without one."""
        answer = http.client.HTTPResponse(self._socket)
        answer.begin()
        self.content = json.loads(answer.read())
        return answer

    @property
    def code(self) -> str:
        return str(self.content["error"]["code"])

    def has_news(self, seconds: float) -> bool:
        """Whether the other side says something, or hangs up, within so many seconds."""
        return bool(select.select([self._socket], [], [], seconds)[0])

    def hang_up(self) -> None:
        """End the conversation; a thread that waits for news of it is woken. The wire must still be closed."""
        with suppress(OSError):  # the other side was quicker
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._socket.close()
