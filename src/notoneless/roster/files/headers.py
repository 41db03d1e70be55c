"""Which column is which: English and Chinese names, any order. The header decides: units or people."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Literal

from notoneless.kernel.errors import DomainError
from notoneless.roster.files.tables import UNREADABLE, FileRefused, Table

UNIT_COLUMNS: dict[str, str] = {
    "code": "代码 编码 机构代码 机构编码 学校代码 班级代码 学校标识码 学校(机构)标识码 机构标识码",
    "name": "名称 姓名 机构名称 学校名称 班级名称",
    "kind": "类型 类别 机构类型 机构类别 type",
    "authority": "主管部门 主管部门代码 上级 上级代码 上级机构 parent",
    "area": "所在区划 区划 区划代码 行政区划 所在地",
    "stage": "学段",
    "opened_on": "成立日期 设立日期 建校日期 opened",
    "closed_on": "撤销日期 停办日期 closed",
    "name_en": "英文名称",
    "grade": "年级",
}
PEOPLE_COLUMNS: dict[str, str] = {
    "code": "代码 编码 人员代码 人员编码 学号 学籍号 工号",
    "name": "姓名 名称",
    "population": "人员类别 人群 类别 类型",
    "unit": "所属机构 所属班级 所属机构/班级 所属机构代码 班级 班级代码 机构 机构代码 学校",
    "household": "家庭编号 家庭 家庭代码 户号",
    "id_type": "证件类型 身份证件类型",
    "id_number": "证件号码 身份证件号 证件号 身份证号 身份证号码",
    "phone": "手机 电话 手机/电话 手机号 手机号码 联系电话 电话号码 mobile",
    "sex": "性别 gender",
    "birth_date": "出生日期 出生年月日 生日 birthday",
    "tags": "标签",
}
REQUIRED = {
    "units": ("code", "name", "kind", "authority"),
    "people": ("code", "name", "population", "unit"),
}
Subject = Literal["units", "people", "links"]

Problem = tuple[str, str, dict[str, object]]
"""Error code, column as the file names it, parameters of the sentence."""
SourceRow = tuple[int, tuple[str, ...], Problem | None]
"""Row number, cells in the order of UNIT_COLUMNS or PEOPLE_COLUMNS, and what made the row unreadable.

One cell more at the end: LEAVING where the row takes its unit or person away (OneRoster), else empty.
"""
LEAVING = "leaving"
_LEAVING_NAMES = frozenset(("leaving", "离校", "是否离校", "离校标记"))
_LEAVES = frozenset(("leaving", "yes", "y", "1", "true", "是", "离校", "转出", "毕业", "退学"))
_STAYS = frozenset(("", "no", "n", "0", "false", "否", "在校", "在籍"))


@dataclass(frozen=True)
class Source:
    """Rows of units or people, wherever they come from. `titles` are our columns by the file's names for them; columns
    in `absent` were not in the file, so what the roster holds stays. Subject `links` holds no rows of its own, only
    refusals: enrolments that lead nowhere.
    """

    label: str
    subject: Subject
    titles: dict[str, str]
    absent: frozenset[str]
    rows: Callable[[], Iterator[SourceRow]]
    table: Table


def _names(columns: dict[str, str]) -> dict[str, str]:
    return {name: column for column, also in columns.items() for name in (column, *also.split())}


_UNIT_NAMES = _names(UNIT_COLUMNS)
_PEOPLE_NAMES = _names(PEOPLE_COLUMNS)


def source_of(table: Table) -> Source:
    """Raises FileRefused: unknown_header, unknown_column, duplicate_column, missing_column."""
    try:
        subject, places = _layout(table.header)
    except DomainError as error:
        raise FileRefused(table.label, error) from error
    columns = UNIT_COLUMNS if subject == "units" else PEOPLE_COLUMNS
    titles = {column: table.header[places[column]] if column in places else column for column in columns}
    if LEAVING in places:
        titles[LEAVING] = table.header[places[LEAVING]]
    order = [*(places.get(column, -1) for column in columns), places.get(LEAVING, -1)]
    return Source(
        label=table.label,
        subject=subject,
        titles=titles,
        absent=frozenset(columns) - frozenset(places),
        rows=lambda: _leaving_told(_in_order(table, order)) if LEAVING in places else _in_order(table, order),
        table=table,
    )


def _layout(header: list[str]) -> tuple[Subject, dict[str, int]]:
    """Subject, and the place of each column present."""
    plain = [name.lower().replace(" ", "").replace("（", "(").replace("）", ")").rstrip("*") for name in header]
    as_units = [_UNIT_NAMES.get(name) for name in plain]
    as_people = [_PEOPLE_NAMES.get(name) for name in plain]
    fit_units = len({*as_units} - {None}) + ("authority" in as_units)
    fit_people = len({*as_people} - {None}) + ("population" in as_people)
    if max(fit_units, fit_people) < 2:
        raise DomainError("unknown_header")
    subject: Subject = "people" if fit_people > fit_units or "population" in plain else "units"
    places: dict[str, int] = {}
    for place, column in enumerate(as_people if subject == "people" else as_units):
        title = header[place] or f"{place + 1}"
        if column is None and subject == "people" and plain[place] in _LEAVING_NAMES:
            column = LEAVING
        if column is None:
            raise DomainError("unknown_column", title)
        if column in places:
            raise DomainError("duplicate_column", title)
        places[column] = place
    for column in REQUIRED[subject]:
        if column not in places:
            raise DomainError("missing_column", column)
    return subject, places


def _leaving_told(rows: Iterator[SourceRow]) -> Iterator[SourceRow]:
    """The last cell as LEAVING or nothing, by what the clerk wrote in a column of that name."""
    for number, cells, problem in rows:
        said = cells[-1].strip().lower() if cells else ""
        if said in _LEAVES:
            yield number, (*cells[:-1], LEAVING), problem
        elif problem is None and said not in _STAYS:
            yield number, (), ("unknown_leaving", LEAVING, {})
        else:
            yield number, (*cells[:-1], "") if cells else cells, problem


def _in_order(table: Table, order: list[int]) -> Iterator[SourceRow]:
    """Rows with their cells in our order, stripped; an absent column reads as empty."""
    width = len(table.header)
    # One empty cell more than the header has: place -1 of every row, so that absent columns need no branch.
    pick = itemgetter(*order)
    for number, cells in table.read():
        if len(cells) != width:
            if cells == [UNREADABLE]:
                yield number, (), ("bad_quotes", "", {})
                continue
            if len(cells) > width and any(cell.strip() for cell in cells[width:]):
                yield number, (), ("too_many_cells", str(width + 1), {})
                continue
            cells = cells[:width] + [""] * (width - len(cells))
        cells.append("")
        yield number, pick(cells), None
