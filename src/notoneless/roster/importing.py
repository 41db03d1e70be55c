"""Imports from a page: a file is checked, then applied as it was checked, each a work of the unit (kernel/works.py).

Who may: a school's principal within the school (IMPORT), a system administrator within the bureau (CONFIGURE). Both
are asked again when the work begins, which may be later.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePath
from typing import Any

from notoneless.kernel import audit, works
from notoneless.kernel.clock import Clock, day_of
from notoneless.kernel.errors import DomainError
from notoneless.kernel.models import Work
from notoneless.kernel.works import Control
from notoneless.roster import queries
from notoneless.roster.imports.outcome import ImportOutcome
from notoneless.roster.models import Placement, Unit
from notoneless.roster.roles import CONFIGURE, IMPORT
from notoneless.roster.scope import Scope
from notoneless.roster.services import import_roster

CHECK, APPLY = "roster.check", "roster.import"
KINDS = (CHECK, APPLY)
SUFFIXES = (".xlsx", ".csv", ".zip")
SAME = ("rows", "added", "changed", "left", "moved", "refused", "units_added", "units_changed")
"""What an import must find as the check found it: the numbers that were confirmed."""


@dataclass(frozen=True)
class Guard:
    """`most`: bytes of a file. Leaving is unusual beyond `percent` of the unit's people, and beyond `least`."""

    most: int
    percent: int
    least: int

    def is_unusual(self, left: int, present: int) -> bool:
        return left > max(self.least, present * self.percent // 100)


@cache
def guard() -> Guard:
    pack = tomllib.loads(Path(__file__).with_name("import_pack.toml").read_text(encoding="utf-8"))
    return Guard(pack["upload"]["megabytes"] * 1_000_000, pack["leaving"]["percent"], pack["leaving"]["least"])


def importing_unit(scope: Scope, code: str) -> Unit:
    """The unit whose people the scope may import. Raises DomainError `out_of_scope` or `wrong_role`."""
    try:
        return queries.unit_to(IMPORT, scope, code)
    except DomainError:
        return queries.unit_to(CONFIGURE, scope, code)


def ask_check(scope: Scope, code: str, name: str, content: bytes, *, clock: Clock) -> Work:
    """Put a file in the queue to be checked. Its name is not kept: clerks write children's names into it.

    Raises DomainError `upload_kind`, `upload_too_large`, `work_under_way`.
    """
    unit = importing_unit(scope, code)
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise DomainError("upload_kind", "file")
    if len(content) > guard().most:
        raise DomainError("upload_too_large", "file", most=guard().most // 1_000_000)
    params = {"suffix": suffix, "bytes": len(content)}
    return works.ask(CHECK, unit=unit.code, actor=scope.actor, clock=clock, params=params, files={"given": content})


def ask_import(scope: Scope, code: str, check: Work, *, typed: str, clock: Clock) -> Work:
    """Apply what was checked. `typed`: the number of leavers, where they are unusually many.

    Raises DomainError `import_not_checked`, `import_leaves_many`, `work_file_gone`, `work_under_way`.
    """
    unit = importing_unit(scope, code)
    if check.kind != CHECK or check.unit != unit.code or check.state != "done" or check.result.get("refused_whole"):
        raise DomainError("import_not_checked")
    left = check.result["left"]
    if guard().is_unusual(left, check.result["present"]) and typed.strip() != str(left):
        raise DomainError("import_leaves_many", "typed", count=left)
    works.file_of(check, "given", clock=clock)
    return works.ask(APPLY, unit=unit.code, actor=scope.actor, clock=clock, params={"check": check.pk})


def run_check(work: Work, control: Control, clock: Clock) -> Mapping[str, Any]:
    """What the file would change; the file itself comes back with a reason on every row."""
    unit = _unit_of(work, clock)
    with works.folder_of(work) as folder:
        path = folder / f"roster{work.params['suffix']}"
        path.write_bytes(works.file_of(work, "given", clock=clock))
        report = folder / "report.xlsx"
        outcome = import_roster(
            [path], scope_actor=work.asked_by, clock=clock, is_dry_run=True, report_to=report,
            progress=control.progress, within=_within(unit),
        )  # fmt: skip
        works.keep_file(work, "report", report.read_bytes(), clock=clock)
    errors = [[each.file, each.row, each.error.code, each.error.field, each.error.params] for each in outcome.errors]
    works.keep_file(work, "refusals", json.dumps(errors, default=str).encode(), clock=clock)
    return _summary(outcome) | {"present": _present(unit)}


def run_import(work: Work, control: Control, clock: Clock) -> Mapping[str, Any]:
    """All or nothing, and only while the numbers are still those of the check."""
    unit = _unit_of(work, clock)
    check = works.work_of(work.unit, (CHECK,), work.params["check"])

    def settle(outcome: ImportOutcome) -> None:
        found = _summary(outcome)
        if any(found[name] != check.result[name] for name in SAME):
            raise DomainError("import_changed_since_check")
        control.finish(found)

    with works.folder_of(work) as folder:
        path = folder / f"roster{check.params['suffix']}"
        path.write_bytes(works.file_of(check, "given", clock=clock))
        outcome = import_roster(
            [path], scope_actor=work.asked_by, clock=clock, progress=control.progress, within=_within(unit),
            settle=settle,
        )  # fmt: skip
    if outcome.is_refused:  # whole, and so never settled: nothing was imported
        raise DomainError("import_changed_since_check")
    return _summary(outcome)


def refusals_of(check: Work, *, clock: Clock) -> list[tuple[str, int, DomainError]]:
    """(sheet, row, reason) of the first thousand refusals. Raises DomainError `work_file_gone`."""
    kept = json.loads(works.file_of(check, "refusals", clock=clock))
    return [(file, row, DomainError(code, field, **params)) for file, row, code, field, params in kept]


def report_of(scope: Scope, check: Work, *, clock: Clock) -> bytes:
    """The clerk's own file with a reason on every row: it holds names, so taking it is written down."""
    content = works.file_of(check, "report", clock=clock)
    audit.record(scope.actor, "import.report", f"unit:{check.unit}", clock=clock, detail={"work": check.pk})
    return content


def _unit_of(work: Work, clock: Clock) -> Unit:
    """The unit, if whoever asked may still import there. Raises DomainError `out_of_scope` or `wrong_role`."""
    scope = queries.scope_of(queries.account_named(work.asked_by), day_of(clock.now()))
    return importing_unit(scope, work.unit)


def _within(unit: Unit) -> str:
    """The topmost unit imports everything, units as well."""
    return unit.path if unit.authority_id is not None else ""


def _present(unit: Unit) -> int:
    return Placement.objects.filter(to_day=None, unit__path__startswith=unit.path).count()


def _summary(outcome: ImportOutcome) -> dict[str, Any]:
    """Counts alone. `changed` are people whose own entries differ or who move or leave."""
    return {
        "refused_whole": outcome.is_refused, "rows": outcome.rows, "added": outcome.people.added,
        "changed": outcome.people.changed, "left": outcome.left, "moved": outcome.moved,
        "unchanged": outcome.unchanged, "refused": outcome.refused, "units_added": outcome.units.added,
        "units_changed": outcome.units.changed, "errors": len(outcome.errors) + outcome.errors_left_off,
    }  # fmt: skip
