"""Write down who did what. Subjects and details are codes and counts, never personal data."""

from collections.abc import Mapping
from typing import Any

from notoneless.kernel.clock import Clock
from notoneless.kernel.models import AuditEntry


def record(actor: str, act: str, subject: str, *, clock: Clock, detail: Mapping[str, Any] | None = None) -> None:
    AuditEntry.objects.create(made_at=clock.now(), actor=actor, act=act, subject=subject, detail=dict(detail or {}))
