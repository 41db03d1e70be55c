"""The city that reports: its roster, its day opened, and who can still report."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from notoneless.commands.ground import migrate
from notoneless.demo.roster import write_roster
from notoneless.demo.shape import SCALES
from notoneless.expect.services import open_day
from notoneless.jobs import drain_outbox
from notoneless.kernel.clock import Clock, SystemClock, day_of
from notoneless.kernel.sql import execute, fetch, is_postgres
from notoneless.roster.services import import_roster

DUTY = "daily-health"
CLASS = 45


@dataclass(frozen=True)
class City:
    day: date
    people: int
    import_seconds: float
    slots: int
    open_seconds: float


@dataclass(frozen=True)
class Pupil:
    """Somebody whose slot is still due."""

    code: str
    household: int
    unit_id: int
    path: str


def build(scale: str, folder: Path, say: Callable[[str], None]) -> City:
    """Migrate, import the roster and open the duty's day. The database must be empty."""
    clock = SystemClock()
    day = day_of(clock.now())
    migrate()
    say("the roster's files")
    written = write_roster(SCALES[scale], folder, seed=1, today=day, progress=lambda what, done, total: None)
    say(f"importing {written.person_rows:,} people")
    began = time.perf_counter()
    outcome = import_roster([written.units, written.people], scope_actor="benchmark", clock=clock)
    import_seconds = time.perf_counter() - began
    assert not outcome.refused, outcome.as_json("en")
    say("opening the day")
    began = time.perf_counter()
    opened = open_day(day, clock=clock, duty_codes=[DUTY])
    open_seconds = time.perf_counter() - began
    settle(clock)
    return City(day, written.person_rows, import_seconds, opened.duties[DUTY].added, open_seconds)


def settle(clock: Clock) -> None:
    """What jobs, autovacuum and the checkpointer do within minutes of a load; a benchmark does not wait for them."""
    drain_outbox(clock=clock)
    if is_postgres():
        execute("VACUUM ANALYZE")
        execute("CHECKPOINT")


def due_pupils(day: date, seed: int) -> list[Pupil]:
    """Everybody with a household whose slot is due, in an order that no index has."""
    rows = fetch(
        "SELECT p.code, p.household_id, u.unit_id, u.path FROM person_slot s"
        " JOIN roster_person p ON p.id = s.respondent_id"
        " JOIN day_unit u ON u.day = s.day AND u.unit_id = s.unit_id"
        " WHERE s.day = %s AND s.state = 'due' AND p.household_id IS NOT NULL",
        [day],
    )
    pupils = [Pupil(*row) for row in rows]
    random.Random(seed).shuffle(pupils)
    return pupils


def top_and_class(day: date, pupil: Pupil) -> tuple[tuple[str, int, str], str]:
    """The city: its code, id and path; and the code of the pupil's class."""
    (top,) = fetch("SELECT code, unit_id, path FROM day_unit WHERE day = %s AND level = 'city'", [day])
    ((room,),) = fetch("SELECT code FROM day_unit WHERE day = %s AND unit_id = %s", [day, pupil.unit_id])
    return (top[0], top[1], top[2]), room


def classes_of(pupils: list[Pupil], size: int = CLASS) -> Iterator[list[Pupil]]:
    """The same by class, classes in the order in which they turn up; each at most `size` rows."""
    by_unit: dict[int, list[Pupil]] = {}
    for pupil in pupils:
        by_unit.setdefault(pupil.unit_id, []).append(pupil)
    for members in by_unit.values():
        if len(members) >= size // 2:
            yield members[:size]
