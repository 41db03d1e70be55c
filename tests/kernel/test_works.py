"""Long work: taken once, cancelled between two steps, taken again when its worker is gone."""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from notoneless.kernel import works
from notoneless.kernel.clock import Clock, FixedClock
from notoneless.kernel.errors import DomainError
from notoneless.kernel.models import AuditEntry, OutboxEvent, Work, WorkFile
from notoneless.kernel.works import Control
from tests.builders import clock_at

pytestmark = pytest.mark.django_db
NINE = clock_at(9)


def asked(kind: str = "test", unit: str = "S") -> Work:
    return works.ask(kind, unit=unit, actor="clerk", clock=NINE)


def counted(work: Work, control: Control, clock: Clock) -> Mapping[str, Any]:
    for done in range(3):
        control.progress("people", done, 3)
    return {"added": 3}


def test_work_is_done_and_says_what_came_of_it() -> None:
    work = asked()
    assert works.run_one({"test": counted}, clock=NINE) is not None
    work.refresh_from_db()
    assert (work.state, work.result, work.tries, work.ended_at) == ("done", {"added": 3}, 1, NINE.now())
    assert works.run_one({"test": counted}, clock=NINE) is None
    assert AuditEntry.objects.get(act="work.asked").detail == {"kind": "test", "work": work.pk}


def test_one_work_of_a_kind_at_a_unit() -> None:
    first = asked()
    with pytest.raises(DomainError, match="work_under_way"):
        asked()
    asked(unit="T")
    works.cancel(first, actor="clerk", clock=NINE)
    assert asked().state == "waiting"


def test_work_that_waits_is_cancelled_at_once_and_a_past_one_is_not() -> None:
    work = asked()
    works.cancel(work, actor="clerk", clock=NINE)
    work.refresh_from_db()
    assert work.state == "cancelled"
    with pytest.raises(DomainError, match="work_over"):
        works.cancel(work, actor="clerk", clock=NINE)


def test_cancel_before_the_end_undoes_what_the_handler_had_written() -> None:
    """What must be all or nothing finishes in its own transaction."""

    def writes(work: Work, control: Control, clock: Clock) -> Mapping[str, Any]:
        with transaction.atomic():
            OutboxEvent.objects.create(kind="half.done", made_at=clock.now())
            works.cancel(work, actor="clerk", clock=clock)
            control.finish({"added": 1})
        return {}

    work = asked()
    works.run_one({"test": writes}, clock=NINE)
    work.refresh_from_db()
    assert work.state == "cancelled"
    assert not OutboxEvent.objects.filter(kind="half.done").exists()


def test_failure_is_told_by_its_code_and_an_unforeseen_one_by_ours() -> None:
    def refuses(work: Work, control: Control, clock: Clock) -> Mapping[str, Any]:
        raise DomainError("upload_too_large", "file", most=20)

    def breaks(work: Work, control: Control, clock: Clock) -> Mapping[str, Any]:
        raise ZeroDivisionError

    for handler, code in ((refuses, "upload_too_large"), (breaks, "work_broke")):
        work = asked()
        works.run_one({"test": handler}, clock=NINE)
        work.refresh_from_db()
        assert (work.state, work.error) == ("failed", code)


def test_work_of_a_worker_that_is_gone_waits_again_and_fails_the_third_time() -> None:
    asked()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for _ in range(works.TRIES):
        taken = works.take(["test"], clock=NINE)
        assert taken is not None and works.recover(clock=NINE) == 0, "this process lives"
        host, _, turn = taken.worker.split(":")
        Work.objects.filter(pk=taken.pk).update(worker=f"{host}:{gone.pid}:{turn}")
        assert works.recover(clock=NINE) == 1
    assert Work.objects.values_list("state", "error").get() == ("failed", "work_died")


def test_work_of_another_host_is_taken_back_when_its_pulse_has_stopped() -> None:
    asked()
    taken = works.take(["test"], clock=NINE)
    assert taken is not None
    Work.objects.filter(pk=taken.pk).update(worker="elsewhere:1:a")
    assert works.recover(clock=NINE) == 0
    assert works.recover(clock=FixedClock(NINE.now() + works.DEAD_AFTER + timedelta(seconds=1))) == 1
    with pytest.raises(works.WorkCancelled):
        Control(taken, clock=NINE).finish({})  # it comes back, and has nothing to say any more


def test_files_are_sealed_and_end_after_a_day() -> None:
    work = works.ask("test", unit="S", actor="clerk", clock=NINE, files={"given": "张三".encode()})
    assert works.file_of(work, "given", clock=NINE).decode() == "张三"
    assert "张三".encode() not in bytes(WorkFile.objects.get().sealed)
    late = FixedClock(NINE.now() + works.FILE_HOURS)
    with pytest.raises(DomainError, match="work_file_gone"):
        works.file_of(work, "given", clock=late)
    works.recover(clock=late)
    assert not WorkFile.objects.exists()


def test_scratch_folder_is_private_and_leaves_nothing() -> None:
    work = asked()
    with works.folder_of(work) as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
    with works.folder_of(work) as folder, pytest.raises(FileExistsError):
        folder.mkdir()
    assert not folder.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_take_a_work_once() -> None:
    asked()
    taken: list[Work | None] = []
    barrier = threading.Barrier(2)

    def reach() -> None:
        try:
            barrier.wait()
            taken.append(works.take(["test"], clock=NINE))
        finally:
            connection.close()

    threads = [threading.Thread(target=reach) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one is None for one in taken) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_and_a_wish_to_cancel_is_heard_between_two_steps() -> None:
    def steps(work: Work, control: Control, clock: Clock) -> Mapping[str, Any]:
        control.progress("people", 5, 9)
        assert Work.objects.values_list("stage", "done", "total").get(pk=work.pk) == ("people", 5, 9)
        works.cancel(work, actor="clerk", clock=clock)
        control.progress("people", 6, 9)
        raise AssertionError(os.getpid())

    work = asked()
    taken = works.take(["test"], clock=NINE)
    assert taken is not None
    works.run(taken, steps, clock=NINE, pause=0)
    work.refresh_from_db()
    assert (work.state, work.done) == ("cancelled", 6)
