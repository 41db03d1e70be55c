"""How fast one account, one token or one address may ask for pages: in memory, each worker for itself.

The key of an account is its session until a page has looked the account up, then the account: no request costs the
database anything here. An invented session is a stranger's. Limits are settings.PAGE_PACES, and their reasons there.
"""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from notoneless.kernel.errors import DomainError
from notoneless.web.addresses import client_address
from notoneless.web.buckets import REMEMBERED, Buckets
from notoneless.web.edge import error_response, is_api
from notoneless.web.lane.pace import retry_after


class PaceMiddleware:
    """Refuses with 429 and Retry-After before any view is asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._buckets = Buckets()
        self._accounts: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()  # a request is a thread

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        secret = request.headers.get("Authorization", "") or request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        sender = hashlib.blake2b(secret.encode(), digest_size=16).hexdigest() if secret else ""
        if seconds := self._wait(request, sender):
            return too_many(request, seconds)
        response = self.get_response(request)
        if sender:
            self._learn(request, sender)
        return response

    def _wait(self, request: HttpRequest, sender: str) -> int:
        """Seconds to wait, 0 for none."""
        address, now = client_address(request), time.monotonic()
        with self._lock:
            known = self._accounts.get(sender, "")
            kind = known.partition(":")[0] or "stranger"
            keys = {kind: known or f"stranger:{address}", "address": f"address:{address}"}
            return max(self._buckets.take(key, 1, settings.PAGE_PACES[kind], now) for kind, key in keys.items())

    def _learn(self, request: HttpRequest, sender: str) -> None:
        """Remember whose session or token it is, where the view has found it out."""
        user = getattr(request, "_cached_user", None)  # set by Django once somebody has asked for request.user
        if user is not None and user.is_authenticated:
            known = f"account:{user.pk}"
        elif getattr(request, "auth", None):
            known = f"token:{sender}"
        else:
            return
        with self._lock:
            self._accounts[sender] = known
            self._accounts.move_to_end(sender)
            if len(self._accounts) > REMEMBERED:
                self._accounts.popitem(last=False)


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """Both languages on one page that asks nothing of the database; JSON for the API."""
    error = DomainError("too_many_requests", seconds=seconds)
    if is_api(request):
        response = error_response(request, error)
    else:
        context = {"status": 429, "sentences": {"zh": error.sentence("zh"), "en": error.sentence("en")}}
        response = HttpResponse(render_to_string("errors/broken.html", context), status=429)
    response.headers["Retry-After"] = str(retry_after(error))
    return response
