"""Make an account, give it a new first password, switch it off. Nobody chooses a password for somebody else."""

import secrets

from django.contrib.auth.hashers import make_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from notoneless.kernel import audit
from notoneless.kernel.clock import Clock, day_of
from notoneless.kernel.errors import DomainError
from notoneless.roster import queries as roster_queries
from notoneless.roster.grants.giving import checked_reason
from notoneless.roster.models import Account, Grant, PastPassword, Person
from notoneless.roster.roles import GRANT, ROLES, giving
from notoneless.roster.scope import Scope

_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that look alike on a slip of paper."""
LONGEST_NAME = 60


def make_account(
    scope: Scope, username: str, unit_code: str, *, clock: Clock, person_code: str = ""
) -> tuple[Account, str]:
    """A new account and its first password, which is shown once and must be changed at the first sign-in.

    `unit_code`: where the maker gives roles. `person_code`: who of the roster it belongs to, so that it loses its roles
    when they leave. Raises DomainError `bad_username`, `username_taken`, `unknown_person`, or what `unit_to` raises.
    """
    unit = roster_queries.unit_to(GRANT, scope, unit_code)
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError:
        raise DomainError("bad_username", "username") from None
    if len(username) > LONGEST_NAME or "@" in username:
        raise DomainError("bad_username", "username")
    person = Person.objects.filter(code=person_code).first() if person_code else None
    if person_code and person is None:
        raise DomainError("out_of_scope", "person")
    first = first_password()
    try:
        with transaction.atomic():
            account = Account.objects.create(
                username=username, password=make_password(first), is_password_due=True, password_since=clock.now(),
                person=person,
            )  # fmt: skip
            audit.record(scope.actor, "account.make", f"account:{account.pk}", clock=clock, detail={"unit": unit.code})
    except IntegrityError:
        raise DomainError("username_taken", "username") from None
    return account, first


def reset_password(scope: Scope, username: str, *, reason: str, clock: Clock) -> str:
    """A new first password for an account all of whose roles the scope gives. Ends its sessions and tokens.

    Raises DomainError `out_of_scope`, `value_required`, `value_too_long`.
    """
    why = checked_reason(reason)
    first = first_password()
    with transaction.atomic():
        account = _managed(scope, username, clock=clock)
        PastPassword.objects.create(account=account, hash=account.password, at=clock.now())
        account.set_password(first)
        account.is_password_due, account.password_since = True, clock.now()
        account.save()
        from notoneless.roster.tokens import revoke  # noqa: PLC0415 - tokens read accounts, which makes a circle

        revoke(account, actor=scope.actor, clock=clock)
        audit.record(scope.actor, "account.reset", f"account:{account.pk}", clock=clock, detail={"why": why})
    return first


def switch_off(scope: Scope, username: str, *, reason: str, clock: Clock) -> None:
    """End an account: nobody signs in with it any more, and its roles are over. Raises what `reset_password` raises."""
    why = checked_reason(reason)
    with transaction.atomic():
        account = _managed(scope, username, clock=clock)
        account.is_active = False
        account.save()
        Grant.objects.filter(account=account, ended_at=None).update(ended_at=clock.now(), ended_by=scope.actor)
        audit.record(scope.actor, "account.off", f"account:{account.pk}", clock=clock, detail={"why": why})


def first_password() -> str:
    """Sixteen letters in groups of four, read from a slip: about 92 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def _managed(scope: Scope, username: str, *, clock: Clock) -> Account:
    """An account all of whose roles in force the scope may give, and not one's own. Raises `out_of_scope`."""
    account = Account.objects.select_for_update(of=("self",)).filter(username=username).first()
    if account is None or username == scope.actor:
        raise DomainError("out_of_scope", "username")
    grants = Grant.objects.filter(roster_queries.in_force(day_of(clock.now())), account=account)
    held = list(grants.values_list("role", "unit__path"))
    if not scope.is_everything and (
        not held or any(not ROLES[role].levels or not scope.may(giving(role), path or "") for role, path in held)
    ):
        raise DomainError("out_of_scope", "username")
    return account
