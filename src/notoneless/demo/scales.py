"""How large a demonstration is: its areas, its schools by kind, its classes, and how many days it looks back.

`city` has the shape of Jinan as the documents of 2020 give it (domain.md, 0): 15 districts and 3,207 schools and
kindergartens. Every person and every school in it is invented; only the area codes are real.
"""

from dataclasses import dataclass

CITY_CODE = "370100"
CITY_NAME = "济南市教育局（演示）"
PROVINCE = "37"


@dataclass(frozen=True)
class Area:
    """A district or county with its bureau. `code` holds letters where nobody has given the zone a number."""

    code: str
    name: str
    weight: int = 1


@dataclass(frozen=True)
class Shape:
    """Schools of one kind: how many, how many classes each, how many pupils a class; how many stand under the city."""

    kind: str
    schools: int
    classes: int
    pupils: int
    direct: int = 0


@dataclass(frozen=True)
class Scale:
    """`central`: primary schools that hang below a rural central school. Staff count per class, relatives per 100 homes."""

    name: str
    areas: tuple[Area, ...]
    shapes: tuple[Shape, ...]
    days: int
    central: int
    staff_per_class: float
    relatives_percent: int


LIXIA, SHIZHONG, HIGH_TECH = Area("370102", "历下区", 9), Area("370103", "市中区", 8), Area("370176", "高新区", 7)
COUNTY = Area("370124", "平阴县", 4)

SMALL = Scale(
    "small",
    (Area("370102", "历下区", 10), Area("370124", "平阴县", 8), Area("370176", "高新区", 6)),
    (
        Shape("kindergarten", 5, 6, 28), Shape("primary", 8, 12, 40), Shape("junior", 3, 9, 45),
        Shape("nine_year", 1, 18, 40), Shape("senior", 2, 15, 46, direct=1), Shape("vocational", 1, 12, 38, direct=1),
        Shape("special", 1, 9, 9, direct=1), Shape("training", 2, 3, 20), Shape("university", 1, 12, 40, direct=1),
    ),
    days=14, central=3, staff_per_class=3.0, relatives_percent=20,
)  # fmt: skip

DISTRICT = Scale(
    "district",
    (LIXIA,),
    (
        Shape("kindergarten", 95, 6, 29), Shape("primary", 62, 15, 43), Shape("junior", 16, 18, 44),
        Shape("nine_year", 5, 18, 40), Shape("senior", 6, 30, 46), Shape("vocational", 2, 18, 38),
        Shape("special", 1, 9, 9), Shape("training", 8, 4, 20),
    ),
    days=2, central=4, staff_per_class=2.8, relatives_percent=0,
)  # fmt: skip

CITY = Scale(
    "city",
    (
        LIXIA, SHIZHONG, Area("370104", "槐荫区", 7), Area("370105", "天桥区", 7), Area("370112", "历城区", 12),
        Area("370113", "长清区", 6), Area("370114", "章丘区", 10), Area("370115", "济阳区", 6),
        Area("370116", "莱芜区", 9), Area("370117", "钢城区", 3), COUNTY, Area("370126", "商河县", 6), HIGH_TECH,
        Area("3701NS", "南部山区", 2), Area("3701QB", "起步区", 3),
    ),
    (
        Shape("kindergarten", 1690, 5, 31), Shape("primary", 1020, 13, 44), Shape("junior", 200, 16, 46, direct=6),
        Shape("nine_year", 120, 18, 42), Shape("senior", 85, 30, 48, direct=12), Shape("complete", 22, 24, 46, direct=4),
        Shape("vocational", 52, 24, 40, direct=10), Shape("special", 18, 9, 10, direct=1),
    ),
    days=0, central=320, staff_per_class=2.85, relatives_percent=0,
)  # fmt: skip

SCALES = {scale.name: scale for scale in (SMALL, DISTRICT, CITY)}
