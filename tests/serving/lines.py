"""One kept-alive connection to the lane, and what it was answered."""

import http.client
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

REPORTS = "/api/v1/reports"


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def code(self) -> str:
        """The code of the refusal of the whole request; nothing when its reports were read."""
        return str(self.body["error"]["code"]) if isinstance(self.body, dict) and "error" in self.body else ""

    @property
    def results(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.body["results"]
        return found

    @property
    def codes(self) -> list[str]:
        """What became of each report: its state, or the code of its error."""
        return [one["error"]["code"] if "error" in one else one["state"] for one in self.results]


class Line:
    """Connects by itself, and again after `close`."""

    def __init__(self, port: int, token: str = "", *, seconds: float = 60) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
        self._headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})

    def post(self, content: object, **headers: str) -> Answer:
        """`content`: bytes as they are, anything else as JSON. Raises OSError or HTTPException without an answer."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return self.ask("POST", REPORTS, body, **headers)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request(method, path, body, {**self._headers, **named})
        answer = self._connection.getresponse()
        text = answer.read()
        told = {name.lower(): value for name, value in answer.getheaders()}
        is_json = told.get("content-type", "").startswith("application/json")
        return Answer(answer.status, told, json.loads(text) if is_json else text.decode())

    def close(self) -> None:
        self._connection.close()


def request_bytes(body: bytes, token: str, *, length: int | None = None, **headers: str) -> bytes:
    """A whole request as it goes over the wire. `length`: what it announces, when that is not so."""
    named = {"Host": "127.0.0.1", "Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    named["Content-Length"] = str(len(body) if length is None else length)
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"POST {REPORTS} HTTP/1.1\r\n{head}\r\n".encode() + body
