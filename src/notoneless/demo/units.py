"""The tree of a demonstration: bureaux, a rural central school, schools with national codes, classes by entry year."""

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from notoneless.demo.names import ORDINALS, school_name
from notoneless.demo.scales import CITY_CODE, CITY_NAME, PROVINCE, Area, Scale, Shape
from notoneless.roster.kinds import KINDS

_TYPES = {"kindergarten": "11", "primary": "21", "junior": "31", "nine_year": "31", "senior": "34", "complete": "34",
          "vocational": "36", "special": "51", "university": "41"}  # fmt: skip
_GRADES = {"kindergarten": (-2, 3), "primary": (1, 6), "junior": (7, 3), "nine_year": (1, 9), "senior": (10, 3),
           "complete": (7, 6), "vocational": (10, 3), "special": (1, 9), "university": (13, 4), "training": (4, 3)}  # fmt: skip
"""Kind -> its lowest grade and how many grades it has; kindergartens end with grade 0."""
_NAMES = {"junior": "中学", "nine_year": "学校", "complete": "实验中学", "training": "培训学校", "senior": "高级中学",
          "vocational": "职业学校", "special": "特殊教育学校", "university": "学院"}  # fmt: skip
_KINDERGARTEN = {-2: "小", -1: "中", 0: "大"}


@dataclass(frozen=True)
class ClassPlan:
    """A class: who is in it is made from its grade and size."""

    code: str
    name: str
    stage: str
    grade: int
    pupils: int
    opened_on: str


@dataclass(frozen=True)
class SchoolPlan:
    """A school with its place in the tree and in the land, which need not agree."""

    code: str
    name: str
    kind: str
    authority: str
    area: str
    classes: tuple[ClassPlan, ...]
    staff: int


@dataclass(frozen=True)
class Cast:
    """Who and what the demonstration's accounts and story are about, by code."""

    city: str
    district: str
    school: str
    flu_class: str
    teacher_class: str
    family_classes: tuple[str, ...]


def stage_of(kind: str, grade: int) -> str:
    """The stage of a grade in a school of this kind."""
    if kind in ("vocational", "special", "training"):
        return kind
    for last, stage in ((0, "preschool"), (6, "primary"), (9, "junior"), (12, "senior")):
        if grade <= last:
            return stage
    return "higher"


def school_year_of(year: int, month: int) -> int:
    """The calendar year in which the running school year began."""
    return year if month >= 9 else year - 1


class Plan:
    """The tree of one scale in one school year. The same every time it is asked for."""

    def __init__(self, scale: Scale, school_year: int) -> None:
        self.scale = scale
        self.school_year = school_year
        self._weights = list(accumulate(area.weight for area in scale.areas))
        self.central = scale.areas[len(scale.areas) // 2 if len(scale.areas) < 15 else 10]
        self.schools: tuple[SchoolPlan, ...] = tuple(self._schools())

    @property
    def cast(self) -> Cast:
        """The first primary school with its neighbours, and a family with a child in each of three schools."""
        first = {kind: self._first(kind) for kind in ("primary", "kindergarten", "junior")}
        school = first["primary"]
        flu_class, teacher_class = school.classes[4 % len(school.classes)], school.classes[5 % len(school.classes)]
        family = (teacher_class.code, first["kindergarten"].classes[-1].code, first["junior"].classes[0].code)
        return Cast(CITY_CODE, school.authority, school.code, flu_class.code, teacher_class.code, family)

    def _first(self, kind: str) -> SchoolPlan:
        district = self.scale.areas[0].code
        return next(s for s in self.schools if s.kind == kind and s.authority == district)

    def unit_lines(self) -> Iterator[str]:
        """units.csv without its header: code,name,kind,authority,area,stage,opened_on,closed_on."""
        yield f"{CITY_CODE},{CITY_NAME},city,,{CITY_CODE},,,\n"
        for area in self.scale.areas:
            yield f"{area.code},{area.name}教育局,district,{CITY_CODE},{area.code},,,\n"
        if self.scale.central:
            area = self.central
            yield f"{area.code}-ZX,{area.name}城南中心校,central_school,{area.code},{area.code},,,\n"
        for school in self.schools:
            stage = school.classes[0].stage
            yield f"{school.code},{school.name},{school.kind},{school.authority},{school.area},{stage},1988-09-01,\n"
            for one in school.classes:
                yield f"{one.code},{one.name},class,{school.code},{school.area},{one.stage},{one.opened_on},\n"

    def _schools(self) -> Iterator[SchoolPlan]:
        planned = [place for turn, shape in enumerate(self.scale.shapes) for place in self._places(turn, shape)]
        order = {area.code: place for place, area in enumerate(self.scale.areas)}
        serial, per_name, below_central = 0, dict[tuple[str, str], int](), self.scale.central
        # Area by area, so that brothers and sisters of a stream are neighbours.
        for area, is_direct, shape in sorted(planned, key=lambda place: order[place[0].code]):
            serial += 1
            kind_name = _NAMES.get(shape.kind, KINDS[shape.kind].zh)
            number = per_name[area.name, kind_name] = per_name.get((area.name, kind_name), -1) + 1
            authority = CITY_CODE if is_direct else area.code
            if shape.kind == "primary" and area == self.central and below_central and number:
                authority, below_central = f"{area.code}-ZX", below_central - 1
            owner = "济南" if is_direct else area.name
            code = self._code(shape.kind, serial, area)
            yield SchoolPlan(
                code, school_name(owner, kind_name, number), shape.kind, authority, area.code,
                tuple(self._classes(code, shape)), max(1, round(shape.classes * self.scale.staff_per_class)),
            )  # fmt: skip

    def _places(self, turn: int, shape: Shape) -> Iterator[tuple[Area, bool, Shape]]:
        """An area for each school of a kind, in proportion to the areas' weights."""
        for number in range(shape.schools):
            # Each kind starts elsewhere on the scale of weights, or all the rare kinds would stand in one district.
            share = ((number + 0.5) / shape.schools + (0.0 if shape.schools > 2 else turn * 0.37)) % 1
            area = self.scale.areas[bisect(self._weights, share * self._weights[-1])]
            yield area, number < shape.direct, shape

    @staticmethod
    def _code(kind: str, serial: int, area: Area) -> str:
        if kind == "training":
            return f"PX{area.code}{serial:04d}"
        # Serials from 900001 on: this end of the range is free.
        return f"{_TYPES[kind]}{PROVINCE}{'099' if kind == 'university' else '9'}{serial:0{3 if kind == 'university' else 5}d}"

    def _classes(self, school: str, shape: Shape) -> Iterator[ClassPlan]:
        lowest, grades = _GRADES[shape.kind]
        for number in range(shape.classes):
            step, turn = number * grades // shape.classes, number
            grade = lowest + step
            turn = number - -(-step * shape.classes // grades) + 1
            entered = self.school_year - step
            yield ClassPlan(
                f"{school}-{entered}{turn:02d}", _class_name(shape.kind, grade, turn, entered),
                stage_of(shape.kind, grade), grade, shape.pupils, f"{entered}-09-01",
            )  # fmt: skip


def _class_name(kind: str, grade: int, turn: int, entered: int) -> str:
    if grade <= 0:
        return f"{_KINDERGARTEN[grade]}（{turn}）班"
    if kind in ("senior", "vocational", "university", "training") or grade > 9:
        return f"{entered}级（{turn}）班"
    return f"{ORDINALS[grade - 1]}年级（{turn}）班"
