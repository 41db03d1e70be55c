"""One-time codes by text message: six digits, ten minutes, five tries, and nothing told about whose phone it is."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from notoneless.kernel.clock import Clock
from notoneless.kernel.crypto import blind_index
from notoneless.kernel.errors import DomainError
from notoneless.roster.accounts import failures
from notoneless.roster.accounts.texts import send_text
from notoneless.roster.models import Account, OneTimeCode
from notoneless.roster.rules import read_phone

LIFE = timedelta(minutes=10)
APART = timedelta(minutes=1)
MOST_A_DAY = 10
TRIES = 5


def phone_index(phone: str) -> str:
    return blind_index("phone", phone)


def checked_phone(text: str) -> str:
    """Raises DomainError `bad_phone`."""
    phone = read_phone(text.strip()) if text.strip() else None
    if not phone:
        raise DomainError("bad_phone", "phone")
    return phone


def send_code(phone: str, purpose: str, *, address: str, clock: Clock) -> None:
    """Send a code to a phone, for `sign-in` only where it is somebody's; the caller cannot tell, and it takes as long.

    Raises DomainError `code_too_soon`, `too_many_codes`, `too_many_attempts` (for the address).
    """
    now, index = clock.now(), phone_index(phone)
    failures.require_patience(f"code {index}", address, clock=clock)
    sent = OneTimeCode.objects.filter(phone_index=index, made_at__gt=now - timedelta(days=1))
    if sent.filter(made_at__gt=now - APART).exists():
        raise DomainError("code_too_soon", "phone")
    if sent.count() >= MOST_A_DAY:
        raise DomainError("too_many_codes", "phone")
    code = f"{secrets.randbelow(10**6):06d}"
    is_somebodys = purpose != "sign-in" or Account.objects.filter(phone_index=index, is_active=True).exists()
    with transaction.atomic():
        OneTimeCode.objects.create(
            phone_index=index, purpose=purpose, code_index=_digest(index, purpose, code), made_at=now,
            expires_at=now + LIFE,
        )  # fmt: skip
        text = f"【一个都不能少】验证码 {code}，10 分钟内有效，请勿告诉任何人。 / Not One Less: your code is {code}."
        send_text(phone, text, purpose, clock=clock, is_somebodys=is_somebodys)
    OneTimeCode.objects.filter(made_at__lt=now - timedelta(days=1)).delete()


def take_code(phone: str, purpose: str, code: str, *, address: str, clock: Clock) -> None:
    """Use a code up. Raises DomainError `code_wrong`: wrong, used, too old, tried too often or never sent, all alike;
    `too_many_attempts` for the address."""
    now, index = clock.now(), phone_index(phone)
    failures.require_patience(f"code {index}", address, clock=clock)
    with transaction.atomic():
        held = OneTimeCode.objects.select_for_update().filter(
            phone_index=index, purpose=purpose, used_at=None, expires_at__gt=now, tries__lt=TRIES
        )
        latest = held.order_by("-made_at").first()
        expected = latest.code_index if latest is not None else "-"
        is_right = secrets.compare_digest(expected, _digest(index, purpose, code.strip()))
        if latest is not None:
            OneTimeCode.objects.filter(pk=latest.pk).update(tries=F("tries") + 1, used_at=now if is_right else None)
    if not is_right:
        failures.record_failure(f"code {index}", address, clock=clock)
        raise DomainError("code_wrong", "code")


def _digest(index: str, purpose: str, code: str) -> str:
    return blind_index("code", f"{index}:{purpose}:{code}")
