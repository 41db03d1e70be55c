"""Since when somebody is absent for illness, as the checks saw it. Plain Python."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Spell:
    """`since`: its first day; `days`: on how many days a check found the pupil absent for illness."""

    since: date
    days: int


def spell_of(checks: Iterable[tuple[date, bool]], until: date) -> Spell | None:
    """The spell that lasts on `until`. `checks`: (day, whether absent for illness) of what was checked, in any order.

    A day is one of illness when any of its checks says so. A day without a check (a weekend, a check nobody took) does
    not end a spell; a day on which every check saw the pupil does. None when the last day checked was not one of
    illness.
    """
    ill: dict[date, bool] = {}
    for day, is_ill in checks:
        if day <= until:
            ill[day] = ill.get(day, False) or is_ill
    found = None
    for day in sorted(ill, reverse=True):
        if not ill[day]:
            break
        found = Spell(day, found.days + 1 if found else 1)
    return found
