"""What we tell django-allauth: nobody signs up by themselves, failures are counted, secrets are sealed."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.forms import ValidationError
from django.http import HttpRequest

from notoneless.kernel import audit
from notoneless.kernel.crypto import Personal, seal, unseal
from notoneless.kernel.errors import DomainError
from notoneless.kernel.sealed import SealedTexts, declare
from notoneless.roster.accounts import failures, passwords
from notoneless.web.addresses import client_address
from notoneless.web.ui.days import CLOCK
from notoneless.web.ui.words import sentence


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    """Accounts are made by those who give roles, or joined by invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Every way to try a password comes through here: signing in, and being asked again."""
        try:
            failures.require_patience(*_who(request, credentials), clock=CLOCK)
        except DomainError as error:
            raise ValidationError(sentence(error), code="too_many_attempts") from None

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        failures.record_failure(*_who(request, credentials), clock=CLOCK)

    def _rollback_login_failed_rl_usage(self) -> None:
        """allauth's own count of failures is not used."""

    def set_password(self, user: Any, password: str) -> None:
        """The one way to a password of one's own."""
        old = user.password
        super().set_password(user, password)
        passwords.password_changed(user, old, clock=CLOCK)
        user.refresh_from_db()
        audit.record(user.get_username(), "account.password", f"account:{user.pk}", clock=CLOCK)

    def send_mail(self, template_prefix: str, email: str, context: Any) -> None:
        """Accounts have no mail address."""


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc] # allauth has no types
    """Another system vouches for an account that was connected to it before; it makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False


_SECOND_FACTOR = "second factor"


def declare_secrets() -> None:
    """A rotation reaches the secrets of second factors too."""
    names = ("secret", "seed", "migrated_codes")
    declare(SealedTexts("mfa.Authenticator", "data", names, _SECOND_FACTOR))


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc] # allauth has no types
    """Secrets of second factors are sealed like every personal field."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal(Personal(text), context=_SECOND_FACTOR)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(base64.b64decode(encrypted_text), context=_SECOND_FACTOR).name

    def get_totp_issuer(self) -> str:
        return "Not One Less 一个都不能少"


def _who(request: HttpRequest, credentials: Any) -> tuple[str, str]:
    return str(credentials.get("username", ""))[:150], client_address(request)
