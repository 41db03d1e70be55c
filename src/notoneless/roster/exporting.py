"""A unit's people as a workbook, made as long work, held sealed for a day, and handed to who asked for it alone.

For who may take lists out (EXPORT) and sees names there (NAMES); both are asked again when it is made and when it is
taken. It holds no documents and no telephones: those are opened one by one, with a reason.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xlsxwriter
from django.db.models import QuerySet

from notoneless.kernel import audit, works
from notoneless.kernel.clock import Clock, day_of
from notoneless.kernel.crypto import unseal
from notoneless.kernel.errors import DomainError
from notoneless.kernel.models import Work
from notoneless.kernel.works import Control
from notoneless.roster import queries
from notoneless.roster.models import Placement, Unit
from notoneless.roster.people import placements_below
from notoneless.roster.roles import EXPORT, NAMES
from notoneless.roster.scope import Scope

KIND = "people.export"
STEP = 500
"""People between two looks at whether to go on."""
MOST = 1_048_575
"""Rows of a sheet below its header."""
_TITLES = ("编号 / number", "姓名 / name", "类别 / population", "机构代码 / unit", "机构 / unit name",
           "性别 / sex")  # fmt: skip
_POPULATIONS = {"student": "学生", "staff": "教职工"}
_SEXES = {"1": "男", "2": "女"}


def exporting_unit(scope: Scope, code: str) -> Unit:
    """A unit whose people the scope may take out. Raises DomainError `out_of_scope` or `wrong_role`."""
    queries.unit_to(NAMES, scope, code)
    return queries.unit_to(EXPORT, scope, code)


def ask_export(scope: Scope, code: str, *, clock: Clock) -> Work:
    """Raises DomainError `work_under_way`, `too_many_rows`."""
    unit = exporting_unit(scope, code)
    count = placements_below(unit, day_of(clock.now())).count()
    if count > MOST:
        raise DomainError("too_many_rows", "level", most=MOST, count=count)
    return works.ask(KIND, unit=unit.code, actor=scope.actor, clock=clock)


def run_export(work: Work, control: Control, clock: Clock) -> Mapping[str, Any]:
    scope = queries.scope_of(queries.account_named(work.asked_by), day_of(clock.now()))
    unit = exporting_unit(scope, work.unit)
    with works.folder_of(work) as folder:
        path = folder / "people.xlsx"
        rows = _write(path, placements_below(unit, day_of(clock.now())), control)
        works.keep_file(work, "export", path.read_bytes(), clock=clock)
    audit.record(work.asked_by, "people.exported", f"unit:{work.unit}", clock=clock,
                 detail={"work": work.pk, "rows": rows})  # fmt: skip
    return {"rows": rows}


def export_of(scope: Scope, code: str, work_id: int, *, clock: Clock) -> bytes:
    """The file, for who asked for it. Raises DomainError `out_of_scope`, `work_file_gone`."""
    unit = exporting_unit(scope, code)
    work = works.work_of(unit.code, (KIND,), work_id)
    if work.asked_by != scope.actor or work.state != "done":
        raise DomainError("out_of_scope", "work")
    content = works.file_of(work, "export", clock=clock)
    audit.record(scope.actor, "people.export.taken", f"unit:{code}", clock=clock,
                 detail={"work": work.pk, "rows": work.result["rows"]})  # fmt: skip
    return content


def exports_of(scope: Scope, unit: Unit) -> "QuerySet[Work]":
    """What this account has asked for at a unit, newest first."""
    return works.works_of(unit.code, (KIND,)).filter(asked_by=scope.actor)


def _write(path: Path, placements: "QuerySet[Placement]", control: Control) -> int:
    """Every cell is a text: nothing is taken for a formula, and zeros in front stay. Returns the rows."""
    total, row = placements.count(), 0
    columns = ("person__code", "person__sealed", "person__population", "unit__code", "unit__name", "person__sex")
    ordered = placements.order_by("unit__code", "person__code").values_list(*columns)
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("people")
        for place, title in enumerate(_TITLES):
            sheet.write_string(0, place, title)
        for code, sealed, population, unit_code, unit_name, sex in ordered.iterator(chunk_size=STEP):
            row += 1
            name = unseal(bytes(sealed), context=code).name
            cells = (code, name, _POPULATIONS[population], unit_code, unit_name, _SEXES.get(sex, ""))
            for place, cell in enumerate(cells):
                sheet.write_string(row, place, cell)
            if row % STEP == 0:
                control.progress("export", row, max(row, total))
    return row
