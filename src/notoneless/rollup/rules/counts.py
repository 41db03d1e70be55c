"""Completeness and ranking, pure: counts in, rates and places out. Rates are exact fractions, never averaged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Counts:
    """The six columns of a tally, and what is read from them."""

    on_time: int = 0
    late: int = 0
    excused: int = 0
    missing: int = 0
    due: int = 0
    voluntary: int = 0

    @property
    def reported(self) -> int:
        return self.on_time + self.late

    @property
    def expected(self) -> int:
        return self.reported + self.excused + self.missing + self.due

    @property
    def unheard(self) -> int:
        return self.missing + self.due

    @property
    def rate(self) -> Fraction | None:
        """reported / (expected - excused); None when nothing is expected."""
        base = self.expected - self.excused
        return Fraction(self.reported, base) if base else None

    @property
    def on_time_rate(self) -> Fraction | None:
        """on time / (expected - excused); None when nothing is expected."""
        base = self.expected - self.excused
        return Fraction(self.on_time, base) if base else None

    @property
    def standing(self) -> int | None:
        """Orders as `rate` does and is equal where it is, for counts below 2 to the 32nd; in a hundredth of the time.

        Two different fractions with such denominators are more than 2 to the -64th apart.
        """
        base = self.expected - self.excused
        return (self.reported << 64) // base if base else None

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(a + b for a, b in zip(self.columns, other.columns, strict=True)))

    @property
    def columns(self) -> tuple[int, ...]:
        return (self.on_time, self.late, self.excused, self.missing, self.due, self.voluntary)


def total(parts: Iterable[Counts]) -> Counts:
    """The whole is the sum of its parts, and nothing else."""
    return sum(parts, Counts())


def places(rates: Sequence[Fraction | None] | Sequence[int | None]) -> list[int | None]:
    """The place of each rate or standing, highest first; ties share a place, the next is skipped; None has no place."""
    order = sorted((rate for rate in rates if rate is not None), reverse=True)
    first = {rate: place for place, rate in reversed(list(enumerate(order, start=1)))}
    return [None if rate is None else first[rate] for rate in rates]
