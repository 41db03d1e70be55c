"""Reading a person's record leaves an entry that the family can see."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from notoneless.kernel import audit
from notoneless.kernel.models import AuditEntry
from notoneless.roster.models import Person
from notoneless.web.reading import ACT, LIST, Written, note_names, written
from tests.builders import DAY, opened_city
from tests.web.cast import make_cast, signed_in, text_of

pytestmark = pytest.mark.django_db
MISSING = f"/bureau/D/missing/?day={DAY}&duty=daily-health"


def test_staff_who_read_a_childs_record_are_written_down_and_the_family_sees_it() -> None:
    opened_city()
    make_cast()
    child = Person.objects.get(code="K1-1").pk
    parent = signed_in("parent", "zh")
    assert "还没有人查看" in text_of(parent.get("/family/reads/"))
    signed_in("teacher").get(f"/class/K1/people/{child}/")
    signed_in("principal").get(f"/why/{child}/{DAY}/")
    signed_in("officer").get(f"/bureau/K1/people/{child}/?day={DAY}")
    parent.get(f"/why/{child}/{DAY}/")  # one's own child: not written down
    signed_in("other_teacher").get(f"/why/{child}/{DAY}/")  # refused: nothing was read
    entries = AuditEntry.objects.filter(act=ACT).order_by("pk")
    covered = {"part": str(DAY), "minute": "09:00"}
    assert [(one.actor, one.subject, one.detail) for one in entries] == [
        ("teacher", audit.person_subject("K1-1"), {"role": "teacher", "unit": "K1", "page": "report"} | covered),
        ("principal", audit.person_subject("K1-1"), {"role": "school", "unit": "S", "page": "why"} | covered),
        ("officer", audit.person_subject("K1-1"), {"role": "officer", "unit": "D", "page": "record"} | covered),
    ]
    page = text_of(parent.get("/family/reads/"))
    assert page.index("D · 科室干部") < page.index("S · 校长") < page.index("K1 · 班主任")
    assert "officer" not in page
    assert audit.verify().faults == ()


@pytest.fixture
def clock(settings: Settings) -> Iterator["Seconds"]:
    """Seconds after nine; what was written is forgotten with the test."""
    written.forget()
    yield Seconds(settings)
    written.forget()


class Seconds:
    def __init__(self, settings: Settings) -> None:
        self._settings, self._nine = settings, settings.REHEARSAL_NOW

    def __call__(self, second: int) -> None:
        self._settings.REHEARSAL_NOW = self._nine + timedelta(seconds=second)


def get(client: Client, address: str, **extra: Any) -> int:
    """The new entries that one request leaves. Its transactions end as they do outside a test."""
    before = AuditEntry.objects.count()
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert client.get(address, **extra).status_code == 200
    return AuditEntry.objects.count() - before


def test_list_looked_at_again_within_the_minute_is_one_entry_and_any_other_part_is_another(clock: Seconds) -> None:
    opened_city()
    make_cast()
    officer, other = signed_in("officer"), signed_in("city_officer")
    assert get(officer, MISSING) == 1
    clock(59)
    assert get(officer, MISSING) == 0
    assert get(officer, f"{MISSING}&refresh=1") == 0, "what was asked for counts, not how it was written"
    assert get(officer, f"{MISSING}&duty=morning-check") == 1
    assert get(officer, "/bureau/S/missing/") == 1, "another unit"
    assert get(other, MISSING) == 1, "another reader"
    assert get(officer, MISSING, REMOTE_ADDR="10.9.8.7") == 1, "another address: it might be another person"
    assert get(officer, f"/api/v1/units/D/missing?day={DAY}&duty=daily-health&limit=3") == 1, "another way in"
    assert get(officer, f"/api/v1/units/D/missing?day={DAY}&duty=daily-health&limit=3&offset=3") == 1, "another page"
    clock(60)
    assert get(officer, MISSING) == 1
    first, *_, last = AuditEntry.objects.filter(act=LIST).order_by("number")
    assert first.detail == {"count": 7, "page": "missing", "part": f"{DAY} daily-health 1", "minute": "09:00"}
    assert last.detail == first.detail | {"minute": "09:01"}
    assert audit.verify().faults == ()


def test_record_opened_again_within_the_minute_is_one_entry_and_any_other_child_or_day_another(clock: Seconds) -> None:
    opened_city()
    make_cast()
    child, sibling = Person.objects.get(code="K1-1").pk, Person.objects.get(code="K1-2").pk
    teacher, principal = signed_in("teacher"), signed_in("principal")
    assert [get(teacher, f"/why/{child}/{DAY}/") for _ in range(3)] == [1, 0, 0]
    assert get(principal, f"/why/{child}/{DAY}/") == 1
    assert get(teacher, f"/why/{sibling}/{DAY}/") == 1
    assert get(teacher, f"/why/{child}/{DAY - timedelta(days=1)}/") == 1
    assert get(teacher, f"/class/K1/people/{child}/") == 1, "another page about the child"
    officer = signed_in("officer")
    days = f"/api/v1/people/K1-1/days?until={DAY}&duty=daily-health"
    assert [get(officer, days), get(officer, days), get(officer, f"{days}&days=3")] == [1, 0, 1]
    clock(60)
    assert get(teacher, f"/why/{child}/{DAY}/") == 1


def test_entry_that_was_undone_is_not_counted_as_written(clock: Seconds) -> None:
    opened_city(pupils=1)
    make_cast()
    officer = signed_in("officer")
    with TestCase.captureOnCommitCallbacks(execute=False):  # a transaction that never ends well
        officer.get(MISSING)
    assert get(officer, MISSING) == 1


def test_list_that_has_grown_is_told_anew_and_a_clock_that_steps_back_skips_nothing(clock: Seconds) -> None:
    def entries(second: int, count: int) -> int:
        before = AuditEntry.objects.count()
        clock(second)
        with TestCase.captureOnCommitCallbacks(execute=True):
            note_names("officer", "D", count, "missing", part="1")
        return AuditEntry.objects.count() - before

    told = [entries(0, 2), entries(1, 1), entries(2, 3), entries(3, 2), entries(61, 2), entries(5, 2), entries(62, 2)]
    assert told == [1, 0, 1, 0, 1, 1, 1]


def test_what_is_remembered_is_bounded_and_many_threads_may_ask() -> None:
    minute = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    memory = Written(most=10)

    def ask() -> None:
        for number in range(200):
            memory.add(minute, number, 1)
            memory.covers(minute, number, 1)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(memory.covers(minute, number, 1) for number in range(200)) <= 10
    assert memory.covers(minute, 199, 1)
    assert not memory.covers(minute + timedelta(minutes=1), 199, 1)


def test_an_entry_costs_three_statements_and_a_repeat_none(clock: Seconds) -> None:
    note_names("officer", "D", 1, "missing", part="1")  # the chain has an end
    for part, statements in (("2", 3), ("2", 0)):
        with CaptureQueriesContext(connection) as asked, TestCase.captureOnCommitCallbacks(execute=True):
            note_names("officer", "D", 1, "missing", part=part)
        assert len([one for one in asked if "SAVEPOINT" not in one["sql"]]) == statements
