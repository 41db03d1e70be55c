"""What many look at is computed once a second; each viewer still sees only what is theirs."""

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notoneless.kernel.errors import DomainError
from notoneless.web import keeper
from notoneless.web.keeper import Keeper
from tests.builders import DAY, opened_city, report, send
from tests.web.cast import make_cast, signed_in

POLL = {"hx-request": "true"}


class Ticks:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ticks]:
    """This process's keeper switched on, empty, with a clock of the test's and without its thread."""
    ticks = Ticks()
    fresh = Keeper(ticks)
    fresh.is_on = True
    for place in ("notoneless.web.keeper", "notoneless.web.access"):
        monkeypatch.setattr(f"{place}.kept", fresh)
    yield ticks


def counted(values: list[int]) -> Callable[[], int]:
    def make() -> int:
        values.append(len(values) + 1)
        return values[-1]

    return make


def test_answer_serves_for_a_second_and_no_longer() -> None:
    ticks, made = Ticks(), list[int]()
    kept = Keeper(ticks)
    kept.is_on = True
    assert [kept.get("a", counted(made)), kept.get("a", counted(made))] == [1, 1]
    ticks.now += keeper.FRESH
    assert kept.get("a", counted(made)) == 2


def test_keeper_that_is_off_keeps_nothing() -> None:
    made = list[int]()
    kept = Keeper(Ticks())
    assert [kept.get("a", counted(made)), kept.get("a", counted(made))] == [1, 2]


def test_of_those_who_ask_at_once_one_computes() -> None:
    kept, made = Keeper(Ticks()), list[int]()
    kept.is_on = True
    gate = threading.Barrier(8)

    def ask() -> None:
        gate.wait(timeout=10)
        kept.get("a", counted(made))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_error_goes_to_whoever_asked_and_is_not_kept() -> None:
    kept = Keeper(Ticks())
    kept.is_on = True

    def fail() -> int:
        raise DomainError("unknown_unit", "unit")

    with pytest.raises(DomainError):
        kept.get("a", fail)
    assert kept.get("a", lambda: 7) == 7


def test_what_is_watched_is_renewed_ahead_and_then_forgotten() -> None:
    ticks, made = Ticks(), list[int]()
    kept = Keeper(ticks)
    kept.is_on = True
    kept.get("a", counted(made))
    ticks.now += 0.7
    kept.renew()
    assert made == [1, 2]
    ticks.now += 0.4
    assert kept.get("a", counted(made)) == 2
    ticks.now += 2 * keeper.WATCHED + 0.1
    kept.renew()
    assert kept.get("a", counted(made)) == 3


def test_what_a_request_is_part_of_is_never_renewed() -> None:
    ticks, made = Ticks(), list[int]()
    kept = Keeper(ticks)
    kept.is_on = True
    kept.get("a", counted(made), is_watched=False)
    ticks.now += 0.7
    kept.renew()
    assert made == [1]


def test_number_kept_is_bounded() -> None:
    ticks = Ticks()
    kept = Keeper(ticks)
    kept.is_on = True
    for number in range(keeper.MOST + 500):
        ticks.now += 0.0001
        kept.get(number, lambda: 0)
    assert len(kept._entries) <= keeper.MOST


@pytest.mark.django_db
def test_many_viewers_polling_within_a_second_cost_one_computation(ticks: Ticks) -> None:
    opened_city()
    make_cast()
    viewers = [signed_in("officer"), signed_in("city_officer"), signed_in("officer")]
    first = {viewer: viewer.get(f"/bureau/D/?day={DAY}", headers=POLL)["ETag"] for viewer in viewers}
    with CaptureQueriesContext(
        connection,
    ) as queries:
        for _ in range(5):
            for viewer in viewers:
                again = viewer.get(f"/bureau/D/?day={DAY}", headers={**POLL, "if-none-match": first[viewer]})
                assert again.status_code == 304
    assert [query["sql"] for query in queries] == []
    send(report("K1-1"))
    ticks.now += keeper.FRESH
    with CaptureQueriesContext(connection) as queries:
        assert [viewer.get(f"/bureau/D/?day={DAY}", headers=POLL).status_code for viewer in viewers] == [200] * 3
    tallied = [query["sql"] for query in queries if " FROM tally WHERE" in query["sql"]]
    assert len(tallied) == 1


@pytest.mark.django_db
def test_kept_figures_are_shown_only_to_those_who_reach_the_unit(ticks: Ticks) -> None:
    opened_city()
    make_cast()
    assert signed_in("city_officer").get(f"/bureau/E/?day={DAY}", headers=POLL).status_code == 200
    assert signed_in("officer").get(f"/bureau/E/?day={DAY}", headers=POLL).status_code == 404
    assert signed_in("officer").get(f"/bureau/NONE/?day={DAY}", headers=POLL).status_code == 404


@pytest.mark.django_db
def test_who_signed_out_polls_no_more_within_a_second(ticks: Ticks) -> None:
    opened_city()
    make_cast()
    viewer = signed_in("officer")
    cookie = viewer.cookies["sessionid"].value
    assert viewer.get(f"/bureau/D/?day={DAY}", headers=POLL).status_code == 200
    viewer.post("/sign-out/")
    viewer.cookies["sessionid"] = cookie
    ticks.now += keeper.FRESH
    assert viewer.get(f"/bureau/D/?day={DAY}", headers=POLL).status_code == 302
