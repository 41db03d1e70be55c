"""Households of tests/builders.py that have joined, and a server that stands in for a provider."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from notoneless.expect.queries import duty_by_code
from notoneless.follow.models import Reminder
from notoneless.kernel.crypto import Personal, seal
from notoneless.roster.models import Account
from tests.web.cast import make_account

PHONES = {"H1": "13800000001", "H2": "13800000002", "H3": "13800000003"}


def join(*homes: str) -> None:
    """A guardian for each, with a phone."""
    for home in homes:
        name = f"guardian-{home}"
        make_account(name, ("guardian", home), phone=seal(Personal("", "", PHONES[home]), context=name))


def guardian(home: str) -> Account:
    return Account.objects.get(username=f"guardian-{home}")


def duty_id(code: str = "daily-health") -> int:
    return duty_by_code(code).id


def states() -> dict[str, str]:
    """Household or unit -> what became of its reminder."""
    rows = Reminder.objects.select_related("household", "unit")
    return {
        row.household.code if row.household else row.unit.code if row.unit else "": row.reason or row.state
        for row in rows
    }


@dataclass
class Provider:
    """What was asked of it: (path, headers, body). `status`: what it answers."""

    address: str = ""
    status: int = 200
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        return sorted(path for path, _, _ in self.asked)

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, _, body in self.asked]


@contextmanager
def provider() -> Iterator[Provider]:
    """A real server on a port of this machine."""
    found = Provider()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            found.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(found.status)
            self.send_header("location", "/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    found.address = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
