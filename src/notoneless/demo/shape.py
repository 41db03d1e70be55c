"""The shape of an invented city: which districts, how many schools of which kind, how many classes and pupils."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice

CITY = ("370100", "泉城市教育局（演示）")
_DISTRICTS = (
    ("370102", "历下区"), ("370112", "历城区"), ("370176", "高新区"), ("370103", "市中区"), ("370104", "槐荫区"),
    ("370105", "天桥区"), ("370113", "长清区"), ("370114", "章丘区"), ("370115", "济阳区"), ("370116", "莱芜区"),
    ("370117", "钢城区"), ("370124", "平阴县"), ("370126", "商河县"), ("370171", "南部山区"), ("370178", "起步区"),
)  # fmt: skip
"""Names of a real city's districts, and its functional zones (37017x), which have no GB/T 2260 code."""

_WORDS = [
    "明德",
    "育才",
    "实验",
    "新苑",
    "泉景",
    "文化路",
    "解放路",
    "舜耕",
    "景山",
    "阳光",
    "锦绣",
    "龙泉",
    "凤凰",
    "青年",
    "和平",
    "建设",
    "燕山",
    "千佛",
    "泺源",
    "黄台",
]


@dataclass(frozen=True)
class KindShape:
    """One kind of school: the AA of its code, stage, grades, classes a grade, and pupils' age in the first grade."""

    kind: str
    type_code: str
    label: str
    stage: str
    grades: int
    classes: int
    age: int


KINDS = {
    shape.kind: shape
    for shape in (
        KindShape("kindergarten", "11", "幼儿园", "preschool", 3, 2, 3),
        KindShape("primary", "21", "小学", "primary", 6, 2, 6),
        KindShape("junior", "31", "初级中学", "junior", 3, 4, 12),
        KindShape("nine_year", "31", "九年一贯制学校", "primary", 9, 2, 6),
        KindShape("senior", "34", "高级中学", "senior", 3, 6, 15),
        KindShape("vocational", "36", "职业中等专业学校", "vocational", 3, 4, 15),
        KindShape("special", "51", "特殊教育学校", "special", 6, 1, 7),
        KindShape("training", "", "艺术培训中心", "training", 1, 2, 9),
        KindShape("university", "41", "职业学院", "higher", 3, 3, 18),
    )
}


@dataclass(frozen=True)
class Scale:
    """How large. `mix` is dealt out to the districts in turn; `direct` are the schools right under the city (市直)."""

    name: str
    districts: int
    schools: int
    mix: tuple[str, ...]
    direct: tuple[str, ...]
    class_size: int
    staff_a_class: float
    relatives: float


_CITY_MIX = ("kindergarten", "primary", "kindergarten", "primary", "junior", "kindergarten", "primary", "kindergarten",
             "kindergarten", "nine_year", "primary", "kindergarten", "junior", "primary", "kindergarten", "senior",
             "kindergarten", "primary", "kindergarten", "primary")  # fmt: skip

SCALES = {
    "tiny": Scale("tiny", 2, 5, ("primary", "kindergarten", "junior"), ("senior",), 4, 1.0, 0.2),
    "small": Scale(
        "small", 3, 24, ("primary", "kindergarten", "junior", "primary", "nine_year", "kindergarten", "training"),
        ("senior", "special", "university"), 41, 2.2, 0.1,
    ),
    "district": Scale("district", 1, 214, _CITY_MIX, (), 41, 2.8, 0.0),
    "city": Scale("city", 15, 3207, _CITY_MIX, ("senior", "vocational", "special", "university") * 5, 41, 2.8, 0.0),
}  # fmt: skip


@dataclass(frozen=True)
class SchoolPlan:
    """One school to be invented."""

    code: str
    name: str
    shape: KindShape
    authority: str
    area: str
    document_area: str


def districts_of(scale: Scale) -> list[tuple[str, str]]:
    return list(_DISTRICTS[: scale.districts])


def plan_schools(scale: Scale) -> Iterator[SchoolPlan]:
    """The schools in a fixed order: the city's own first, then the districts' in turn."""
    serial = 0
    for kind in scale.direct:
        serial += 1
        yield _plan(serial, KINDS[kind], CITY[0], "370102", "市直")
    homes = cycle(districts_of(scale))
    for kind in islice(cycle(scale.mix), scale.schools - len(scale.direct)):
        serial += 1
        area, name = next(homes)
        # Every other primary school of one district stands under its central school (中心校).
        is_rural = kind == "primary" and area == "370112" and serial % 2 == 0
        yield _plan(serial, KINDS[kind], f"{area}-ZX" if is_rural else area, area, name[:2])


def _plan(serial: int, shape: KindShape, authority: str, area: str, where: str) -> SchoolPlan:
    code = f"{shape.type_code}37{serial:06}" if shape.type_code else f"PX37{serial:06}"
    word = _WORDS[serial % len(_WORDS)]
    number = f"第{serial // len(_WORDS) + 1}" if serial >= len(_WORDS) else ""
    document_area = area if area < "370170" else "370112"
    return SchoolPlan(code, f"{where}{word}{number}{shape.label}", shape, authority, area, document_area)
