"""What a password must be. Django's validators say the rest: length, the common ones, likeness to the name.

Source: GB/T 22239-2019 8.1.4.1 as in domain.md section 5: ten characters, three of four classes, none of the last five.
"""

from typing import Any

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from notoneless.kernel.clock import Clock
from notoneless.roster.models import Account, PastPassword

REMEMBERED = 5
CLASSES = 3


class ThreeClasses:
    """Three of: small letters, capitals, digits, other signs. Chinese characters count as other signs."""

    def validate(self, password: str, user: Any = None) -> None:
        classes = {
            "lower" if sign.islower() else "upper" if sign.isupper() else "digit" if sign.isdigit() else "other"
            for sign in password
        }
        if len(classes) < CLASSES:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        return _("Use three of these: small letters, capitals, digits, other signs.")


class NotOneOfTheLast:
    """Not the present password, nor one of the five before."""

    def validate(self, password: str, user: Any = None) -> None:
        if user is None or user.pk is None:
            return
        past = PastPassword.objects.filter(account_id=user.pk).order_by("-at").values_list("hash", flat=True)
        held = Account.objects.filter(pk=user.pk).values_list("password", flat=True)
        if any(check_password(password, one) for one in [*held, *past[:REMEMBERED]]):
            raise ValidationError(self.get_help_text(), code="password_used")

    def get_help_text(self) -> str:
        return _("Not a password that you have had before.")


def password_changed(account: Account, old_hash: str, *, clock: Clock) -> None:
    """The account has chosen a password of its own: remember the old one, and since when the new one holds."""
    if old_hash:
        PastPassword.objects.create(account=account, hash=old_hash, at=clock.now())
    kept = PastPassword.objects.filter(account=account).order_by("-at").values_list("pk", flat=True)[:REMEMBERED]
    PastPassword.objects.filter(account=account).exclude(pk__in=list(kept)).delete()
    Account.objects.filter(pk=account.pk).update(is_password_due=False, password_since=clock.now())
