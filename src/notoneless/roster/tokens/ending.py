"""What ends an account's tokens by itself: it is switched off, or loses or changes a grant."""

from typing import Any

from django.db.models.signals import post_delete, post_save

from notoneless.kernel.clock import SystemClock
from notoneless.roster.models import Account, Grant
from notoneless.roster.tokens.issuing import revoke


def listen() -> None:
    post_save.connect(_account_saved, sender=Account, dispatch_uid="tokens.account")
    post_save.connect(_grant_saved, sender=Grant, dispatch_uid="tokens.grant")
    post_delete.connect(_grant_deleted, sender=Grant, dispatch_uid="tokens.grant.deleted")


def _account_saved(instance: Account, created: bool, **rest: Any) -> None:
    if not created and not instance.is_active:
        revoke(instance, actor="system", clock=SystemClock())


def _grant_saved(instance: Grant, created: bool, **rest: Any) -> None:
    if not created:  # a new grant only adds to what a token reaches; the next token has it
        revoke(instance.account, actor="system", clock=SystemClock())


def _grant_deleted(instance: Grant, **rest: Any) -> None:
    revoke(instance.account, actor="system", clock=SystemClock())
