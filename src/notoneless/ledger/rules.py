"""The slot's state machine, pure: what is claimed of a slot, whether a report filled it, whether its window closed.

The state is a function of those three facts, so the order in which they came cannot matter (design.md, section 3).
"""

from typing import Literal, NamedTuple

Claim = Literal["owed", "excused", "none"]
"""What the policies say of a respondent: owed, owed but excused with a reason, or not owed at all."""

State = Literal["due", "reported", "excused", "missing", "void", "voluntary"]

COLUMNS: tuple[str, ...] = ("on_time", "late", "excused", "missing", "due", "voluntary")
"""The tally's columns. A void slot is in none of them."""


def settle(claim: Claim, *, is_filled: bool, is_closed: bool) -> State:
    """The state of a slot from its three facts."""
    match claim:
        case "owed":
            return "reported" if is_filled else "missing" if is_closed else "due"
        case "excused":
            return "reported" if is_filled else "excused"
        case "none":
            return "voluntary" if is_filled else "void"


def column(state: State, on_time: bool | None) -> str | None:
    """The tally column that a slot counts in; None when it counts in none."""
    if state == "reported":
        return "on_time" if on_time else "late"
    return None if state == "void" else state


class Fill(NamedTuple):
    """When a slot counts as filled: the earliest of its reports. An observed instant beats an equal declared one."""

    at: int
    is_declared: bool

    def is_on_time(self, due_at: int) -> bool:
        return self.at <= due_at


def earlier(known: Fill | None, new: Fill) -> Fill:
    """Commutative, associative and idempotent: reports may come in any order, any number of times."""
    return new if known is None else min(known, new)


def supersedes(new: tuple[int, str], known: tuple[int, str] | None) -> bool:
    """The last writer by (made_at, report id) holds the slot."""
    return known is None or new > known
