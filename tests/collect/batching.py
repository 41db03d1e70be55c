"""A batcher to be tested by itself: who counts for it, who is told, and a lock in the database that holds it up."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
from django.db import connection

from notoneless.collect.batcher import Batcher
from notoneless.collect.services import Outcome
from notoneless.collect.services.check import Sent, load_catalogue
from notoneless.kernel.clock import Clock
from notoneless.kernel.errors import DomainError
from notoneless.kernel.sql import is_postgres
from notoneless.roster.scope import SYSTEM
from tests.builders import clock_at, codes


class Counts:
    """The rows of each batch, and the codes of failures."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.failures: list[str] = []

    def batch(self, rows: int, seconds: float, waiting: int) -> None:
        self.rows.append(rows)

    def failure(self, code: str) -> None:
        self.failures.append(code)


class Told:
    """What became of one request. `times`: how often it was said."""

    def __init__(self) -> None:
        self.outcomes: Sequence[Outcome] | None = None
        self.error: DomainError | None = None
        self.times = 0

    def __call__(self, outcomes: Sequence[Outcome] | None, error: DomainError | None) -> None:
        self.outcomes, self.error = outcomes, error
        self.times += 1

    @property
    def codes(self) -> list[str]:
        assert self.times == 1
        return [self.error.code] if self.error is not None else codes(list(self.outcomes or []))


@contextmanager
def running(counts: Counts | None = None, *, clock: Clock | None = None, in_flight: int = 1) -> Iterator[Batcher]:
    batcher = Batcher(
        clock=clock or clock_at(8), catalogue=load_catalogue, watch=counts or Counts(), in_flight=in_flight,
        monotonic=lambda: 0.0,
    )  # fmt: skip
    yield batcher
    batcher.end()


def submit(batcher: Batcher, *reports: object) -> Told:
    told = Told()
    batcher.submit([Sent(one, SYSTEM) for one in reports], told)
    return told


@contextmanager
def writing_held_up() -> Iterator[None]:
    """Nobody else's report can be kept meanwhile: another connection holds the lock that writing one needs."""
    named = connection.settings_dict
    if is_postgres():
        other = psycopg.connect(host=named["HOST"], port=named["PORT"], user=named["USER"], dbname=named["NAME"])
        other.execute("LOCK TABLE report IN EXCLUSIVE MODE")
        yield
        other.rollback()
        other.close()
        return
    file = sqlite3.connect(named["NAME"], isolation_level=None)
    file.execute("BEGIN IMMEDIATE")
    yield
    file.execute("ROLLBACK")
    file.close()
