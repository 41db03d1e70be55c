"""A real school outbreak as class checks: 492 children in 15 classes, Derbyshire 2001.

Day 1 of the data is Tuesday 5 June 2001 here: the data's note puts weekends on days 13/14 and 20/21, but absences
exist on 14 and 21 and none on 5, 6, 12, 13, 19 and 20, so the note counts from one day later (domain.md, section 9).
"""

import csv
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from notoneless.collect.services import check_class
from notoneless.expect.services import close_day, open_day
from notoneless.kernel.clock import FixedClock, instant_on
from notoneless.kernel.crypto import Personal, seal
from notoneless.kernel.errors import DomainError
from notoneless.replay.accounts import make_reader
from notoneless.replay.figures import Replayed, ReplayedDay
from notoneless.replay.places import close_units, found_unit, reopen_units
from notoneless.rollup.queries import completeness
from notoneless.roster.models import Person, Placement, Unit
from notoneless.roster.scope import SYSTEM

FIRST_DAY = date(2001, 6, 5)
DAYS = 24
CITY, SCHOOL, DUTY = "NORO-CITY", "NORO", "morning-check"
COLUMNS = ["class", "day_absent", "start_illness", "end_illness", "day_vomiting"]
NAMESPACE = uuid.UUID("6f1d2c1e-5d0b-4f7e-9a51-2001060500aa")
Progress = Callable[[str, int, int | None], None]


def replay_norovirus(path: Path, *, progress: Progress = lambda what, done, total: None) -> Replayed:
    """Take the class checks day by day and compare each class's absences with the file's.

    Repeating it changes nothing. Raises DomainError `file_unreadable` for anything but the known file's columns.
    """
    children = _read(path)
    reopen_units(CITY)
    school = _found_school(children)
    replayed = Replayed(SCHOOL)
    for number in range(1, DAYS + 1):
        progress("day", number, DAYS)
        day = FIRST_DAY + timedelta(days=number - 1)
        replayed.days.append(_replay_day(day, number, children, school))
    city = Unit.objects.get(code=CITY)
    close_units(city, on=FIRST_DAY + timedelta(days=DAYS))
    replayed.sign_in = make_reader("norovirus", city)
    replayed.page = f"/class/{SCHOOL}-1/?day={FIRST_DAY + timedelta(days=16)}"
    return replayed


def _read(path: Path) -> list[dict[str, int]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as source:
            rows = csv.DictReader(source)
            if rows.fieldnames != COLUMNS:
                raise DomainError("file_unreadable", path.name, why=f"columns {rows.fieldnames}")
            return [{name: int(row[name]) for name in COLUMNS} for row in rows]
    except (OSError, ValueError, TypeError) as error:
        raise DomainError("file_unreadable", path.name, why=str(error)) from error


def _code(row: dict[str, int], place: int) -> str:
    return f"{SCHOOL}-{row['class']}-{place}"


def _found_school(children: list[dict[str, int]]) -> Unit:
    city = found_unit(CITY, "德比郡（演示）", "city", None, on=FIRST_DAY)
    school = found_unit(SCHOOL, "诺如病毒暴发小学（2001）", "primary", city, on=FIRST_DAY)
    classes = {
        number: found_unit(f"{SCHOOL}-{number}", f"{number}班", "class", school, on=FIRST_DAY)
        for number in sorted({row["class"] for row in children})
    }
    codes = [_code(row, place) for place, row in enumerate(children, start=1)]
    known = set(Person.objects.filter(code__in=codes).values_list("code", flat=True))
    Person.objects.bulk_create(
        Person(code=code, population="student", sealed=seal(Personal(f"学生{place}"), context=code))
        for place, code in enumerate(codes, start=1)
        if code not in known
    )
    people = {person.code: person for person in Person.objects.filter(code__in=codes)}
    Placement.objects.bulk_create(
        Placement(person=people[code], unit=classes[row["class"]], kind="enrolment", from_day=FIRST_DAY)
        for code, row in zip(codes, children, strict=True)
        if code not in known
    )
    return school


def _replay_day(day: date, number: int, children: list[dict[str, int]], school: Unit) -> ReplayedDay:
    morning = FixedClock(instant_on(day, 8 * 60))
    city = school.path[:7]
    open_day(day, clock=FixedClock(instant_on(day, 0)), within=city, duty_codes=[DUTY])
    is_school_day = completeness(SYSTEM, SCHOOL, day, DUTY).line.counts.expected > 0
    if is_school_day:
        for class_number in sorted({row["class"] for row in children}):
            check_class(
                SYSTEM, f"{SCHOOL}-{class_number}", day, DUTY, _exceptions(children, class_number, number),
                submission=uuid.uuid5(NAMESPACE, f"{day}:{class_number}"), clock=morning,
            )  # fmt: skip
    close_day(day, clock=FixedClock(instant_on(day, 24 * 60)), actor="replay")
    in_file = Counter(f"{SCHOOL}-{row['class']}" for row in children if row["day_absent"] == number)
    answer = completeness(SYSTEM, SCHOOL, day, DUTY)
    in_ledger = {child.unit.code: child.measures["absent"] for child in answer.children if "absent" in child.measures}
    total = {SCHOOL: sum(in_file.values())}, {SCHOOL: answer.line.measures.get("absent", 0)}
    return ReplayedDay(
        day, dict(sorted(in_file.items())) | total[0], dict(sorted(in_ledger.items())) | total[1],
        "" if is_school_day else "weekend",
    )  # fmt: skip


def _exceptions(children: list[dict[str, int]], class_number: int, number: int) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for place, row in enumerate(children, start=1):
        if row["class"] == class_number and row["day_absent"] == number:
            symptoms = ["vomiting"] if row["day_vomiting"] == number else []
            found[_code(row, place)] = {"presence": "sick", "symptoms": symptoms}
    return found
