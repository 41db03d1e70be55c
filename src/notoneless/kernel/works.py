"""Long work: asked for by a page or a command, taken once, seen while it runs, cancelled between two steps.

Waiting -> running -> done | failed; a wish to cancel makes it `cancelling`, and the handler's next step ends it. A
handler is idempotent: a worker that dies leaves its work to be taken again (`recover`), three times at most. What must
be all or nothing calls `Control.finish` inside its own transaction, so that it is done exactly when it is committed.
"""

import logging
import os
import shutil
import socket
import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet

from notoneless.kernel import audit
from notoneless.kernel.clock import Clock
from notoneless.kernel.crypto import sealing, unseal_bytes
from notoneless.kernel.errors import DomainError
from notoneless.kernel.models import UNDER_WAY, Work, WorkFile
from notoneless.kernel.sql import is_postgres

log = logging.getLogger(__name__)
PAUSE = 1.0
"""Seconds between two looks at whether to go on; progress is saved no more often."""
DEAD_AFTER = timedelta(minutes=10)
"""Without a sign of life. A worker of this host whose process is gone is known to be dead at once."""
TRIES = 3
FILE_HOURS = timedelta(hours=24)


class WorkCancelled(Exception):
    """Somebody asked for the work to end, or another worker has it."""


class Control:
    """What a handler tells of itself, and hears. `pause`: seconds between two saves."""

    def __init__(self, work: Work, *, clock: Clock, pause: float = PAUSE) -> None:
        self._work, self._clock, self._pause = work, clock, pause
        self._looked_at = time.monotonic()
        self.is_finished = False

    def progress(self, stage: str, done: int, total: int | None = None) -> None:
        """Raises WorkCancelled. Inside a transaction SQLite, which has one writer, is not asked: the end will be."""
        if time.monotonic() - self._looked_at < self._pause:
            return
        self._looked_at = time.monotonic()
        if not connection.in_atomic_block:
            state = self._save(stage, done, total)
        elif is_postgres():
            state = self._save_beside(stage, done, total)
        else:
            return
        if state not in ("running", ""):
            raise WorkCancelled

    def finish(self, result: Mapping[str, Any]) -> None:
        """Done, unless it was cancelled meanwhile. Raises WorkCancelled, with which the caller ends its transaction."""
        ended = self._mine().filter(state="running").update(
            state="done", result=dict(result), ended_at=self._clock.now()
        )  # fmt: skip
        if not ended:
            raise WorkCancelled
        self.is_finished = True

    def _mine(self) -> QuerySet[Work]:
        return Work.objects.filter(pk=self._work.pk, worker=self._work.worker)

    def _save(self, stage: str, done: int, total: int | None) -> str:
        """The state as it stands; "" where it cannot be seen from here."""
        self._mine().update(stage=stage[:40], done=done, total=total, heartbeat_at=self._clock.now())
        return Work.objects.filter(pk=self._work.pk).values_list("state", flat=True).first() or ""

    def _save_beside(self, stage: str, done: int, total: int | None) -> str:
        """The same on a connection of its own, so that others see it before the transaction ends."""
        found: list[str] = []

        def save() -> None:
            try:
                found.append(self._save(stage, done, total))
            finally:
                connection.close()

        thread = threading.Thread(target=save, name="work-progress")
        thread.start()
        thread.join()
        return found[0] if found else ""


Handler = Callable[[Work, Control, Clock], Mapping[str, Any]]
"""Does the work and returns its result: codes and counts, no personal data."""


def ask(
    kind: str, *, unit: str, actor: str, clock: Clock, params: Mapping[str, Any] | None = None,
    files: Mapping[str, bytes] | None = None,
) -> Work:  # fmt: skip
    """Put work in the queue; whoever calls has asked whether the actor may. Raises DomainError `work_under_way`."""
    try:
        with transaction.atomic():
            work = Work.objects.create(
                kind=kind, unit=unit, asked_by=actor, params=dict(params or {}), asked_at=clock.now()
            )
            for name, content in (files or {}).items():
                keep_file(work, name, content, clock=clock)
            audit.record(actor, "work.asked", f"unit:{unit}", clock=clock, detail={"kind": kind, "work": work.pk})
    except IntegrityError as error:
        raise DomainError("work_under_way") from error
    return work


def cancel(work: Work, *, actor: str, clock: Clock) -> None:
    """What waits ends now, what runs at its next step. Raises DomainError `work_over`."""
    with transaction.atomic():
        rows = Work.objects.filter(pk=work.pk)
        waited = rows.filter(state="waiting").update(state="cancelled", ended_at=clock.now())
        if not waited and not rows.filter(state__in=("running", "cancelling")).update(state="cancelling"):
            raise DomainError("work_over")
        audit.record(actor, "work.cancelled", f"unit:{work.unit}", clock=clock,
                     detail={"kind": work.kind, "work": work.pk})  # fmt: skip


def _worker() -> str:
    """This turn of this process, on this host."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def take(kinds: Collection[str], *, clock: Clock) -> Work | None:
    """The oldest work that waits: of two who reach for it one gets it."""
    worker = _worker()
    for pk in Work.objects.filter(state="waiting", kind__in=kinds).order_by("pk").values_list("pk", flat=True)[:20]:
        now = clock.now()
        taken = Work.objects.filter(pk=pk, state="waiting").update(
            state="running", worker=worker, started_at=now, heartbeat_at=now, tries=F("tries") + 1
        )
        if taken:
            return Work.objects.get(pk=pk)
    return None


def begin(kind: str, *, actor: str, clock: Clock, unit: str = "", params: Mapping[str, Any] | None = None) -> Work:
    """Work that its own caller does at once, for others to see; what failed before is the same work, tried again.

    Raises DomainError `work_under_way`.
    """
    now, worker = clock.now(), _worker()
    last = Work.objects.filter(kind=kind, unit=unit).order_by("-pk").first()
    try:
        with transaction.atomic():
            if last is not None and last.state == "failed" and last.params == dict(params or {}):
                again = Work.objects.filter(pk=last.pk, state="failed").update(
                    state="running", worker=worker, started_at=now, heartbeat_at=now, ended_at=None, error="", result={}
                )
                if again:
                    return Work.objects.get(pk=last.pk)
            return Work.objects.create(
                kind=kind, unit=unit, asked_by=actor, params=dict(params or {}), asked_at=now, state="running",
                worker=worker, started_at=now, heartbeat_at=now, tries=TRIES,
            )  # fmt: skip
    except IntegrityError as error:
        raise DomainError("work_under_way") from error


def run_one(handlers: Mapping[str, Handler], *, clock: Clock) -> Work | None:
    """Take one work and do it; None where nothing waits."""
    work = take(list(handlers), clock=clock)
    if work is not None:
        run(work, handlers[work.kind], clock=clock)
    return work


def run(work: Work, handler: Handler, *, clock: Clock, pause: float = PAUSE, is_raising: bool = False) -> None:
    """Do what has been taken, and write down how it ended: a work that fails says so itself. `is_raising`: what went
    wrong is raised as well, for whoever does the work at once."""
    control = Control(work, clock=clock, pause=pause)
    try:
        result = handler(work, control, clock)
        if not control.is_finished:
            control.finish(result)
    except WorkCancelled:
        _end(work, "cancelled", clock=clock)
    except DomainError as error:
        _end(work, "failed", clock=clock, error=error)
        if is_raising:
            raise
    except Exception:
        _end(work, "failed", clock=clock, error=DomainError("work_broke"))
        if is_raising:
            raise
        log.exception("work %s %s failed", work.pk, work.kind)


def _end(work: Work, state: str, *, clock: Clock, error: DomainError | None = None) -> None:
    told = {"field": error.field, "params": {name: str(value) for name, value in error.params.items()}} if error else {}
    Work.objects.filter(pk=work.pk, worker=work.worker, ended_at=None).update(
        state=state, error=error.code if error else "", result=told, ended_at=clock.now()
    )


def recover(*, clock: Clock) -> int:
    """Work whose worker is gone waits again, or ends: cancelled where that was wished, failed at the third time."""
    found = 0
    for work in Work.objects.filter(state__in=("running", "cancelling")):
        if not _is_dead(work, clock=clock):
            continue
        found += 1
        if work.state == "cancelling":
            _end(work, "cancelled", clock=clock)
        elif work.tries >= TRIES:
            _end(work, "failed", clock=clock, error=DomainError("work_died"))
        else:
            Work.objects.filter(pk=work.pk, worker=work.worker).update(state="waiting", worker="")
    over = WorkFile.objects.filter(expires_at__lte=clock.now())
    if over.exists():  # asked every second: a DELETE that finds nothing would still take SQLite's one write lock
        over.delete()
    return found


def _is_dead(work: Work, *, clock: Clock) -> bool:
    host, process, _ = f"{work.worker}:0:".split(":", 2)
    if host == socket.gethostname()[:60]:
        try:
            os.kill(int(process), 0)
        except ProcessLookupError:
            return True
        except PermissionError:  # somebody else's process has this number now, or it still runs: the pulse decides
            pass
    return work.heartbeat_at is None or work.heartbeat_at < clock.now() - DEAD_AFTER


def keep_file(work: Work, name: str, content: bytes, *, clock: Clock) -> None:
    """Seal a file of the work; one of the same name takes its place."""
    key = uuid.uuid4().hex
    sealed = sealing().seal_bytes(content, key)
    fields = {"key": key, "sealed": sealed, "size": len(content), "expires_at": clock.now() + FILE_HOURS}
    WorkFile.objects.update_or_create(work=work, name=name, defaults=fields)


def file_of(work: Work, name: str, *, clock: Clock) -> bytes:
    """Raises DomainError `work_file_gone`."""
    kept = WorkFile.objects.filter(work=work, name=name, expires_at__gt=clock.now()).first()
    if kept is None:
        raise DomainError("work_file_gone")
    return unseal_bytes(bytes(kept.sealed), kept.key)


def files_of(work: Work, *, clock: Clock) -> set[str]:
    """The names of the files that are still there."""
    return set(WorkFile.objects.filter(work=work, expires_at__gt=clock.now()).values_list("name", flat=True))


def with_file(rows: Collection[Work], name: str, *, clock: Clock) -> set[int]:
    """The numbers of those works whose file of this name is still there."""
    kept = WorkFile.objects.filter(work__in=rows, name=name, expires_at__gt=clock.now())
    return set(kept.values_list("work_id", flat=True))


@contextmanager
def folder_of(work: Work) -> Iterator[Path]:
    """A folder that only this process' user reads, gone afterwards; what a killed worker left is gone first."""
    folder: Path = settings.VAR_DIR / "works" / str(work.pk)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def work_of(unit: str, kinds: Collection[str], work_id: int) -> Work:
    """One work of a unit, for whoever may see it. Raises DomainError `out_of_scope`."""
    work = Work.objects.filter(pk=work_id, unit=unit, kind__in=kinds).first()
    if work is None:
        raise DomainError("out_of_scope", "work")
    return work


def works_of(unit: str | None, kinds: Collection[str]) -> QuerySet[Work]:
    """Newest first; `unit` None: of everybody. Callers page."""
    rows = Work.objects.filter(kind__in=kinds).order_by("-pk")
    return rows if unit is None else rows.filter(unit=unit)


def under_way(kinds: Collection[str]) -> QuerySet[Work]:
    return Work.objects.filter(kind__in=kinds, state__in=UNDER_WAY).order_by("pk")
