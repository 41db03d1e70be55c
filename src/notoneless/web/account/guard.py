"""Between the session and every page: limits of the session, what must be done first, and the page's lane cookie."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from notoneless.kernel.clock import from_micros, to_micros
from notoneless.kernel.errors import DomainError
from notoneless.web.access import reader_of
from notoneless.web.account.lane_cookie import end_lane_cookie, keep_lane_cookie
from notoneless.web.account.limits import Limits, limits_for
from notoneless.web.edge import error_response, is_api
from notoneless.web.lane.callers import COOKIE
from notoneless.web.ui.days import CLOCK

BEGAN, SEEN, LANE = "nol.began", "nol.seen", "nol.lane"
LONGEST_LANE = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)
"""A session is written down as used at most so often: a page costs no write."""
_BOARD = re.compile(r"/(?:bureau|screen)/[^/]+/")
ALWAYS = ("/sign-in/", "/sign-out/", "/language/", "/static/", "/rules/")
PASSWORD = "/account/password/"  # noqa: S105 - an address
FACTOR = "/account/2fa/"
AGAIN = "/account/reauthenticate/"


class SessionGuard:
    """Ends sessions that are too old or too long idle, and leads to what an account owes before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # A board asks each second for each of hundreds of viewers: its view asks `is_admitted`, once a second for each.
        if is_live(request):
            return self.get_response(request)
        if request.user.is_anonymous:
            answer = self.get_response(request)
            return _begin(answer, request) if _is_signed_in(request) else answer
        limits = limits_for(reader_of(request).desks)
        if _is_over(request, limits):
            end_lane_cookie(request)
            logout(request)
            del request._nol_reader  # type: ignore[attr-defined]
            return self.get_response(request)
        owed = _owed(request, limits)
        if owed is not None and (instead := _lead(request, owed)) is not None:
            return instead
        answer = self.get_response(request)
        if owed is None and not is_api(request) and SEEN in request.session:  # not just signed out
            _renew_lane_cookie(answer, request, limits)
        return answer


def _is_signed_in(request: HttpRequest) -> bool:
    """Asked anew after the view: it may have signed somebody in."""
    return not request.user.is_anonymous


def _begin(answer: HttpResponseBase, request: HttpRequest) -> HttpResponseBase:
    """Somebody has just signed in: their session begins, and the page gets its token unless something is owed first."""
    limits = limits_for(reader_of(request).desks)
    if not _is_over(request, limits) and _owed(request, limits) is None:
        _renew_lane_cookie(answer, request, limits)
    return answer


def _is_over(request: HttpRequest, limits: Limits) -> bool:
    """Whether the session has ended by itself; otherwise it is noted that it was used."""
    now, session = CLOCK.now(), request.session
    if BEGAN not in session:
        session[BEGAN] = session[SEEN] = to_micros(now)
    began, seen = from_micros(session[BEGAN]), from_micros(session[SEEN])
    if now - began > limits.whole or now - seen > limits.idle:
        return True
    # What a board asks for by itself, every few seconds, is not somebody at work; of a wall it is all there ever is.
    if now - seen >= NOTED_EVERY and (limits.is_kept_by_polls or not is_live(request)):
        session[SEEN] = to_micros(now)
    return False


def _renew_lane_cookie(answer: HttpResponseBase, request: HttpRequest, limits: Limits) -> None:
    """Where the page has none, or half of its life is over."""
    now, life = CLOCK.now(), min(limits.idle, LONGEST_LANE)
    made = request.session.get(LANE)
    if COOKIE not in request.COOKIES or made is None or now - from_micros(made) > life / 2:
        keep_lane_cookie(answer, request, life)
        request.session[LANE] = to_micros(now)


def is_live(request: HttpRequest) -> bool:
    """A board that keeps itself up to date, asking for its figures alone."""
    return bool(_BOARD.fullmatch(request.path)) and request.headers.get("HX-Request") == "true"


def is_admitted(request: HttpRequest) -> bool:
    """Whether the session behind a live board still holds, and nothing is owed first."""
    if request.user.is_anonymous:
        return False
    limits = limits_for(reader_of(request).desks)
    return not _is_over(request, limits) and _owed(request, limits) is None


@dataclass(frozen=True)
class Owed:
    """What an account must do before anything else: the error for a program, the page for a person, and where the way
    to it leads."""

    code: str
    page: str
    way: tuple[str, ...]


def _owed(request: HttpRequest, limits: Limits) -> Owed | None:
    """A new password where somebody else chose the old one or it is too old; a second factor where the role asks it."""
    account: Any = request.user
    since = account.password_since
    is_old = limits.password is not None and since is not None and CLOCK.now() - since > limits.password
    if account.is_password_due or (is_old and account.has_usable_password()):
        return Owed("password_due", "account_change_password", (PASSWORD, AGAIN))
    if settings.SECOND_FACTOR_REQUIRED and reader_of(request).needs_second_factor and not has_second_factor(account):
        return Owed("second_factor_needed", "mfa_index", (FACTOR, AGAIN, PASSWORD))
    return None


def has_second_factor(account: Any) -> bool:
    """An authenticator app or a security key. Recovery codes alone are none."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(Authenticator.objects.filter(user_id=account.pk, type__in=kinds).exists())


def has_password(account: Any) -> bool:
    """A family that joined by phone may have none."""
    return bool(account.has_usable_password())


def _lead(request: HttpRequest, owed: Owed) -> HttpResponseBase | None:
    """The answer in place of a page; none where the page is on the way, or is everybody's."""
    if request.path.startswith((*ALWAYS, *owed.way)):
        return None
    if is_api(request):
        return error_response(request, DomainError(owed.code))
    return redirect(reverse(owed.page))
