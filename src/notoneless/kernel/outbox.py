"""Tell later stages. `post` in the transaction of the change; `jobs.py` takes and maps kinds to tasks."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Count, Max

from notoneless.kernel.clock import Clock
from notoneless.kernel.models import OutboxEvent
from notoneless.kernel.rowset import run_with

_COLUMNS = {"kind": "text", "payload": "jsonb", "made_at": "bigint"}
_INSERT = (
    f"INSERT INTO {OutboxEvent._meta.db_table} (kind, payload, made_at, failures)"
    " SELECT k.kind, k.payload, k.made_at, 0 FROM k"
)


def post(kind: str, payload: Mapping[str, Any], *, clock: Clock) -> None:
    OutboxEvent.objects.create(kind=kind, payload=dict(payload), made_at=clock.now())


def stamp_of(kinds: Collection[str]) -> tuple[int, int]:
    """What has been posted of these kinds so far: it differs when anything more was committed since."""
    found = OutboxEvent.objects.filter(kind__in=kinds).aggregate(last=Max("pk"), count=Count("pk"))
    return found["last"] or 0, found["count"]


def post_with_batch(kind: str, payload: Mapping[str, Any], *, now: int) -> None:
    """The same in the pipeline of a batch of reports. `now`: microseconds."""
    run_with(_COLUMNS, [(kind, json.dumps(payload), now)], _INSERT)
