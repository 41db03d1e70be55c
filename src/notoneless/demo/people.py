"""The people of a plan as lines of people.csv, class after class, deterministic by seed; nothing is kept in memory.

Brothers and sisters come from a queue of homes that are open for another child; a home keeps its phone and surname.
"""

from collections import deque
from collections.abc import Iterator
from datetime import date
from random import Random

from notoneless.demo.identity import ISO, Numbers, birth_number, issuing_area
from notoneless.demo.names import FAMILY_NAME, GIVEN, SURNAMES
from notoneless.demo.units import ClassPlan, Plan, SchoolPlan

FAMILY_HOME = "H00000000"
OPEN_HOMES = 4096
_BOARDING = ("senior", "vocational", "university")
_CARRIERS = "3456789"
Home = tuple[str, str, str, str]
"""Household code, surname, phone, and the school of its latest child."""


def _phone(number: int) -> str:
    """Eleven places in the range of mobile numbers, with a block of zeros that no carrier gives out."""
    return f"1{_CARRIERS[number % 7]}0000{number % 100_000:05d}"


def _tags(kind: str, place: int) -> str:
    """The tags of one of 256 equally likely pupils."""
    tags = ["boarder"] if kind in _BOARDING and place % 5 < 3 else []
    tags += [tag for tag, first in (("left_behind", 1), ("dual_income", 2), ("medic_child", 40)) if place % 64 == first]
    if place == 200:
        tags.append("foreign")
    return ";".join(tags)


class People:
    """One pass over the plan's people."""

    def __init__(self, plan: Plan, seed: int) -> None:
        self.plan = plan
        self.random = Random(f"people:{plan.scale.name}:{seed}")
        self.family = set(plan.cast.family_classes)
        self.pupils = self.staff = self.relatives = self.homes = 0
        self._open: deque[Home] = deque(maxlen=OPEN_HOMES)
        self._numbers: dict[str, Numbers] = {}
        self._tibet_class = next((s.classes[-1].code for s in plan.schools if s.kind == "senior"), "")

    @property
    def made(self) -> int:
        return self.pupils + self.staff + self.relatives

    def chunks(self) -> Iterator[str]:
        """people.csv without its header, a class or a school's staff at a time."""
        for school in self.plan.schools:
            numbers = self._numbers.setdefault(issuing_area(school.area), Numbers(issuing_area(school.area)))
            tags = [_tags(school.kind, place) for place in range(256)]
            for one in school.classes:
                yield self._class(school, one, numbers, tags)
            yield self._staff(school, numbers)

    def _class(self, school: SchoolPlan, one: ClassPlan, numbers: Numbers, tags: list[str]) -> str:
        bits_of, next_number = self.random.getrandbits, numbers.next
        unit, school_code, n = one.code, school.code, self.pupils
        first = birth_number(date(self.plan.school_year - one.grade - 6, 9, 1))
        is_small = one.grade <= 0
        share = self.plan.scale.relatives_percent * 256 // 100
        if unit == self._tibet_class:
            tags = ["boarder;tibet_class"] * 256
        lines = []
        for place in range(one.pupils):
            bits = bits_of(48)
            n += 1
            is_male, birth = bits & 1, first + ((bits >> 1 & 1023) * 365 >> 10)
            if not place and unit in self.family:
                home, surname, phone = FAMILY_HOME, FAMILY_NAME, _phone(0)
                if unit == self.plan.cast.teacher_class:
                    lines += [self._relative(home, surname, phone, unit, numbers) for _ in range(2)]
            elif bits >> 11 & 7 == 0 and self._open and self._open[0][3] != school_code:
                home, surname, phone, _ = self._open.popleft()
            else:
                self.homes += 1
                home, surname, phone = f"H{self.homes:08d}", SURNAMES[bits >> 14 & 127], _phone(self.homes)
                if bits >> 21 & 3 == 0:
                    self._open.append((home, surname, phone, school_code))
                if bits >> 40 < share:
                    lines.append(self._relative(home, surname, phone, unit, numbers))
            number = "" if is_small and bits >> 23 & 1 else next_number(birth, is_male)
            given = GIVEN[(bits >> 24 & 2047) % _GIVEN_COUNT]
            lines.append(
                f"S{n:08d},{surname}{given},student,{unit},{home},{'01' if number else ''},{number},{phone},"
                f"{2 - is_male},{ISO[birth]},{tags[bits >> 32 & 255]}\n"
            )
        self.pupils = n
        return "".join(lines)

    def _relative(self, home: str, surname: str, phone: str, unit: str, numbers: Numbers) -> str:
        self.relatives += 1
        bits = self.random.getrandbits(32)
        is_male, birth = bits & 1, _PARENTS + (bits >> 1 & 4095)
        name = (surname if is_male else SURNAMES[bits >> 13 & 127]) + GIVEN[(bits >> 20) % _GIVEN_COUNT]
        number = numbers.next(birth, is_male)
        return (f"R{self.relatives:08d},{name},relative,{unit},{home},{'01' if number else ''},{number},{phone},"
                f"{2 - is_male},{ISO[birth]},\n")  # fmt: skip

    def _staff(self, school: SchoolPlan, numbers: Numbers) -> str:
        lines = []
        for _ in range(school.staff):
            self.staff += 1
            self.homes += 1
            bits = self.random.getrandbits(40)
            is_male, birth = bits & 1, _ADULTS + (bits >> 1 & 8191)
            name = SURNAMES[bits >> 14 & 127] + GIVEN[(bits >> 21 & 2047) % _GIVEN_COUNT]
            number = numbers.next(birth, is_male)
            lines.append(
                f"T{self.staff:08d},{name},staff,{school.code},H{self.homes:08d},{'01' if number else ''},{number},"
                f"{_phone(self.homes)},{2 - is_male},{ISO[birth]},{'outsourced' if bits >> 32 < 12 else ''}\n"
            )
        return "".join(lines)


_GIVEN_COUNT = len(GIVEN)
_PARENTS, _ADULTS = birth_number(date(1982, 1, 1)), birth_number(date(1976, 1, 1))
