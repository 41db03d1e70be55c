"""Several threads, each with its own connection: the same reports, edits of the same slots, a close between."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connection

from notoneless.collect.models import Report
from notoneless.expect.services import close_day, open_day
from notoneless.ledger.models import PersonSlot
from notoneless.rollup.services import recount
from tests.builders import DAY, check, clock_at, codes, make_person, opened_city, report, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
THREADS = 4


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts in threads that start together; their results in order."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            gate.wait(timeout=30)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(timeout=120) for future in [pool.submit(run, act) for act in acts]]


def test_the_same_batch_sent_at_once_is_applied_once_and_answered_alike() -> None:
    opened_city(pupils=8)
    batch = [report(f"K1-{n}") for n in range(1, 9)] + [report(f"K2-{n}") for n in range(1, 9)]

    answers = at_once(*[lambda: send(*batch)] * THREADS)

    told = [[(o.id, o.state, o.on_time, o.revision) for o in outcomes] for outcomes in answers]
    assert told == [told[0]] * THREADS
    firsts = [sum(not outcomes[place].is_duplicate for outcomes in answers) for place in range(len(batch))]
    assert firsts == [1] * len(batch)
    assert Report.objects.count() == len(batch)
    assert recount(DAY).is_exact


def test_one_id_for_two_people_at_once_is_kept_for_one() -> None:
    opened_city()
    for _ in range(5):
        shared = str(uuid.uuid4())
        answers = at_once(*(partial(send, report(p, id=shared)) for p in ("K1-1", "K2-1", "L1-1")))
        assert sorted(code for outcomes in answers for code in codes(outcomes)) == [
            "id_reused",
            "id_reused",
            "reported",
        ]
    assert recount(DAY).is_exact


def test_edits_of_the_same_slots_in_opposite_order_neither_deadlock_nor_lose_one() -> None:
    opened_city(pupils=6)
    people = [f"K1-{n}" for n in range(1, 7)] + [f"L1-{n}" for n in range(1, 7)]

    def edits(order: list[str], hour: int) -> Callable[[], Any]:
        return lambda: [
            send(*(report(p, made_at=f"{DAY}T0{hour}:{m:02}:00+08:00") for p in order)) for m in range(0, 50, 10)
        ]

    at_once(edits(people, 5), edits(people[::-1], 6), edits(people[6:] + people[:6], 7), edits(people[::2], 4))

    revisions = dict(PersonSlot.objects.filter(revision__gt=0).values_list("respondent_id", "revision"))
    assert sorted(revisions.values()) == [15] * 6 + [20] * 6
    assert sum(revisions.values()) == Report.objects.count()
    assert recount(DAY).is_exact


def test_closing_opening_and_voluntary_reports_meet_without_loss() -> None:
    units = opened_city(pupils=6)
    for number in range(6):
        make_person(f"new-{number}", units["K1"])

    at_once(
        lambda: [send(report(f"K1-{n}"), check(f"K2-{n}", "sick")) for n in range(1, 7)],
        lambda: [send(report(f"new-{n}")) for n in range(6)],
        lambda: close_day(DAY, clock=clock_at(24)),
        lambda: [open_day(DAY, clock=clock_at(9)) for _ in range(2)],
    )

    assert recount(DAY).is_exact
    assert PersonSlot.objects.filter(state="due").count() == 0
    assert Report.objects.count() == 18
