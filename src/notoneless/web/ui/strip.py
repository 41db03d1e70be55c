"""A strip of days: one bar a day, each a link to that day. Drawn with attributes: the page may hold no style."""

from dataclasses import dataclass
from datetime import date

from notoneless.collect.queries import measure_label
from notoneless.expect.queries import DutyInfo
from notoneless.ledger.queries import DayUnitRef
from notoneless.rollup.queries import trend
from notoneless.web.ui.words import reading

HEIGHT = 48
SHOWN = {"class-check": "absent", "daily-health": "abnormal"}
"""Which measure tells most of a form."""


@dataclass(frozen=True)
class Bar:
    """One day; heights in units of the drawing."""

    day: date
    n: int
    expected: int
    height: int
    is_shown: bool

    @property
    def top(self) -> int:
        return HEIGHT - self.height


@dataclass(frozen=True)
class Strip:
    """What the bars count, and the bars, oldest first."""

    label: str
    bars: tuple[Bar, ...]


def strip_of(unit: DayUnitRef, day: date, duty: DutyInfo) -> Strip | None:
    """The four weeks up to a day; None for a form without a measure to show or without days."""
    measure = SHOWN.get(duty.form)
    found = trend(unit, day, duty, measure) if measure else []
    if measure is None or not found:
        return None
    most = max(1, *(one.n for one in found)) if len(found) > 1 else max(1, found[0].n)
    bars = tuple(
        Bar(one.day, one.n, one.expected, one.n * HEIGHT // most if one.n else 1, one.day == day) for one in found
    )
    return Strip(measure_label(duty.form, measure, reading()), bars)
