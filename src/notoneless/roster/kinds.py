"""The kinds of unit, their level in the tree, and what a clerk may call them. Source: domain.md section 0 and 3."""

from dataclasses import dataclass

BUREAU_LEVELS = ("province", "city", "district", "central")
LEVELS = (*BUREAU_LEVELS, "school", "class")


@dataclass(frozen=True)
class Kind:
    """A kind of unit. `school_types`: the AA of the 10-digit school code that fit; empty means the code is local."""

    code: str
    level: str
    zh: str
    en: str
    school_types: frozenset[str] = frozenset()
    also: tuple[str, ...] = ()


def _school(code: str, zh: str, en: str, types: str, *also: str) -> Kind:
    return Kind(code, "school", zh, en, frozenset(types.split()), also)


KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("province", "province", "省级教育部门", "Province", also=("省",)),
        Kind("city", "city", "市教育局", "City bureau", also=("市", "city_bureau", "bureau", "教育局")),
        Kind("district", "district", "区县教育局", "District bureau", also=("区", "县", "区县", "county", "borough")),
        Kind("central_school", "central", "中心校", "Central school", also=("central", "central school")),
        _school("kindergarten", "幼儿园", "Kindergarten", "11"),
        _school("primary", "小学", "Primary school", "21 22", "primary_school", "elementary"),
        _school("junior", "初中", "Junior middle school", "31 32 33 37", "junior_middle", "junior_high", "middle"),
        _school("nine_year", "九年一贯制学校", "Nine-year school", "21 31", "九年一贯制"),
        _school("senior", "高中", "Senior middle school", "34 35", "senior_middle", "senior_high", "high", "普通高中"),
        _school("complete", "完全中学", "Complete secondary school", "31 34", "secondary", "中学", "十二年一贯制学校"),
        _school("vocational", "中等职业学校", "Vocational school", "32 36 93", "中职", "职业学校"),
        _school("special", "特殊教育学校", "Special school", "51", "特教", "special_education"),
        _school("university", "高等学校", "University", "41 42 92", "高校", "大学", "college", "hei"),
        _school("training", "培训机构", "Training institution", "", "training_institution", "training institution"),
        _school("school", "学校", "School", ""),
        Kind("class", "class", "班级", "Class", also=("班",)),
    )
}

STAGES: dict[str, tuple[str, str]] = {
    "preschool": ("学前", "Preschool"),
    "primary": ("小学", "Primary"),
    "junior": ("初中", "Junior middle"),
    "senior": ("普通高中", "Senior middle"),
    "vocational": ("中职", "Vocational"),
    "higher": ("高等教育", "Higher education"),
    "special": ("特殊教育", "Special education"),
    "training": ("校外培训", "Out-of-school training"),
}

GRADES: dict[str, tuple[str, str]] = {
    "k1": ("小班", "Nursery year 1"), "k2": ("中班", "Nursery year 2"), "k3": ("大班", "Nursery year 3"),
    "1": ("一年级", "Year 1"), "2": ("二年级", "Year 2"), "3": ("三年级", "Year 3"), "4": ("四年级", "Year 4"),
    "5": ("五年级", "Year 5"), "6": ("六年级", "Year 6"), "7": ("七年级", "Year 7"), "8": ("八年级", "Year 8"),
    "9": ("九年级", "Year 9"), "10": ("高一", "Year 10"), "11": ("高二", "Year 11"), "12": ("高三", "Year 12"),
}  # fmt: skip
"""Years of schooling, counted through (domain.md, section 3: primary 1 to 6, junior 7 to 9, senior 10 to 12)."""

PERSON_STATES: dict[str, tuple[str, str]] = {
    "at_school": ("在校", "At school"),
    "sick_home": ("因病在家", "At home, ill"),
    "leave": ("请假在家", "On leave"),
    "on_campus": ("留校", "Staying on campus"),
    "away": ("外出", "Away"),
    "suspended": ("随班停课", "Suspended with the class"),
    "graduated": ("已毕业", "Graduated"),
}
"""Where a person stands on a day (design.md, section 4). Nobody records `at_school`: it is what no record means.
`suspended` also follows from a closed class or school, without a record."""
RECORDED_STATES = tuple(state for state in PERSON_STATES if state != "at_school")

POPULATIONS: dict[str, tuple[str, str]] = {
    "student": ("学生", "Pupils"),
    "staff": ("教职工", "Staff"),
    "relative": ("亲属", "Relatives"),
    "unit": ("机构", "Units"),
}

TAGS: dict[str, tuple[str, str]] = {
    "boarder": ("住宿生", "Boarder"),
    "stay_on_campus": ("留校", "Staying on campus"),
    "tibet_class": ("西藏班", "Tibet class"),
    "xinjiang_class": ("新疆班", "Xinjiang class"),
    "foreign": ("外籍", "Foreign national"),
    "medic_child": ("一线医务人员子女", "Child of front-line medics"),
    "left_behind": ("留守儿童", "Left-behind child"),
    "dual_income": ("双职工家庭", "Dual-income family"),
    "outsourced": ("外包人员", "Outsourced staff"),
}

SEXES = {"": "", "0": "0", "1": "1", "2": "2", "9": "9", "男": "1", "女": "2", "M": "1", "F": "2", "male": "1",
         "female": "2", "m": "1", "f": "2", "未知": "0"}  # fmt: skip
"""GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not stated; and what files really hold."""

_KIND_NAMES = {name.lower(): kind.code for kind in KINDS.values() for name in (kind.code, kind.zh, kind.en, *kind.also)}
_STAGE_NAMES = {name.lower(): code for code, (zh, en) in STAGES.items() for name in (code, zh, en)}
_STAGE_NAMES |= {"kindergarten": "preschool", "幼儿园": "preschool", "university": "higher", "高中": "senior"}
_GRADE_NAMES = {name.lower(): code for code, (zh, en) in GRADES.items() for name in (code, zh, en)}
_GRADE_NAMES |= {"初一": "7", "初二": "8", "初三": "9", "十年级": "10", "十一年级": "11", "十二年级": "12"}
_POPULATION_NAMES = {name.lower(): code for code, (zh, en) in POPULATIONS.items() for name in (code, zh, en)}
_POPULATION_NAMES |= {"pupil": "student", "teacher": "staff", "教师": "staff"}
_TAG_NAMES = {name.lower(): code for code, (zh, en) in TAGS.items() for name in (code, zh, en)}


def kind_named(name: str) -> str | None:
    """The kind code for a code, Chinese or English name; None when unknown."""
    return _KIND_NAMES.get(name.strip().lower())


def stage_named(name: str) -> str | None:
    return _STAGE_NAMES.get(name.strip().lower())


def grade_named(name: str) -> str | None:
    """Also zero-padded, as OneRoster writes it (07)."""
    plain = name.strip().lower()
    return _GRADE_NAMES.get(plain) or _GRADE_NAMES.get(plain.lstrip("0"))


def population_named(name: str) -> str | None:
    """Never `unit`: a person is asked for."""
    code = _POPULATION_NAMES.get(name.strip().lower())
    return None if code == "unit" else code


def tag_named(name: str) -> str | None:
    return _TAG_NAMES.get(name.strip().lower())
