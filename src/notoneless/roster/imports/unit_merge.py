"""Units: the whole tree in memory (some 36,000 in a city), checked, then written with a handful of statements."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from notoneless.kernel.sql import as_day, execute, fetch, rows_table
from notoneless.roster.files.headers import Problem, Source
from notoneless.roster.imports.outcome import Counts
from notoneless.roster.imports.refusals import SOURCE_STEP, Refusal, refuse
from notoneless.roster.imports.unit_rows import UnitState, read_unit
from notoneless.roster.imports.unit_tree import placed, standing_on, take_out_unfit

_TYPES = {"code": "text", "name": "text", "name_en": "text", "kind": "text", "level": "text", "area": "text",
          "stage": "text", "grade": "text", "opened_on": "date", "closed_on": "date"}  # fmt: skip
_TREE_TYPES = {"id": "int", "authority_id": "int", "path": "text", "district_id": "int", "school_id": "int"}


@dataclass
class UnitsDone:
    """`standing`: code -> (unit id, error code why people cannot belong to it on the day, or "")."""

    counts: Counts = field(default_factory=Counts)
    standing: dict[str, tuple[int, str]] = field(default_factory=dict)
    added: "array[int]" = field(default_factory=lambda: array("q"))
    changed: "array[int]" = field(default_factory=lambda: array("q"))
    is_tree_changed: bool = False


def merge_units(sources: Sequence[tuple[int, Source]], *, day: date) -> UnitsDone:
    """Read, check and write the units of all sources (source number, source). The caller holds the transaction."""
    known = _known_units()
    rows, refused, counts = _read(sources, known, day.isoformat())
    refused += [(row.place, (error, "authority", _limits(error))) for row, error in take_out_unfit(known, rows)]
    refuse(refused)
    done = UnitsDone(counts)
    new = [row for row in rows.values() if row.code not in known]
    changed = [row for row in rows.values() if row.code in known and row.attributes() != known[row.code].attributes()]
    ids = _insert(new)
    _update(changed)
    ids |= {row.code: known[row.code].id for row in changed}
    tree = placed({**known, **{row.code: replace(row, id=ids[row.code]) for row in (*new, *changed)}})
    _update_tree([unit for unit in tree.values() if _is_moved(unit, known.get(unit.code))])
    done.standing = standing_on(tree, day.isoformat())
    done.added.extend(sorted(row.place for row in new))
    done.changed.extend(sorted(row.place for row in changed))
    done.is_tree_changed = bool(new or changed)
    counts.added, counts.changed = len(new), len(changed)
    counts.refused = len({place for place, _ in refused})
    counts.unchanged = counts.rows - counts.added - counts.changed - counts.refused
    return done


def _limits(error: str) -> dict[str, object]:
    return {"limit": 20} if error == "too_deep" else {}


def _read(
    sources: Sequence[tuple[int, Source]], known: dict[str, UnitState], day: str
) -> tuple[dict[str, UnitState], list[Refusal], Counts]:
    """The rows that can be read, by code, the first of each code; and the others."""
    rows: dict[str, UnitState] = {}
    refused: list[Refusal] = []
    counts = Counts()
    for number, source in sources:
        for row_number, cells, problem in source.rows():
            counts.rows += 1
            place = number * SOURCE_STEP + row_number
            if problem is not None:
                refused.append((place, problem))
                continue
            read = read_unit(cells, place=place, absent=source.absent, known=known, day=day)
            if isinstance(read, list):
                refused += [(place, each) for each in read]
            elif read is not None and read.code in rows:
                again: Problem = ("duplicate_code", "code", {})
                refused.append((place, again))
            elif read is not None:
                rows[read.code] = read
    return rows, refused, counts


def _known_units() -> dict[str, UnitState]:
    found = fetch(
        "SELECT u.code, u.name, u.name_en, u.kind, u.level, coalesce(a.code, ''), u.area, u.stage, u.grade, "
        "u.opened_on, u.closed_on, u.id, u.path, u.district_id, u.school_id, u.authority_id "
        "FROM roster_unit u LEFT JOIN roster_unit a ON a.id = u.authority_id"
    )
    units = (UnitState(*row) for row in found)
    return {unit.code: replace(unit, opened_on=_iso(unit.opened_on), closed_on=_iso(unit.closed_on)) for unit in units}


def _iso(value: date | str | None) -> str | None:
    return None if value is None else as_day(value).isoformat()


def _cells(unit: UnitState) -> tuple[str | None, ...]:
    return (unit.code, unit.name, unit.name_en, unit.kind, unit.level, unit.area, unit.stage, unit.grade,
            unit.opened_on, unit.closed_on)  # fmt: skip


def _insert(units: Sequence[UnitState]) -> dict[str, int]:
    """New units without their place in the tree; their ids by code."""
    if not units:
        return {}
    item, params = rows_table("r", _TYPES, [_cells(unit) for unit in units])
    columns = ", ".join(_TYPES)
    inserted = fetch(
        f"INSERT INTO roster_unit ({columns}, path, district_id, school_id) "
        f"SELECT {columns}, '', 0, 0 FROM {item} RETURNING code, id",
        params,
    )
    return dict(inserted)


def _update(units: Sequence[UnitState]) -> None:
    if not units:
        return
    item, params = rows_table("r", _TYPES, [_cells(unit) for unit in units])
    sets = ", ".join(f"{column} = r.{column}" for column in _TYPES if column != "code")
    execute(f"UPDATE roster_unit SET {sets} FROM {item} WHERE roster_unit.code = r.code", params)


def _is_moved(unit: UnitState, before: UnitState | None) -> bool:
    return before is None or (unit.authority_id, unit.path, unit.district_id, unit.school_id) != (
        before.authority_id, before.path, before.district_id, before.school_id
    )  # fmt: skip


def _update_tree(units: Sequence[UnitState]) -> None:
    """Authority, path, district and school of units that are new or moved with an ancestor."""
    if not units:
        return
    rows = [(unit.id, unit.authority_id, unit.path, unit.district_id, unit.school_id) for unit in units]
    item, params = rows_table("r", _TREE_TYPES, rows)
    sets = ", ".join(f"{column} = r.{column}" for column in _TREE_TYPES if column != "id")
    execute(f"UPDATE roster_unit SET {sets} FROM {item} WHERE roster_unit.id = r.id", params)
