"""What every page of a bureau stands on: a unit on a day, seen through one duty."""

from dataclasses import dataclass

from django.http import HttpRequest

from notoneless.expect import queries as expect_queries
from notoneless.expect.queries import DutyInfo
from notoneless.kernel.errors import DomainError
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import DayUnitRef
from notoneless.roster.roles import EXPORT, NAMES, RULE
from notoneless.web.access import Reader
from notoneless.web.policy.calendar import is_year_due
from notoneless.web.ui.days import ShownDay, shown_day


@dataclass(frozen=True)
class Board:
    """`is_masked`: who reads sees counts and no names, and of the ill no small counts (rollup/small.py)."""

    unit: DayUnitRef
    shown: ShownDay
    duty: DutyInfo
    duties: tuple[DutyInfo, ...]
    crumbs: tuple[DayUnitRef, ...]
    tab: str
    may_manage: bool
    may_export: bool
    is_masked: bool
    is_year_due: bool

    @property
    def page(self) -> str:
        """The name of the address that shows another unit through the same tab."""
        return f"bureau_{self.tab}"


def board_of(request: HttpRequest, reader: Reader, code: str, tab: str) -> Board:
    shown = shown_day(request)
    known = expect_queries.duties()
    duty_code = request.GET.get("duty", "daily-health")
    if duty_code not in known:
        raise DomainError("unknown_duty", "duty", known=", ".join(known))
    unit = ledger_queries.day_unit(reader.scope, shown.day, code)
    above = [ref for ref in ledger_queries.ancestors(shown.day, unit) if reader.scope.covers(ref.path)]
    duties = tuple(duty for duty in known.values() if unit.level != "class" or duty.respondent == "person")
    may_manage = unit.level != "class" and reader.scope.may(RULE, unit.path)
    is_late = may_manage and unit.level != "school" and is_year_due()
    may_export, is_masked = reader.scope.may(EXPORT, unit.path), not reader.scope.may(NAMES, unit.path)
    return Board(unit, shown, known[duty_code], duties, (*above, unit), tab, may_manage, may_export, is_masked, is_late)


MISSING_LEVELS = ("district", "school", "class", "person")


def missing_levels(request: HttpRequest, reader: Reader, board: Board) -> tuple[list[str], str]:
    """The levels by which a unit's missing can be listed, widest first, and the one that is asked for.

    Raises DomainError `unknown_level`.
    """
    by_unit = board.duty.respondent == "unit"
    own = board.duty.level if by_unit else "person"
    levels = [level for level in _levels_below(board.unit) if not by_unit or level in ("district", "school")]
    if own == "person" and not reader.scope.may(NAMES, board.unit.path):
        levels = [one for one in levels if one != "person"]  # counts, and no names
        own = levels[-1] if levels else own
    level = request.GET.get("level", own)
    if level not in MISSING_LEVELS:
        raise DomainError("unknown_level", "level", known=", ".join(MISSING_LEVELS))
    return levels, level


def _levels_below(unit: DayUnitRef) -> list[str]:
    """The levels that can stand below a unit, widest first; people last."""
    order = ("province", "city", "district", "central", "school", "class", "person")
    return [level for level in order[order.index(unit.level) + 1 :] if level in MISSING_LEVELS]
