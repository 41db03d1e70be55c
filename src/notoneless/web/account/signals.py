"""What follows from signing in and out, and the log of it."""

from typing import Any

from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.socialaccount.signals import social_account_added, social_account_removed
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from notoneless.kernel import audit
from notoneless.roster import queries as roster_queries
from notoneless.roster.accounts import failures
from notoneless.roster.roles import ROLES
from notoneless.web.account.limits import limits_for
from notoneless.web.addresses import client_address
from notoneless.web.ui.days import CLOCK, today


def listen() -> None:
    user_logged_in.connect(_came, dispatch_uid="nol.came")
    user_logged_out.connect(_left, dispatch_uid="nol.left")
    user_login_failed.connect(_failed, dispatch_uid="nol.failed")
    for signal, act in (
        (authenticator_added, "factor.add"), (authenticator_removed, "factor.remove"),
        (authenticator_reset, "factor.reset"), (social_account_added, "login.connect"),
        (social_account_removed, "login.disconnect"),
    ):  # fmt: skip
        signal.connect(_noter(act), dispatch_uid=f"nol.{act}", weak=False)


def _came(sender: Any, request: HttpRequest, user: Any, **rest: Any) -> None:
    if request.META:  # a test's own sign-in has no request to speak of
        failures.forget(user.get_username(), client_address(request))
    audit.record(user.get_username(), "sign-in", f"account:{user.pk}", clock=CLOCK)
    desks = [ROLES[grant.role].desk for grant in roster_queries.grants_of(user, today())]
    at_once = limits_for(desks).at_once
    # The one that begins now is not among them yet.
    held = sorted(UserSession.objects.purge_and_list(user), key=lambda one: one.created_at)
    for session in held[: max(0, len(held) - at_once + 1)]:
        session.end()


def _left(sender: Any, request: HttpRequest, user: Any, **rest: Any) -> None:
    if user is not None:
        audit.record(user.get_username(), "sign-out", f"account:{user.pk}", clock=CLOCK)


def _failed(sender: Any, credentials: Any, **rest: Any) -> None:
    """Who failed is said only where there is such an account: what was typed may be somebody's password."""
    account = roster_queries.account_or_none(str(credentials.get("username", "")))
    audit.record("", "sign-in.failed", f"account:{account.pk}" if account else "account:unknown", clock=CLOCK)


def _noter(act: str) -> Any:
    def noted(sender: Any, request: HttpRequest, user: Any = None, **rest: Any) -> None:
        account = user if user is not None else request.user
        audit.record(account.get_username(), act, f"account:{account.pk}", clock=CLOCK)

    return noted
