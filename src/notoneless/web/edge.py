"""The one translator at the edge: errors become a page or JSON, and every answer gets its headers."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language

from notoneless.kernel import audit
from notoneless.kernel.clock import SystemClock
from notoneless.kernel.errors import DomainError
from notoneless.web.addresses import client_address
from notoneless.web.ui.words import sentence

_STATUS = {
    "sign_in_required": 401, "wrong_role": 403, "csrf_failed": 403, "by_not_allowed": 403,
    "out_of_scope": 404, "unknown_unit": 404, "unknown_person": 404, "unknown_duty": 404, "day_not_open": 404,
    "page_not_found": 404, "wrong_method": 405, "day_locked": 409, "id_reused": 409, "too_many_reports": 413,
    "unknown_policy": 404, "no_placement": 404,
    "token_unreadable": 401, "token_expired": 401, "token_revoked": 401, "account_off": 403,
    "body_too_long": 413, "body_too_slow": 408, "too_fast": 429,
    "too_many_attempts": 429, "server_error": 500, "busy": 429, "too_many_requests": 429, "database_away": 503,
}  # fmt: skip

REFUSALS = {"out_of_scope", "wrong_role", "by_not_allowed", "csrf_failed"}


def status_of(error: DomainError) -> int:
    return _STATUS.get(error.code, 400)


def language_asked(request: HttpRequest) -> str:
    """`zh` or `en` where the client says so; nothing where it does not, and it is then told in both."""
    return language_of(request.headers.get("Accept-Language", ""))


def language_of(accepted: str) -> str:
    """The same of the header's text."""
    for part in accepted.lower().split(","):
        if part.strip().startswith(("zh", "en")):
            return part.strip()[:2]
    return ""


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def error_response(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The error as JSON for the API, as a page for people."""
    status = status_of(error)
    if is_api(request):
        return JsonResponse(
            {"error": error.shape(language_asked(request))}, status=status, json_dumps_params={"ensure_ascii": False}
        )
    context = {"status": status, "error": error, "sentence": sentence(error)}
    return render(request, "errors/page.html", context, status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_response(request, DomainError("page_not_found"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_response(request, DomainError("wrong_role"))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_response(request, DomainError("bad_request"))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_response(request, DomainError("csrf_failed"))


def server_error(request: HttpRequest) -> HttpResponse:
    """Without the request's context: whatever broke may break that too. So it speaks both languages."""
    error = DomainError("server_error")
    if is_api(request):
        return error_response(request, error)
    sentences = {"zh": error.sentence("zh"), "en": error.sentence("en")}
    return HttpResponse(render_to_string("errors/broken.html", {"sentences": sentences}), status=500)


_HIDDEN = re.compile("[\0\u202a-\u202e\u2066-\u2069]")
"""Null, which PostgreSQL keeps in no text, and the signs that turn the direction of what follows, so that a line reads
otherwise than it is. Wherever they stand, they were not typed by a person."""


def _has_hidden(request: HttpRequest) -> bool:
    texts = (
        text for given in (request.GET, request.POST) for name, values in given.lists() for text in (name, *values)
    )
    return bool(_HIDDEN.search(request.path)) or any(_HIDDEN.search(text) for text in texts)


def note_refusal(request: HttpRequest, error: DomainError, actor: str = "") -> None:
    """Write down that somebody asked for what is not theirs: which address by its name, never what stood in it."""
    who = actor or ("" if request.user.is_anonymous else request.user.get_username())
    if error.code in REFUSALS and who:
        page = request.resolver_match.view_name if request.resolver_match else ""
        audit.record(who, "refused", f"page:{page}", clock=SystemClock(), detail={"code": error.code})


class EdgeMiddleware:
    """Innermost: sees what views raise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        came_from = audit.origin.set(client_address(request))
        try:
            response = bad_request(request) if _has_hidden(request) else self.get_response(request)
        finally:
            audit.origin.reset(came_from)
        response.headers.setdefault("Content-Language", get_language() or "")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        note_refusal(request, exception)
        return error_response(request, exception)
