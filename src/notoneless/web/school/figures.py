"""A school's day in figures: by grade and class, by symptom, what was signed and what has changed since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from notoneless.collect.queries import measure_label
from notoneless.collect.services import Standing, symptoms_in
from notoneless.collect.sickness import sick_pupils
from notoneless.expect.words.phrases import pick
from notoneless.ledger.queries import DayUnitRef, SlotView
from notoneless.roster.kinds import GRADES
from notoneless.roster.scope import Scope
from notoneless.web.teacher import sick
from notoneless.web.ui.words import reading

FIRST = 5
"""How many sick absences the school's first page shows; the rest is one tap away."""
HEALTH = "daily-health"


@dataclass(frozen=True)
class Sums:
    """A school's persons on a day, as the ledger has them now."""

    lines: tuple[Standing, ...]

    @property
    def expected(self) -> int:
        return sum(line.expected for line in self.lines)

    @property
    def accounted(self) -> int:
        return sum(line.accounted for line in self.lines)

    @property
    def abnormal(self) -> int:
        return sum(line.abnormal for line in self.lines)

    @property
    def late(self) -> int:
        return sum(line.late for line in self.lines)

    @property
    def sick(self) -> int:
        return sum(line.sick for line in self.lines)

    @property
    def unheard(self) -> int:
        return self.expected - self.accounted

    @property
    def gaps(self) -> list[Standing]:
        return [line for line in self.lines if line.unheard]

    @property
    def statement(self) -> str:
        """The one statement that is true of these figures; the ledger's guard refuses the others."""
        if self.abnormal:
            return "abnormal"
        return "zero_with_gaps" if self.gaps else "zero"


@dataclass(frozen=True)
class Signed:
    """What was signed, read from the slot's answers."""

    slot: SlotView
    answers: dict[str, Any]

    def amendments(self, now: Sums, names: dict[str, str]) -> list[tuple[str, int, int]]:
        """(figure, as signed, now) for each that has changed since."""
        figures = self.answers["figures"]
        rows = [
            (_("Expected"), figures["expected"], now.expected),
            (_("Accounted for"), figures["accounted"], now.accounted),
            (_("Abnormal"), figures["abnormal"], now.abnormal),
        ]
        gaps_then = {gap["unit"]: gap["unheard"] for gap in figures["gaps"]}
        gaps_now = {line.code: line.unheard for line in now.gaps}
        for code in sorted({*gaps_then, *gaps_now}):
            title = _("%(unit)s: not heard from") % {"unit": names.get(code, code)}
            rows.append((title, gaps_then.get(code, 0), gaps_now.get(code, 0)))
        return [row for row in rows if row[1] != row[2]]


@dataclass(frozen=True)
class Grade:
    """The classes of one grade, which sum to it. No name: what counts under the school itself."""

    name: str
    sums: Sums


@dataclass(frozen=True)
class Today:
    """What a school's first page shows beside its sums."""

    grades: tuple[Grade, ...]
    symptoms: tuple[tuple[str, int, tuple[tuple[str, int], ...]], ...]
    """(symptom, persons, ((class, persons), ...)), each person once under a symptom."""
    sick: tuple[sick.Line, ...]
    n_sick: int


def today_of(scope: Scope, unit: DayUnitRef, day: date, now: Sums, names: Mapping[str, str]) -> Today:
    """`names`: of the units of `now`, by code."""
    by_id = {line.unit_id: names.get(line.code, line.code) for line in now.lines}
    symptoms = tuple(
        (measure_label(HEALTH, one.measure, reading()), one.n,
         tuple((by_id.get(unit_id, ""), n) for unit_id, n in one.units.items()))
        for one in symptoms_in(unit, day)
    )  # fmt: skip
    pupils = sick_pupils(scope, unit.code, day)
    return Today(by_grade(now), symptoms, tuple(sick.lines_of(pupils[:FIRST])), len(pupils))


def by_grade(now: Sums) -> tuple[Grade, ...]:
    """In the order of schooling; classes without a grade, then the school itself, last."""
    order = {code: place for place, code in enumerate(GRADES)}
    groups: dict[str, list[Standing]] = {}
    for line in now.lines:
        groups.setdefault(line.grade, []).append(line)
    return tuple(
        Grade(pick(GRADES[grade], reading()) if grade in GRADES else "", Sums(tuple(groups[grade])))
        for grade in sorted(groups, key=lambda grade: (order.get(grade, len(order)), grade))
    )
