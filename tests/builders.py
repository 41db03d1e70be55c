"""A small world for tests, built by plain functions: units, people, an opened day, reports."""

import uuid
from datetime import date
from typing import Any

from notoneless.collect.services import Outcome, apply_reports
from notoneless.expect.services import open_day
from notoneless.kernel.clock import FixedClock, instant_on
from notoneless.kernel.crypto import Personal, seal
from notoneless.roster.kinds import KINDS
from notoneless.roster.models import Household, Person, Placement, Unit
from notoneless.roster.scope import SYSTEM, Scope
from notoneless.roster.tree import segment

DAY = date(2026, 11, 23)
"""A Monday, and a school day."""
SATURDAY = date(2026, 11, 21)


def clock_at(hour: int, minute: int = 0, *, day: date = DAY) -> FixedClock:
    """The bureau's wall clock on a day; hours past 24 are the next days'."""
    return FixedClock(instant_on(day, hour * 60 + minute))


def make_unit(code: str, kind: str, authority: Unit | None = None, **fields: Any) -> Unit:
    unit = Unit.objects.create(
        code=code, name=fields.pop("name", code), kind=kind, level=KINDS[kind].level, authority=authority, **fields
    )
    unit.path = (authority.path if authority else "") + segment(unit.id)
    above = authority or unit
    unit.district_id = unit.id if unit.level in ("city", "district") else above.district_id or unit.id
    unit.school_id = unit.id if unit.level == "school" else above.school_id
    unit.save()
    return unit


def make_person(
    code: str,
    unit: Unit,
    *,
    population: str = "student",
    household: str = "",
    name: str = "王小明",
    since: date = date.min,
) -> Person:
    home = Household.objects.get_or_create(code=household)[0] if household else None
    sealed = seal(Personal(name), context=code)
    person = Person.objects.create(code=code, population=population, household=home, sealed=sealed)
    kind = {"student": "enrolment", "staff": "post", "relative": "residence"}[population]
    Placement.objects.create(person=person, unit=unit, kind=kind, from_day=since)
    return person


def move_person(person: Person, unit: Unit, on: date) -> None:
    """A transfer with dates, as the roster records it."""
    now = Placement.objects.get(person=person, to_day=None)
    if now.from_day == on:
        now.unit = unit
        now.save()
        return
    now.to_day = on
    now.save()
    Placement.objects.create(person=person, unit=unit, kind=now.kind, from_day=on)


def make_city(*, pupils: int = 3) -> dict[str, Unit]:
    """City C: district D with school S (classes K1, K2) and district E with school T (class L1).

    `pupils` in each class, named after it (K1-1 ...), and one teacher in each school (S-t, T-t).
    """
    city = make_unit("C", "city")
    d, e = make_unit("D", "district", city), make_unit("E", "district", city)
    s, t = make_unit("S", "primary", d), make_unit("T", "junior", e)
    units = {"C": city, "D": d, "E": e, "S": s, "T": t}
    for code, school in (("K1", s), ("K2", s), ("L1", t)):
        units[code] = make_unit(code, "class", school)
        for number in range(1, pupils + 1):
            make_person(f"{code}-{number}", units[code], household=f"H{number}")
    for school in (s, t):
        make_person(f"{school.code}-t", school, population="staff")
    return units


def opened_city(*, pupils: int = 3, day: date = DAY) -> dict[str, Unit]:
    units = make_city(pupils=pupils)
    open_day(day, clock=clock_at(0, day=day))
    return units


def report(person: str = "", **changes: Any) -> dict[str, Any]:
    """A right report of daily-health for a person, at 07:40 of DAY; `changes` replace its parts, None removes one."""
    body: dict[str, Any] = {
        "id": str(uuid.uuid4()), "duty": "daily-health", "day": str(DAY), "person": person,
        "answers": {"condition": "well", "temperature": 365}, "made_at": f"{DAY}T07:40:00+08:00", "by": "guardian",
    }  # fmt: skip
    return {name: value for name, value in (body | changes).items() if value is not None}


def unit_report(unit: str | None = "S", **changes: Any) -> dict[str, Any]:
    """A right report of a unit's duty (daily-health unless `duty` says otherwise)."""
    body = report() | {"unit": unit, "by": "self"} | changes
    return {name: value for name, value in body.items() if value is not None and name != "person"}


def check(person: str, presence: str = "present", **changes: Any) -> dict[str, Any]:
    return report(person, **({"duty": "morning-check", "answers": {"presence": presence}, "by": "teacher"} | changes))


def send(*reports: object, scope: Scope = SYSTEM, clock: FixedClock | None = None) -> list[Outcome]:
    return apply_reports(reports, scope=scope, clock=clock or clock_at(8))


def codes(outcomes: list[Outcome]) -> list[str]:
    """What became of each: its state, or the code of its error."""
    return [outcome.error.code if outcome.error else outcome.state for outcome in outcomes]
