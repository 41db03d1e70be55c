"""The token that a signed-in page carries, so that it may send reports to the lane itself."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from notoneless.kernel.clock import to_micros
from notoneless.kernel.errors import DomainError
from notoneless.roster import tokens
from notoneless.web.lane.callers import COOKIE
from notoneless.web.ui.days import CLOCK

LANE_PATH = "/"
"""Signing out must see it too, to end it."""


def keep_lane_cookie(answer: HttpResponseBase, request: HttpRequest, life: timedelta) -> None:
    """For the account that is signed in; `life`: as long as its session may be idle, so that it does not outlive it."""
    if request.user.is_anonymous:
        return
    answer.set_cookie(
        COOKIE,
        tokens.issue(request.user, clock=CLOCK, life=life),
        max_age=int(life.total_seconds()),
        path=LANE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def end_lane_cookie(request: HttpRequest) -> None:
    """Revoke the token that this browser carries; one that is no longer good needs nothing."""
    token = request.COOKIES.get(COOKIE, "")
    if not token or request.user.is_anonymous:
        return
    try:
        bearer = tokens.read(token, ring=tokens.keys(), revoked=tokens.revocations, now=to_micros(CLOCK.now()))
    except DomainError:
        return
    if bearer.account == request.user.pk:
        tokens.revoke(request.user, actor=request.user.get_username(), clock=CLOCK, token=bearer.token)
