"""Days of an invented city: who reports when, who is late, who is silent, and an influenza that rises in one school.

Everything goes through the same door as in life: days are opened, reports applied in batches at instants that pass,
checks taken class by class, dailies signed as truthfully as the ledger allows, days closed.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from notoneless.collect.services import apply_reports, standing_by_class
from notoneless.demo.roster import FAMILY
from notoneless.expect.services import close_day, open_day
from notoneless.kernel.clock import Clock, FixedClock, bureau_zone, day_of, instant_on
from notoneless.kernel.sql import fetch
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import DayUnitRef
from notoneless.roster.scope import SYSTEM

BATCH = 1000
NAMESPACE = uuid.UUID("5b1c7a34-0000-4000-8000-20261123aaaa")
SYMPTOMS = ("cough", "sore_throat", "headache", "fatigue")
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class Somebody:
    """A person as the simulation needs one. `habit` decides how surely the family reports."""

    code: str
    population: str
    class_code: str
    school_id: int
    household: str
    habit: float


class History:
    """`flu_class` is the code of the class in which the influenza begins; its school follows more slowly."""

    def __init__(self, root: str, flu_class: str, *, seed: int) -> None:
        self.random = Random(seed)
        self.root, self.flu_class = root, flu_class
        self.people = self._people()
        self.flu_school = next((p.school_id for p in self.people if p.class_code == flu_class), 0)
        self.pupils = Counter(person.school_id for person in self.people if person.population == "student")
        self.ill: dict[str, int] = {}

    def _people(self) -> list[Somebody]:
        rows = fetch(
            "SELECT p.code, p.population, u.code, u.school_id, h.code FROM roster_placement pl"
            " JOIN roster_person p ON p.id = pl.person_id JOIN roster_unit u ON u.id = pl.unit_id"
            " LEFT JOIN roster_household h ON h.id = p.household_id"
            " WHERE pl.to_day IS NULL AND u.path LIKE %s ORDER BY p.id",
            [self.root + "%"],
        )
        chance = self.random.random
        return [
            Somebody(code, population, class_code, school_id, household or "", _habit(chance()))
            for code, population, class_code, school_id, household in rows
        ]

    def run(self, days: int, *, clock: Clock, progress: Progress) -> None:
        """The `days` before today, closed; and today as far as it has come."""
        today = day_of(clock.now())
        for back in range(days, -1, -1):
            progress("day", days - back + 1, days + 1)
            self._day(today - timedelta(days=back), back, clock.now())

    def _day(self, day: date, back: int, now: datetime) -> None:
        open_day(day, clock=FixedClock(instant_on(day, 0)), within=self.root)
        units = [unit for level in ("school", "class") for unit in _units(day, self.root, level)]
        owed = {
            code
            for (code,) in fetch(
                "SELECT DISTINCT d.code FROM tally t JOIN expect_duty d ON d.id = t.duty_id"
                " WHERE t.day = %s AND t.due > 0",
                [day],
            )
        }
        self._fall_ill(back)
        planned: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for minute, body in self._day_reports(day, units, owed, is_today=back == 0):
            planned[minute].append(body)
        is_today = back == 0
        # At night there would be nothing to see: today's morning is then shown as if it had passed.
        local = now.astimezone(bureau_zone())
        minutes_now = max(local.hour * 60 + local.minute, 9 * 60 + 20) if is_today else 24 * 60
        for minute in sorted(planned):
            if minute <= minutes_now:
                _send(planned[minute], FixedClock(min(instant_on(day, minute), now)))
        if minutes_now > 15 * 60 + 40:
            self._schools(day, units, FixedClock(min(instant_on(day, 15 * 60 + 40), now)), owed)
        if not is_today:
            close_day(day, clock=FixedClock(instant_on(day, 24 * 60)), actor="demo")

    def _fall_ill(self, back: int) -> None:
        """Five days ill each; new cases rise in the flu class and its school as today comes nearer."""
        self.ill = {code: left - 1 for code, left in self.ill.items() if left > 1}
        pressure = max(0, 6 - back)
        for person in self.people:
            if person.population != "student" or person.code in self.ill:
                continue
            chance = 0.004
            if person.school_id == self.flu_school:
                chance += 0.003 * pressure
            if person.class_code == self.flu_class:
                chance += 0.02 * pressure
            if self.random.random() < chance:
                self.ill[person.code] = 5

    def _day_reports(
        self, day: date, units: Sequence[DayUnitRef], owed: Collection[str], *, is_today: bool
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """(minute of the day, report). Minutes are grouped, so that reports come in batches.

        Today the demo's own parent and class teacher have not begun: that is left to whoever signs in as them.
        """
        random = self.random
        silent = {unit.code for unit in units if unit.level == "class" and random.random() < 0.035}
        if is_today:
            silent.add(self.flu_class)
        for person in self.people:
            is_left = is_today and person.household == FAMILY
            if not is_left and random.random() < person.habit - (0 if "attendance" in owed else 0.03):
                is_late = random.random() < 0.035
                minute = random.choice((640, 700, 800, 1100)) if is_late else random.choice((400, 430, 450, 470, 520))
                by = {"student": "guardian", "staff": "self", "relative": "guardian"}[person.population]
                yield minute, _report(day, "daily-health", person.code, self._health(person.code), minute, by)
            if "morning-check" in owed and person.population == "student" and person.class_code not in silent:
                minute = (
                    585
                    if hash_of(person.class_code, day) % 20 == 0
                    else 480 + 15 * (hash_of(person.class_code, day) % 5)
                )
                yield minute, _report(day, "morning-check", person.code, self._presence(person.code), minute, "teacher")

    def _health(self, code: str) -> Mapping[str, Any]:
        random = self.random
        if code in self.ill:
            fever = random.choice((374, 378, 381, 385, 390))
            return {"condition": "ill_at_home", "temperature": fever, "symptoms": random.sample(SYMPTOMS, 2)}
        if random.random() < 0.01:
            return {"condition": "well", "temperature": "no_thermometer"}
        return {"condition": "well", "temperature": random.choice((361, 363, 364, 365, 366, 368))}

    def _presence(self, code: str) -> Mapping[str, Any]:
        if code in self.ill:
            return {"presence": "sick", "symptoms": ["fever", "cough"]}
        luck = self.random.random()
        if luck < 0.004:
            return {"presence": "personal_leave"}
        return {"presence": "present_symptoms", "symptoms": ["cough"]} if luck > 0.997 else {"presence": "present"}

    def _schools(self, day: date, units: Sequence[DayUnitRef], clock: Clock, owed: Collection[str]) -> None:
        """Each school's attendance and signed daily, as truthfully as the ledger allows; some forget."""
        reports = []
        for school in (unit for unit in units if unit.level == "school"):
            lines = standing_by_class(school, day)
            if not lines or self.random.random() < 0.06:
                continue
            abnormal, gaps = sum(line.abnormal for line in lines), sum(line.unheard for line in lines)
            statement = "abnormal" if abnormal else "zero_with_gaps" if gaps else "zero"
            reports.append(_report(day, "school-daily", school.code, {"statement": statement}, 930, "self"))
            if "attendance" in owed:
                expected = self.pupils[school.unit_id]
                absent = min(expected, sum(line.abnormal for line in lines))
                rate = (expected - absent) * 10000 // expected
                reports.append(
                    _report(day, "attendance", school.code, {"rate": rate, "enrolled": expected}, 930, "self")
                )
        _send(reports, clock)


def _habit(luck: float) -> float:
    """Most families report nearly always, some forget, and a few are seldom heard from."""
    return 0.35 if luck < 0.02 else 0.9 if luck < 0.1 else 0.995


def hash_of(text: str, day: date) -> int:
    """The same number for the same class and day in every run (Python's own hash is salted)."""
    return uuid.uuid5(NAMESPACE, f"{text}{day}").int


def _units(day: date, root: str, level: str) -> list[DayUnitRef]:
    top = ledger_queries.units_below(day, _root(day, root), level)
    return top


def _root(day: date, path: str) -> DayUnitRef:
    code = fetch("SELECT code FROM day_unit WHERE day = %s AND path = %s", [day, path])[0][0]
    return ledger_queries.day_unit(SYSTEM, day, code)


def _report(day: date, duty: str, code: str, answers: Mapping[str, Any], minute: int, by: str) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid5(NAMESPACE, f"{day}{duty}{code}")), "duty": duty, "day": str(day),
        "unit" if duty in ("school-daily", "attendance") else "person": code, "answers": answers,
        "made_at": f"{day}T{minute // 60:02}:{minute % 60:02}:00+08:00", "by": by,
    }  # fmt: skip


def _send(reports: Sequence[dict[str, Any]], clock: Clock) -> None:
    """Apply in batches. `made_at` is never later than the clock."""
    now = clock.now()
    for report in reports:
        if datetime.fromisoformat(report["made_at"]) > now:
            report["made_at"] = now.isoformat()
    for start in range(0, len(reports), BATCH):
        for outcome in apply_reports(reports[start : start + BATCH], scope=SYSTEM, clock=clock):
            if outcome.error is not None:
                raise outcome.error
