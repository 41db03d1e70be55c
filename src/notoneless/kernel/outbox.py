"""Tell later stages. `post` in the transaction of the change; `jobs.py` takes and maps kinds to tasks."""

from collections.abc import Mapping
from typing import Any

from notoneless.kernel.clock import Clock
from notoneless.kernel.models import OutboxEvent


def post(kind: str, payload: Mapping[str, Any], *, clock: Clock) -> None:
    OutboxEvent.objects.create(kind=kind, payload=dict(payload), made_at=clock.now())
