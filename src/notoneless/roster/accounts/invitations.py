"""Families without an account: a slip of paper or a link, used once, that binds a guardian's phone to a household."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction

from notoneless.kernel import audit
from notoneless.kernel.clock import Clock, day_of
from notoneless.kernel.crypto import Personal, blind_index, seal
from notoneless.kernel.errors import DomainError
from notoneless.kernel.sql import lock_exclusively
from notoneless.roster import queries as roster_queries
from notoneless.roster.accounts import codes, failures
from notoneless.roster.models import Account, Grant, Invitation
from notoneless.roster.roles import BIND
from notoneless.roster.scope import Scope
from notoneless.roster.tokens import revoke

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Thirty-one signs that do not look alike: twelve of them are 59 bits."""
LENGTH, GROUP = 12, 4
LIFE = timedelta(days=30)
GUARDIANS = 2
"""Of each household."""


@dataclass(frozen=True)
class Slip:
    """An invitation as it is printed, once: the code is kept nowhere."""

    code: str
    household: int
    expires_on: str


def invite(scope: Scope, person_code: str, *, clock: Clock, rebinds: int | None = None) -> Slip:
    """An invitation to the household of a pupil. One that is not used yet and is for the same ends.

    `rebinds`: the account of a guardian whose phone is lost; its phone, sessions and tokens end at once, and the
    invitation gives it a new one. Raises DomainError `out_of_scope`, `wrong_role`, `no_household`, `guardians_full`.
    """
    now, today = clock.now(), day_of(clock.now())
    person = roster_queries.placed_on(scope, person_code, today)
    scope.require_power(BIND, person.path, "person")
    if person.household_id is None:
        raise DomainError("no_household", "person")
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    with transaction.atomic():
        lock_exclusively(f"household:{person.household_id}")
        lost = None
        guardians = Grant.objects.filter(
            roster_queries.in_force(today), household_id=person.household_id, role="guardian"
        )
        if rebinds is not None:
            held = guardians.filter(account_id=rebinds).select_related("account").first()
            if held is None:
                raise DomainError("out_of_scope", "account")
            lost = held.account
            _unbind(lost, scope.actor, clock=clock)
        elif guardians.count() >= GUARDIANS:
            raise DomainError("guardians_full", "person", most=GUARDIANS)
        Invitation.objects.filter(
            household_id=person.household_id, rebinds=lost, used_at=None, withdrawn_at=None
        ).update(withdrawn_at=now)
        Invitation.objects.create(
            household_id=person.household_id, code_index=_index(code), rebinds=lost, made_by=scope.actor, made_at=now,
            expires_at=now + LIFE,
        )  # fmt: skip
        audit.record(scope.actor, "family.invite", audit.person_subject(person.code), clock=clock,
                     detail={"rebinds": rebinds or 0})  # fmt: skip
    shown = "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))
    return Slip(shown, person.household_id, str(day_of(now + LIFE)))


def open_invitation(code: str, *, address: str, clock: Clock) -> Invitation:
    """The invitation with this code. Raises DomainError `invitation_wrong` (false, used, withdrawn or too old, all
    alike) or `too_many_attempts`."""
    failures.require_patience("invitation", address, clock=clock)
    found = (
        Invitation.objects.select_related("rebinds")
        .filter(code_index=_index(code), used_at=None, withdrawn_at=None, expires_at__gt=clock.now())
        .first()
    )
    if found is None:
        failures.record_failure("invitation", address, clock=clock)
        raise DomainError("invitation_wrong", "invitation")
    return found


def join(code: str, phone: str, sent: str, *, address: str, clock: Clock) -> Account:
    """Bind a phone to the household of an invitation. `sent`: the code that came by text.

    A phone that is known already (of a teacher, of a parent at another school) keeps its account and gains this
    household. Raises DomainError `code_wrong`, `invitation_wrong`, `guardians_full`, `phone_taken`,
    `too_many_attempts`.
    """
    number = codes.checked_phone(phone)
    opened = open_invitation(code, address=address, clock=clock)
    codes.take_code(number, "join", sent, address=address, clock=clock)
    with transaction.atomic():
        lock_exclusively(f"household:{opened.household_id}")
        invitation = Invitation.objects.filter(pk=opened.pk, used_at=None, withdrawn_at=None).first()
        if invitation is None:
            raise DomainError("invitation_wrong", "invitation")
        account = _bind(invitation, number, clock=clock)
        _grant(account, invitation, clock=clock)
        invitation.used_at, invitation.used_by = clock.now(), account
        invitation.save(update_fields=["used_at", "used_by"])
        audit.record(account.get_username(), "family.join", f"account:{account.pk}", clock=clock,
                     detail={"by": invitation.made_by})  # fmt: skip
    return account


def _bind(invitation: Invitation, phone: str, *, clock: Clock) -> Account:
    index = codes.phone_index(phone)
    known = Account.objects.filter(phone_index=index).first()
    if invitation.rebinds is not None:
        account = Account.objects.select_for_update(of=("self",)).get(pk=invitation.rebinds.pk)
        if known is not None and known.pk != account.pk:
            raise DomainError("phone_taken", "phone")
    elif known is not None:
        if not known.is_active:
            raise DomainError("phone_taken", "phone")
        return known
    else:
        account = Account(username=f"g{secrets.token_hex(6)}")
        account.set_unusable_password()
    account.phone = seal(Personal(account.get_username(), phone=phone), context=account.get_username())
    account.phone_index = index
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError:
        raise DomainError("phone_taken", "phone") from None
    return account


def _grant(account: Account, invitation: Invitation, *, clock: Clock) -> None:
    today = day_of(clock.now())
    held = Grant.objects.filter(roster_queries.in_force(today), household_id=invitation.household_id, role="guardian")
    if held.filter(account=account).exists():
        return
    if held.count() >= GUARDIANS:
        raise DomainError("guardians_full", "person", most=GUARDIANS)
    Grant.objects.create(
        account=account, role="guardian", household_id=invitation.household_id, from_day=today,
        granted_by=invitation.made_by, reason="invitation", made_at=clock.now(),
    )  # fmt: skip


def _unbind(account: Account, actor: str, *, clock: Clock) -> None:
    """A lost phone is nobody's from now on: it neither signs in nor goes on."""
    account.phone, account.phone_index = b"", ""
    account.set_unusable_password()
    account.save()
    revoke(account, actor=actor, clock=clock)


def _index(code: str) -> str:
    return blind_index("invitation", "".join(sign for sign in code.upper() if sign in ALPHABET))
