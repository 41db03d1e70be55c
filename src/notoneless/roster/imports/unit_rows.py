"""One row of units: from cells to a checked row, without looking at the tree."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace

from notoneless.roster.files.headers import LEAVING, UNIT_COLUMNS, Problem
from notoneless.roster.imports.cells import read_code, read_date, read_name
from notoneless.roster.kinds import KINDS, grade_named, kind_named, stage_named
from notoneless.roster.rules import is_school_code

CODE_LIMIT, NAME_LIMIT, AREA_LIMIT = 32, 120, 12


@dataclass(frozen=True)
class UnitState:
    """A unit as the roster holds it or as a row wants it. Days are ISO text. `place` is the row's (0: no row)."""

    code: str
    name: str
    name_en: str
    kind: str
    level: str
    authority: str
    area: str
    stage: str
    grade: str
    opened_on: str | None
    closed_on: str | None
    id: int = 0
    path: str = ""
    district_id: int = 0
    school_id: int = 0
    authority_id: int | None = None
    place: int = 0

    def attributes(self) -> tuple[str | None, ...]:
        """What a row can change."""
        return (self.code, self.name, self.name_en, self.kind, self.level, self.authority, self.area, self.stage,
                self.grade, self.opened_on, self.closed_on)  # fmt: skip


def read_unit(
    cells: tuple[str, ...], *, place: int, absent: Set[str], known: Mapping[str, UnitState], day: str
) -> UnitState | list[Problem] | None:
    """The unit as the row wants it, or what is wrong with the row. None: it takes away a unit that is not there.

    What columns in `absent` would say stays as the roster holds it. `day` closes a unit that leaves.
    """
    cell = dict(zip(UNIT_COLUMNS, cells, strict=False))
    problems: list[Problem] = []
    code = read_code(cell["code"], "code", CODE_LIMIT, problems)
    held = known.get(code)
    if cells[-1] == LEAVING and not problems:
        if held is None:
            return None
        return replace(held, place=place, closed_on=min(held.closed_on or day, day))
    name = read_name(cell["name"], "name", NAME_LIMIT, problems)
    name_en = read_name(cell["name_en"], "name_en", NAME_LIMIT, problems, required=False)
    authority = read_code(cell["authority"], "authority", CODE_LIMIT, problems, required=False)
    area = read_code(cell["area"], "area", AREA_LIMIT, problems, required=False)
    opened_on = read_date(cell["opened_on"], "opened_on", problems)
    closed_on = read_date(cell["closed_on"], "closed_on", problems)
    kind = kind_named(cell["kind"])
    stage = stage_named(cell["stage"]) if cell["stage"].strip() else ""
    grade = grade_named(cell["grade"]) if cell["grade"].strip() else ""
    if not cell["kind"].strip():
        problems.append(("value_required", "kind", {}))
    elif kind is None:
        problems.append(("unknown_kind", "kind", {}))
    elif code and not is_school_code(code, KINDS[kind].school_types):
        problems.append(("bad_school_code", "code", {}))
    if stage is None:
        problems.append(("unknown_stage", "stage", {}))
    if grade is None:
        problems.append(("unknown_grade", "grade", {}))
    if area and not (area.isascii() and area.isalnum()):
        problems.append(("bad_area", "area", {}))
    if opened_on and closed_on and closed_on < opened_on:
        problems.append(("dates_out_of_order", "closed_on", {}))
    if problems or kind is None or stage is None or grade is None:
        return problems
    read = UnitState(
        code,
        name,
        name_en,
        kind,
        KINDS[kind].level,
        authority,
        area,
        stage,
        grade,
        opened_on,
        closed_on,
        place=place,
    )
    return read if held is None else replace(read, **{column: getattr(held, column) for column in absent})
