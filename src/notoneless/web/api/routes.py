"""The operations of the API. Errors have one shape: {"error": {code, field, message}}."""

import logging
from typing import Annotated, Any

import msgspec
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Query
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.utils import check_csrf

from notoneless.collect.arrival import read_day
from notoneless.collect.services import apply_reports
from notoneless.kernel.clock import to_micros
from notoneless.kernel.errors import DomainError
from notoneless.roster import queries as roster_queries
from notoneless.roster import tokens
from notoneless.roster.scope import Scope
from notoneless.web.api import answers, letters, shapes
from notoneless.web.bureau.figures import etag_of
from notoneless.web.edge import error_response, language_asked, note_refusal
from notoneless.web.lane.bodies import read_reports, write_results
from notoneless.web.reading import note_api_read, note_names
from notoneless.web.ui.days import CLOCK, today

log = logging.getLogger(__name__)
Limit = Annotated[int, Query(ge=1, le=1000)]
Offset = Annotated[int, Query(ge=0, le=100_000_000)]
Day = Annotated[str, Query(format="date")]
REFUSED = dict.fromkeys((400, 401, 403, 404, 429, 503), shapes.Refusal)
"""What any operation may answer instead: one shape, told apart by its code."""


def caller(request: HttpRequest) -> Scope | None:
    """The scope of a bearer token, or of the session; a session that writes must carry the CSRF token."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        tokens.revocations.refresh_if_stale()
        now = to_micros(CLOCK.now())
        return tokens.read(token.strip(), ring=tokens.keys(), revoked=tokens.revocations, now=now).scope
    if request.user.is_anonymous:
        return None
    if request.method not in ("GET", "HEAD") and check_csrf(request) is not None:
        raise DomainError("csrf_failed")
    return roster_queries.scope_of(request.user, today())


api = NinjaAPI(
    version="1",
    title="Not One Less",
    description="一个都不能少: the ledger by which every pupil is accounted for, every day.",
    docs_url=None,
    auth=caller,
    urls_namespace="api",
    openapi_extra={
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "`nol token issue`"},
                "session": {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
            }
        },
        "security": [{"token": []}, {"session": []}],
    },
)


def _answer(request: HttpRequest, content: object) -> HttpResponse:
    """JSON with an ETag; 304 to a caller who already has it."""
    etag = etag_of(content)
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    return HttpResponse(msgspec.json.encode(content), content_type="application/json", headers={"ETag": etag})


@api.post(
    "/reports",
    response={200: shapes.Results, **REFUSED, 408: shapes.Refusal, 413: shapes.Refusal},
    tags=["reports"],
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": shapes.REPORTS}}}},
)
def reports(request: HttpRequest) -> HttpResponse:
    """One report or an array of up to 1,000. Each is accepted or refused by itself, and 200 says that all were read.

    Sending the same report again, in any order, changes nothing and is told what the first was told. In the server the
    lane answers here; this is its description, and its stand-in under any other server.
    """
    outcomes = apply_reports(read_reports(request.body), scope=_scope(request), clock=CLOCK)
    return HttpResponse(write_results(outcomes, language_asked(request)), content_type="application/json")


@api.get("/units/{code}/completeness", response={200: shapes.Completeness, 304: None, **REFUSED}, tags=["figures"])
def completeness(request: HttpRequest, code: str, day: Day, duty: str) -> HttpResponse:
    """A unit's figures and its children's, which sum to it."""
    return _answer(request, answers.completeness_json(_scope(request), code, read_day(day), duty))


@api.get("/units/{code}/missing", response={200: shapes.Listed, 304: None, **REFUSED}, tags=["figures"])
def missing(
    request: HttpRequest, code: str, day: Day, duty: str, level: str = "", limit: Limit = 100, offset: Offset = 0
) -> HttpResponse:
    """Who has not been heard from, at the level of person, class, school or district."""
    found = answers.missing_json(_scope(request), code, read_day(day), duty, level, limit, offset)
    if found["level"] == "person":
        note_names(
            _scope(request).actor, code, len(found["items"]), "api", part=f"{read_day(day)} {duty} {offset}+{limit}"
        )
    return _answer(request, found)


@api.get("/units/{code}/ranking", response={200: shapes.Listed, 304: None, **REFUSED}, tags=["figures"])
def ranking(
    request: HttpRequest, code: str, day: Day, duty: str, level: str = "school", limit: Limit = 100, offset: Offset = 0
) -> HttpResponse:
    """The units of a level by completeness; ties share a place."""
    return _answer(request, answers.ranking_json(_scope(request), code, read_day(day), duty, level, limit, offset))


@api.get("/people/{code}/days", response={200: shapes.PersonDays, 304: None, **REFUSED}, tags=["figures"])
def person_days(request: HttpRequest, code: str, until: Day, duty: str, days: int = 30) -> HttpResponse:
    """What became of what a person owed on the last days: states and what was raised, without answers."""
    scope = _scope(request)
    found = answers.person_days_json(scope, code, read_day(until), duty, days)
    if not answers.is_own_child(scope, code):
        note_api_read(scope, code, part=f"{read_day(until)} {duty} {days}")
    return _answer(request, found)


@api.get("/letters", response={200: shapes.FamilyLetters, 304: None, **REFUSED}, tags=["letters"])
def family_letters(request: HttpRequest, limit: Limit = 100, offset: Offset = 0) -> HttpResponse:
    """The letters to the caller's own households, unread first; none for who has none. Listing is not reading."""
    return _answer(request, letters.family_letters_json(_scope(request), limit, offset))


@api.get("/units/{code}/letters", response={200: shapes.UnitLetters, 304: None, **REFUSED}, tags=["letters"])
def unit_letters(request: HttpRequest, code: str, limit: Limit = 100, offset: Offset = 0) -> HttpResponse:
    """What a unit's families were sent, newest first, with how many have opened and confirmed its own letters."""
    return _answer(request, letters.unit_letters_json(_scope(request), code, limit, offset))


def _scope(request: HttpRequest) -> Scope:
    scope: Scope = request.auth  # type: ignore[attr-defined]
    return scope


@api.exception_handler(DomainError)
def _on_domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    scope = getattr(request, "auth", None)
    note_refusal(request, error, scope.actor if isinstance(scope, Scope) else "")
    return error_response(request, error)


@api.exception_handler(AuthenticationError)
def _on_nobody(request: HttpRequest, error: Any) -> HttpResponse:
    return error_response(request, DomainError("sign_in_required"))


@api.exception_handler(ValidationError)
def _on_parameter(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return error_response(request, DomainError("bad_parameter", str(error.errors[0]["loc"][-1])))


@api.exception_handler(HttpError)
def _on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return error_response(request, DomainError("bad_request"))


@api.exception_handler(Http404)
def _on_missing_page(request: HttpRequest, error: Any) -> HttpResponse:
    return error_response(request, DomainError("page_not_found"))


@api.exception_handler(Exception)
def _on_failure(request: HttpRequest, error: Exception) -> HttpResponse:
    log.exception("the API failed on %s", request.path, exc_info=error)
    return error_response(request, DomainError("server_error"))
