"""The batcher by itself, on the real database: what waits becomes one batch, bad rows fail alone, nothing is lost.

A commit is held up by a real lock that the test holds in the database; a row that the database refuses though our
checks let it pass is made with a trigger.
"""

import random
import sys
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from notoneless.collect.batcher import MOST_ROWS, MOST_WAITING, Batcher
from notoneless.collect.models import Report
from notoneless.collect.services.check import Sent, load_catalogue
from notoneless.kernel.clock import to_micros
from notoneless.kernel.errors import DomainError
from notoneless.kernel.sql import execute, is_postgres
from notoneless.ledger.models import PersonSlot
from notoneless.rollup.services import recount
from notoneless.roster.scope import SYSTEM
from tests.builders import DAY, clock_at, codes, opened_city, report
from tests.collect.batching import Counts, Told, running, submit, writing_held_up
from tests.serving.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
REFUSED = "拒绝"
"""A note that the database refuses, see `refusing_trigger`."""


@pytest.fixture
def refusing_trigger(transactional_db: None) -> Iterator[None]:
    """The database refuses a report with a certain note, as a data error: no repetition would help."""
    if is_postgres():
        execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = 'data_exception'; END $$"
        )
        execute(
            "CREATE TRIGGER refusing BEFORE INSERT ON report FOR EACH ROW"
            f" WHEN (NEW.answers LIKE '%%{REFUSED}%%') EXECUTE FUNCTION refuse()"
        )
    else:
        execute(
            f"CREATE TRIGGER refusing BEFORE INSERT ON report WHEN NEW.answers LIKE '%{REFUSED}%'"
            " BEGIN SELECT zeroblob(2000000000); END"
        )
    yield
    execute("DROP TRIGGER refusing ON report" if is_postgres() else "DROP TRIGGER refusing")
    if is_postgres():
        execute("DROP FUNCTION refuse")


def refused_report(person: str) -> dict[str, Any]:
    return report(person, answers={"condition": "unwell", "symptoms": ["cough"], "note": REFUSED})


def test_what_waited_during_a_commit_is_the_next_batch() -> None:
    opened_city(pupils=12)
    counts = Counts()
    with running(counts) as batcher:
        with writing_held_up():
            told = [submit(batcher, report("K1-1"))]
            wait_until(lambda: batcher.waiting == 0, "the first request is being committed")
            told += [submit(batcher, report(f"K1-{n}")) for n in range(2, 9)]
            told += [submit(batcher, report("K1-9"), report("K1-10"), report("K1-11"))]
            assert batcher.waiting == 10
            assert [one.times for one in told] == [0] * 9
        wait_until(lambda: all(one.times for one in told), "everyone is told")
    assert counts.rows == [1, 10]
    assert [one.codes for one in told] == [["reported"]] * 8 + [["reported"] * 3]
    assert Report.objects.count() == 11
    assert recount(DAY).is_exact


def test_batch_holds_whole_requests_up_to_its_size() -> None:
    opened_city(pupils=1)
    counts = Counts()
    half = MOST_ROWS // 2
    with running(counts) as batcher:
        with writing_held_up():
            told = [submit(batcher, report("K1-1"))]
            wait_until(lambda: batcher.waiting == 0, "the first request is being committed")
            told += [submit(batcher, *[7] * rows) for rows in (half, half + 1, half - 1, MOST_ROWS + 1, 1)]
        wait_until(lambda: all(one.times for one in told), "everyone is told")
    assert counts.rows == [1, half, MOST_ROWS, MOST_ROWS + 1, 1]


def test_row_that_the_database_refuses_fails_alone(refusing_trigger: None) -> None:
    opened_city(pupils=6)
    counts = Counts()
    with running(counts) as batcher:
        with writing_held_up():
            first = submit(batcher, report("K1-1"))
            wait_until(lambda: batcher.waiting == 0, "the first request is being committed")
            before = submit(batcher, report("K1-2"))
            mixed = submit(batcher, report("K1-3"), refused_report("K1-4"), report("K1-5"))
            alone = submit(batcher, refused_report("K1-6"))
            after = submit(batcher, report("K2-1"))
        told = (first, before, mixed, alone, after)
        wait_until(lambda: all(one.times for one in told), "everyone is told")
        again = batcher.apply([Sent(report("K1-4"), SYSTEM)])
    assert [one.codes for one in told] == [
        ["reported"], ["reported"], ["reported", "server_error", "reported"], ["server_error"], ["reported"],
    ]  # fmt: skip
    assert codes(again) == ["reported"]
    assert counts.failures == ["server_error"] * 4  # the batch, the mixed request, its row, and the one alone
    assert Report.objects.count() == 6
    assert recount(DAY).is_exact


def test_full_queue_is_told_busy_and_a_long_request_is_taken_when_nothing_waits() -> None:
    opened_city(pupils=1)
    with running() as batcher:
        with writing_held_up():
            first = submit(batcher, report("K1-1"))
            wait_until(lambda: batcher.waiting == 0, "the first request is being committed")
            waiting = submit(batcher, *[7] * (MOST_WAITING - 1))
            last = submit(batcher, 7)
            with pytest.raises(DomainError, match="busy"):
                submit(batcher, report("K1-1"))
            assert batcher.waiting == MOST_WAITING
        wait_until(lambda: last.times == 1, "everyone is told")
        assert batcher.waiting == 0
        long = submit(batcher, *[7] * (MOST_WAITING + 1))
        wait_until(lambda: long.times == 1, "the long request is told")
    assert first.codes == ["reported"]
    assert waiting.times == 1
    assert Report.objects.count() == 1


@pytest.mark.parametrize("in_flight", [1, 3])
def test_end_finishes_what_waits_and_takes_no_more(in_flight: int) -> None:
    opened_city(pupils=12)
    with writing_held_up():
        batcher = Batcher(
            clock=clock_at(8), catalogue=load_catalogue, watch=Counts(), in_flight=in_flight, monotonic=lambda: 0.0
        )
        told = [submit(batcher, report(f"K1-{n}")) for n in range(1, 13)]
        ending = threading.Thread(target=batcher.end)
        ending.start()
        wait_until(lambda: is_refused(batcher), "the batcher takes no more")
    ending.join(timeout=60)
    assert not ending.is_alive()
    assert [one.codes for one in told] == [["reported"]] * 12
    assert Report.objects.count() == 12


def is_refused(batcher: Batcher) -> bool:
    try:
        submit(batcher)
    except DomainError as error:
        return error.code == "busy"
    return False


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads take turns a thousand times as often, so that what can come between two lines does."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.000_005)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("hasty_threads")
def test_whoever_is_taken_while_it_ends_is_told() -> None:
    opened_city(pupils=1)
    for _ in range(40):
        batcher = Batcher(clock=clock_at(8), catalogue=load_catalogue, watch=Counts(), in_flight=2,
                          monotonic=lambda: 0.0)  # fmt: skip
        taken: list[Told] = []
        gate = threading.Barrier(4)

        def send(batcher: Batcher = batcher, taken: list[Told] = taken, gate: threading.Barrier = gate) -> None:
            gate.wait(timeout=30)
            try:
                for _ in range(200):
                    taken.append(submit(batcher, 7))
            except DomainError:
                return

        senders = [threading.Thread(target=send) for _ in range(3)]
        for one in senders:
            one.start()
        gate.wait(timeout=30)
        batcher.end()
        for one in senders:
            one.join(timeout=30)
        assert {one.times for one in taken} <= {1}


class WanderingClock:
    """A wall clock that is set forth and back between any two looks at it, by up to two hours."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def now(self) -> datetime:
        return clock_at(10).now() + timedelta(seconds=self._rng.randint(-7200, 7200))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_repeats_and_edits_from_many_sides_are_kept_once_whatever_the_clock_does(seed: int) -> None:
    opened_city(pupils=4)
    rng = random.Random(seed)
    people = [f"{unit}-{n}" for unit in ("K1", "K2", "L1") for n in range(1, 5)]
    bodies = [edit(rng, rng.choice(people)) for _ in range(150)]
    answers: list[tuple[object, ...]] = []

    def sender(number: int, batcher: Batcher) -> Callable[[], None]:
        own = random.Random(seed * 100 + number)
        mine = own.sample(bodies, len(bodies)) + own.sample(bodies, 30)

        def send() -> None:
            start = 0
            while start < len(mine):
                size = own.choice((1, 1, 2, 7))
                for one in batcher.apply([Sent(body, SYSTEM) for body in mine[start : start + size]]):
                    answers.append((one.id, one.state, one.on_time, one.revision, one.is_duplicate))
                start += size

        return send

    clock = WanderingClock(rng)
    with (
        running(clock=clock, in_flight=2) as one,
        running(clock=clock, in_flight=2) as two,
        running(clock=clock) as three,
    ):
        threads = [threading.Thread(target=sender(n, batcher)) for n, batcher in enumerate((one, two, three, one, two))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)

    assert len(answers) == 5 * 180
    firsts = Counter(answer[0] for answer in answers if not answer[4])
    assert firsts == Counter(body["id"] for body in bodies)
    assert len({answer[:4] for answer in answers}) == len(bodies)
    kept = {(str(one.id), one.state, one.on_time, one.revision) for one in Report.objects.all()}
    assert kept == {answer[:4] for answer in answers}
    assert recount(DAY).is_exact
    for slot in PersonSlot.objects.filter(revision__gt=0):
        own = Report.objects.filter(respondent_id=slot.respondent_id, duty_id=slot.duty_id)
        last = max(own, key=lambda one: (to_micros(one.made_at), one.id.hex))
        assert (slot.revision, slot.report_id) == (own.count(), last.id.hex)
        assert slot.filled_at == min(one.received_at for one in own)


def edit(rng: random.Random, person: str) -> dict[str, Any]:
    made_at = clock_at(5).now() + timedelta(minutes=rng.randint(0, 150))
    answers = rng.choice(
        ({"condition": "well"}, {"condition": "unwell", "symptoms": ["cough"]}, {"condition": "hospital"})
    )
    return report(person, id=str(uuid.UUID(int=rng.getrandbits(128))), answers=answers, made_at=made_at.isoformat())
