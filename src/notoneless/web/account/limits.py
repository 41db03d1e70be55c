"""How long a session may last, and how many an account may have: by desk, the strictest of an account's desks.

Source: GB/T 22239-2019 8.1.4.1 (idle sessions end, sessions at once are limited); domain.md section 5 (30 minutes idle,
10 for administrators). A family's phone holds its own children's data only and keeps it for a week.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Limits:
    """`idle`: without anything done; `whole`: since signing in; `at_once`: sessions; `password`: a password's age.
    `is_kept_by_polls`: a board that asks by itself counts as something done."""

    idle: timedelta
    whole: timedelta
    at_once: int
    password: timedelta | None
    is_kept_by_polls: bool = False


FAMILY = Limits(timedelta(days=7), timedelta(days=30), 5, None)
STAFF = Limits(timedelta(minutes=30), timedelta(hours=12), 3, timedelta(days=90))
ADMINISTRATORS = Limits(timedelta(minutes=10), timedelta(hours=8), 1, timedelta(days=90))
WALL = Limits(timedelta(days=1), timedelta(days=30), 3, timedelta(days=90), is_kept_by_polls=True)
"""Nobody sits at a wall. Its account has no power and sees counts without small ones (roster/roles.py)."""
_BY_DESK = {"guardian": FAMILY, "admin": ADMINISTRATORS, "wall": WALL}


def limits_for(desks: Iterable[str]) -> Limits:
    """An account that is both a parent's and a teacher's has a teacher's session."""
    found = [_BY_DESK.get(desk, STAFF) for desk in desks]
    return min(found, key=lambda one: (one.idle, one.whole), default=STAFF)
