"""The tree as it would be: refuse the rows that do not fit it, then give every unit its path. No database."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from notoneless.roster.imports.unit_rows import UnitState
from notoneless.roster.kinds import LEVELS
from notoneless.roster.tree import segment

DEPTH_LIMIT = 20
"""models.Unit.path holds 140 characters, seven a level."""

_RANK = {level: rank for rank, level in enumerate(LEVELS)}

Units = Mapping[str, UnitState]
Unfit = tuple[UnitState, str]
"""A row and the error code; the column is `authority` each time."""


def take_out_unfit(known: Units, rows: dict[str, UnitState]) -> Iterator[Unfit]:
    """Remove from `rows` (by code) what cannot stand in the tree, and yield it.

    A refused row leaves its unit as the roster holds it, which may unsettle others: so again until nothing moves. Each
    turn judges all rows alike, so the order of the file does not matter.
    """
    while True:
        unfit = _without_authority(known, rows) or _in_loops(known, rows) or _on_wrong_level(known, rows)
        if not unfit:
            return
        for row, _ in unfit:
            del rows[row.code]
        yield from unfit


def _without_authority(known: Units, rows: Mapping[str, UnitState]) -> list[Unfit]:
    """Rows whose authority is nowhere, and rows that hang below those."""
    below: dict[str, list[UnitState]] = defaultdict(list)
    for row in rows.values():
        if row.authority:
            below[row.authority].append(row)
    lost = [row for parent in below if parent not in rows and parent not in known for row in below[parent]]
    for row in lost:  # grows while it is walked
        if row.code not in known:
            lost.extend(below.get(row.code, ()))
    return [(row, "unknown_authority") for row in lost]


def _in_loops(known: Units, rows: Mapping[str, UnitState]) -> list[Unfit]:
    """Every row on a ring of authorities."""
    unfit: list[Unfit] = []
    seen: set[str] = set()
    for start in rows:
        trail: dict[str, None] = {}
        code = start
        while code and code not in seen and code not in trail:
            trail[code] = None
            unit = rows.get(code) or known.get(code)
            code = unit.authority if unit else ""
        if code in trail:
            ring = list(trail)
            unfit += [(rows[on_ring], "authority_loop") for on_ring in ring[ring.index(code) :] if on_ring in rows]
        seen.update(trail)
    return unfit


def _on_wrong_level(known: Units, rows: Mapping[str, UnitState]) -> list[Unfit]:
    """Classes without a school, units below a class or below a lower level, and chains deeper than a path can hold."""
    unfit: dict[str, str] = {}
    for row in rows.values():
        if row.level == "class" and not row.authority:
            unfit[row.code] = "authority_required"
        elif row.authority and not _may_hold(rows.get(row.authority) or known[row.authority], row):
            unfit[row.code] = "authority_level"
    for unit in known.values():
        # A unit that stays, under one whose row would make it too low: that row is the one to refuse.
        if unit.code not in rows and unit.authority in rows and not _may_hold(rows[unit.authority], unit):
            unfit[unit.authority] = "authority_level"
    return [(rows[code], error) for code, error in unfit.items()] or _too_deep(known, rows)


def _may_hold(parent: UnitState, child: UnitState) -> bool:
    return parent.level != "class" and _RANK[parent.level] <= _RANK[child.level]


def _too_deep(known: Units, rows: Mapping[str, UnitState]) -> list[Unfit]:
    unfit: dict[str, UnitState] = {}
    depths: dict[str, int] = {}
    units = {**known, **rows}
    for start in units:
        trail = []
        code = start
        while code and code not in depths:
            trail.append(code)
            code = units[code].authority
        depth = depths.get(code, 0)
        for passed in reversed(trail):
            depth += 1
            depths[passed] = depth
    for code, depth in depths.items():
        if depth > DEPTH_LIMIT:
            while code not in rows:
                code = units[code].authority
            unfit[code] = rows[code]
    return [(row, "too_deep") for row in unfit.values()]


def placed(units: Units) -> dict[str, UnitState]:
    """Every unit with authority_id, path, district_id and school_id as models.Unit describes them, parents first."""
    below: dict[str, list[UnitState]] = defaultdict(list)
    for unit in units.values():
        below[unit.authority].append(unit)
    done: dict[str, UnitState] = {}
    cities: dict[str, int] = {"": 0}
    districts: dict[str, int] = {"": 0}
    roots: dict[str, int] = {}
    ready = below[""]
    for unit in ready:  # grows while it is walked
        parent = done.get(unit.authority)
        code, above = unit.code, unit.authority
        cities[code] = unit.id if unit.level == "city" else cities[above]
        districts[code] = unit.id if unit.level == "district" else districts[above]
        roots[code] = roots[above] if parent else unit.id
        done[code] = replace(
            unit,
            authority_id=parent.id if parent else None,
            path=(parent.path if parent else "") + segment(unit.id),
            district_id=districts[code] or cities[code] or roots[code],
            school_id=unit.id if unit.level == "school" else parent.school_id if parent else 0,
        )
        ready.extend(below.get(code, ()))
    return done


def standing_on(units: Units, day: str) -> dict[str, tuple[int, str]]:
    """code -> (id, error code): whether people can belong to the unit on `day`. A unit is closed with its ancestors.

    `units` come parents first, as `placed` returns them.
    """
    standing: dict[str, tuple[int, str]] = {"": (0, "")}
    for unit in units.values():
        state = standing[unit.authority][1]
        if unit.closed_on and unit.closed_on <= day:
            state = "unit_closed"
        elif not state and unit.opened_on and unit.opened_on > day:
            state = "unit_not_open_yet"
        standing[unit.code] = (unit.id, state)
    del standing[""]
    return standing
