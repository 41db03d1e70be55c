"""Units of a replay: founded on the first day that a file names them, moved when a later file says so."""

from datetime import date

from notoneless.roster.kinds import KINDS
from notoneless.roster.models import Unit
from notoneless.roster.tree import segment


def found_unit(code: str, name: str, kind: str, authority: Unit | None, *, on: date) -> Unit:
    """The unit of this code, made or brought into line. A day that is already open keeps its own tree."""
    unit = Unit.objects.filter(code=code).first() or Unit.objects.create(
        code=code, name=name, kind=kind, level=KINDS[kind].level, authority=authority, opened_on=on
    )
    own = segment(unit.id)
    unit.name, unit.authority = name, authority
    unit.path = (authority.path if authority else "") + own
    is_bureau = unit.level in ("city", "district")
    unit.district_id = unit.id if is_bureau or authority is None else authority.district_id
    unit.school_id = unit.id if unit.level == "school" else authority.school_id if authority else 0
    unit.opened_on = min(unit.opened_on or on, on)
    unit.closed_on = None
    unit.save()
    return unit


def close_units(root: Unit, *, on: date) -> None:
    """After its last day a replay's tree is closed, so that the days of a living city do not wait for it."""
    Unit.objects.filter(path__startswith=root.path).update(closed_on=on)


def reopen_units(root_code: str) -> None:
    """Before a replay is repeated: its tree is open again."""
    root = Unit.objects.filter(code=root_code).first()
    if root is not None:
        Unit.objects.filter(path__startswith=root.path).update(closed_on=None)
