"""Write an invented roster as the CSV files that any bureau could send: streamed, and the same for the same seed."""

import csv
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from notoneless.demo.people import Documents, invent_birth, invent_name, phone
from notoneless.demo.shape import CITY, KINDS, Scale, SchoolPlan, districts_of, plan_schools

UNIT_COLUMNS = ["code", "name", "kind", "authority", "area", "stage", "opened_on", "closed_on", "grade"]
PERSON_COLUMNS = ["code", "name", "population", "unit", "household", "id_type", "id_number", "phone", "sex",
                  "birth_date", "tags"]  # fmt: skip
FIRST_GRADE = {"primary": 1, "nine_year": 1, "special": 1, "junior": 7, "senior": 10, "vocational": 10}
"""Years of schooling, counted through (roster/kinds.py)."""
FAMILY = "H-DEMO"
"""The household of the demo's parent: the first child of the first kindergarten, primary and junior school."""
Progress = Callable[[str, int, int | None], None]


@dataclass
class Written:
    """The files and how many rows they have."""

    units: Path
    people: Path
    unit_rows: int = 0
    person_rows: int = 0


def write_roster(scale: Scale, directory: Path, *, seed: int, today: date, progress: Progress) -> Written:
    """units.csv and people.csv of an invented city. `today` decides ages and entry years."""
    directory.mkdir(parents=True, exist_ok=True)
    written = Written(directory / "units.csv", directory / "people.csv")
    maker = _Maker(scale, Random(seed), today)
    with (
        written.units.open("w", encoding="utf-8", newline="") as unit_file,
        written.people.open("w", encoding="utf-8", newline="") as people_file,
    ):
        units, people = csv.writer(unit_file), csv.writer(people_file)
        units.writerow(UNIT_COLUMNS)
        people.writerow(PERSON_COLUMNS)
        for row in _bureaus(scale):
            units.writerow([*row, ""])
            written.unit_rows += 1
        for number, plan in enumerate(plan_schools(scale), start=1):
            for unit, rows in maker.school(plan):
                units.writerow(unit)
                written.unit_rows += 1
                people.writerows(rows)
                written.person_rows += len(rows)
            if number % 20 == 0:
                progress("schools", number, scale.schools)
    return written


def _grade(kind: str, place: int) -> str:
    """The code of a school's grade, 0 its first; nothing where grades are not counted through."""
    if kind == "kindergarten":
        return f"k{place + 1}"
    return str(FIRST_GRADE[kind] + place) if kind in FIRST_GRADE else ""


def _bureaus(scale: Scale) -> Iterator[list[str]]:
    yield [CITY[0], CITY[1], "city", "", CITY[0], "", "", ""]
    for code, name in districts_of(scale):
        yield [code, f"{name}教育局" if name.endswith(("区", "县")) else name, "district", CITY[0], code, "", "", ""]
        if code == "370112":
            yield [f"{code}-ZX", f"{name}仲宫中心校", "central_school", code, code, "", "", ""]


class _Maker:
    def __init__(self, scale: Scale, random: Random, today: date) -> None:
        self.scale, self.random, self.today = scale, random, today
        self.documents = Documents()
        self.people = self.households = 0
        self.homes: deque[str] = deque(maxlen=400)
        self.families: set[str] = set()

    def school(self, plan: SchoolPlan) -> Iterator[tuple[list[str], list[list[str]]]]:
        """The school with its staff, then each class with its pupils and some of their relatives."""
        shape = plan.shape
        classes = shape.grades * shape.classes
        staff = [self._staff(plan) for _ in range(round(classes * self.scale.staff_a_class))]
        yield [plan.code, plan.name, shape.kind, plan.authority, plan.area, shape.stage, "", "", ""], staff
        for grade in range(shape.grades):
            entry = self.today.year - grade - (self.today.month < 9)
            for number in range(1, shape.classes + 1):
                code = f"{plan.code}-{entry}-{number:02}"
                rows: list[list[str]] = []
                for _ in range(max(2, self.scale.class_size + self.random.randint(-4, 4))):
                    rows.extend(self._pupil(plan, code, shape.age + grade))
                stage, name = self._stage(plan, grade), f"{entry}级{number}班"
                yield [code, name, "class", plan.code, plan.area, stage, "", "", _grade(shape.kind, grade)], rows

    def _stage(self, plan: SchoolPlan, grade: int) -> str:
        return "junior" if plan.shape.kind == "nine_year" and grade >= 6 else plan.shape.stage

    def _pupil(self, plan: SchoolPlan, class_code: str, age: int) -> list[list[str]]:
        random = self.random
        household = self._household(plan)
        has_document = plan.shape.kind != "kindergarten" or random.random() < 0.5
        tags = self._tags(plan)
        pupil = self._person("student", "S", class_code, household, plan.document_area, age, tags, has_document)
        if random.random() >= self.scale.relatives:
            return [pupil]
        parent = self._person("relative", "R", class_code, household, plan.document_area, age + 28, "", True)
        return [pupil, parent]

    def _household(self, plan: SchoolPlan) -> str:
        """A new one, a sibling's of another school in one case of eight, or the demo's parent's."""
        kind = plan.shape.kind
        if kind in ("kindergarten", "primary", "junior") and kind not in self.families:
            self.families.add(kind)
            return FAMILY
        if len(self.homes) > 300 and self.random.random() < 0.125:
            return self.homes.popleft()
        self.households += 1
        code = f"H{self.households:07}"
        self.homes.append(code)
        return code

    def _tags(self, plan: SchoolPlan) -> str:
        chance = self.random.random()
        if plan.shape.kind in ("senior", "vocational", "university") and chance < 0.6:
            return "boarder;xinjiang_class" if chance < 0.02 else "boarder;tibet_class" if chance < 0.04 else "boarder"
        return "left_behind" if chance < 0.01 else "medic_child" if chance > 0.998 else ""

    def _staff(self, plan: SchoolPlan) -> list[str]:
        return self._person("staff", "T", plan.code, "", plan.document_area, self.random.randint(23, 58), "", True)

    def _person(
        self,
        population: str,
        prefix: str,
        unit: str,
        household: str,
        area: str,
        age: int,
        tags: str,
        has_document: bool,
    ) -> list[str]:
        self.people += 1
        sex = "1" if self.random.random() < 0.5 else "2"
        born = invent_birth(self.random, age, self.today)
        document = self.documents.number(area, born, sex) if has_document else ""
        return [f"{prefix}{self.people:08}", invent_name(self.random), population, unit, household,
                "01" if document else "", document, phone(self.people), sex, str(born), tags]  # fmt: skip


__all__ = ["FAMILY", "KINDS", "Written", "write_roster"]
