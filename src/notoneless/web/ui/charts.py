"""A chart as data: what its script draws and what its table says are the same numbers, rounded here alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal


@dataclass(frozen=True)
class Series:
    """One line or one set of bars. None is a gap: nothing was owed, or the figure is not to be shown."""

    name: str
    values: Sequence[float | int | None]


@dataclass(frozen=True)
class Chart:
    """`key`: its id on the page and in the name of a download. `subject`: of what and when, for a picture that leaves
    the page. `is_share`: values are percentages."""

    key: str
    title: str
    subject: str
    kind: Literal["line", "bar"]
    labels: Sequence[str]
    series: Sequence[Series]
    is_share: bool = False
    note: str = ""

    @property
    def script_id(self) -> str:
        return f"{self.key}-data"

    @property
    def data(self) -> dict[str, Any]:
        """What `static/charts.js` reads."""
        return {
            "title": self.title, "subject": self.subject, "kind": self.kind, "labels": list(self.labels),
            "share": self.is_share,
            "series": [{"name": one.name, "values": list(one.values)} for one in self.series],
        }  # fmt: skip

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """The table beside it: a label and each series' value as text."""
        return [
            (label, [self._text(one.values[place]) for one in self.series]) for place, label in enumerate(self.labels)
        ]

    def _text(self, value: float | int | None) -> str:
        if value is None:
            return "—"
        return f"{value:.1f}\u2009%" if self.is_share else str(value)


def share(n: int, of: int) -> float | None:
    """A percentage with one decimal, rounded down: 100 means all. None of nothing."""
    if of <= 0:
        return None
    tenths = Fraction(n * 1000, of)
    return (tenths.numerator // tenths.denominator) / 10
