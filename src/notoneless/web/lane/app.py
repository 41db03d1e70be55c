"""The lane's ASGI application: `POST /api/v1/reports`, health and metrics; every other request goes on to Django.

A request costs one look at its headers, one signature, one decoding, and its share of a commit. Nothing here asks the
database; the batcher does, for everybody at once.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any

from notoneless.collect.services.check import Sent
from notoneless.kernel.clock import to_micros
from notoneless.kernel.errors import DomainError
from notoneless.web.edge import language_of, status_of
from notoneless.web.lane.bodies import read_reports, write_error, write_results
from notoneless.web.lane.callers import bearer_of
from notoneless.web.lane.pace import retry_after
from notoneless.web.lane.worker import Worker

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]
Headers = Mapping[bytes, bytes]

log = logging.getLogger(__name__)
REPORTS = "/api/v1/reports"
LONGEST_BODY = 2 * 1024 * 1024
"""Bytes: a thousand reports with a paragraph each."""
_JSON = [
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
]
_UNREAD = (401, 403, 405, 408, 413)
"""Statuses that may be answered before the body has been read. The server then hangs up, and whoever keeps connections
(a proxy, for somebody else's next request) must hear of it."""
_TEXT = [(b"content-type", b"text/plain; version=0.0.4; charset=utf-8"), (b"cache-control", b"no-store")]


class Lane:
    """Mounted before Django. What a worker shares (batcher, counts, buckets) is made with its first request."""

    def __init__(self, pages: Application) -> None:
        self._pages = pages
        self._worker: Worker | None = None
        self._routes = {REPORTS: self._reports, "/livez": self._live, "/readyz": self._ready, "/metrics": self._metrics}

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (route := self._routes.get(scope["path"])) is None:
            if self._worker is None:
                self._worker = Worker(asyncio.get_running_loop())
            await self._pages(scope, receive, send)
            return
        if self._worker is None:
            self._worker = Worker(asyncio.get_running_loop())
        headers: Headers = dict(scope["headers"])
        try:
            await route(self._worker, scope, headers, receive, send)
        except DomainError as error:
            self._worker.metrics.failure(error.code)
            await _refuse(send, error, headers)
        except Exception as error:
            self._worker.metrics.failure("server_error")
            log.error("the lane failed on %s: %s", scope["path"], type(error).__name__, exc_info=True)
            await _refuse(send, DomainError("server_error"), headers)

    async def _reports(
        self, worker: Worker, scope: Mapping[str, Any], headers: Headers, receive: Receive, send: Send
    ) -> None:
        if scope["method"] != "POST":
            raise DomainError("wrong_method")
        bearer = bearer_of(headers, ring=worker.keys, now=to_micros(worker.clock.now()))
        if (length := headers.get(b"content-length")) is not None and _too_long(length):
            raise DomainError("body_too_long", "body", most=LONGEST_BODY)
        with worker.slow.watched():  # from the first byte on, which may never come
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body = message["body"]
            # The server says "more" until the end has been seen; a body as long as announced needs no second look.
            if message["more_body"] and not (length is not None and len(body) == int(length)):
                body = await _rest(body, receive)
        if len(body) > LONGEST_BODY:
            raise DomainError("body_too_long", "body", most=LONGEST_BODY)
        reports = read_reports(body)
        worker.paces.require(bearer.token, bearer.scope, max(1, len(reports)), time.monotonic())
        outcomes = await worker.apply([Sent(raw, bearer.scope) for raw in reports]) if reports else ()
        language = ""
        if any(outcome.error is not None for outcome in outcomes):
            worker.count_refused(outcomes)
            language = language_of(headers.get(b"accept-language", b"").decode("latin-1"))
        await _answer(send, 200, _JSON, write_results(outcomes, language))

    async def _live(
        self, worker: Worker, scope: Mapping[str, Any], headers: Headers, receive: Receive, send: Send
    ) -> None:
        """This worker answers."""
        await _answer(send, 200, _TEXT, b"ok\n")

    async def _ready(
        self, worker: Worker, scope: Mapping[str, Any], headers: Headers, receive: Receive, send: Send
    ) -> None:
        """This worker can take reports: the database answered within the last seconds, and the queue has room."""
        reason = worker.not_ready()
        await _answer(send, 503 if reason else 200, _TEXT, f"{reason or 'ok'}\n".encode())

    async def _metrics(
        self, worker: Worker, scope: Mapping[str, Any], headers: Headers, receive: Receive, send: Send
    ) -> None:
        """For a scraper on this machine; through a proxy only where the proxy lets it."""
        client = scope.get("client") or ("", 0)
        if client[0] not in ("127.0.0.1", "::1") or b"x-forwarded-for" in headers:
            raise DomainError("page_not_found")
        await _answer(send, 200, _TEXT, worker.metrics.page())


def _too_long(length: bytes) -> bool:
    return not length.isdigit() or int(length) > LONGEST_BODY


async def _rest(body: bytes, receive: Receive) -> bytes:
    """The pieces of a body that came in several. Raises DomainError `body_too_long` or `body_too_slow`."""
    pieces, size = [body], len(body)
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise DomainError("body_too_slow", "body")
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > LONGEST_BODY:
            raise DomainError("body_too_long", "body", most=LONGEST_BODY)
        if not message.get("more_body"):
            return b"".join(pieces)


async def _refuse(send: Send, error: DomainError, headers: Headers) -> None:
    language = language_of(headers.get(b"accept-language", b"").decode("latin-1"))
    status = status_of(error)
    more: Sequence[tuple[bytes, bytes]] = _JSON
    if status in (429, 503):
        more = [*_JSON, (b"retry-after", str(retry_after(error)).encode())]
    elif status in _UNREAD:
        more = [*_JSON, (b"connection", b"close")]
    await _answer(send, status, more, write_error(error, language))


async def _answer(send: Send, status: int, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
