"""Resident numbers that are well formed and belong to nobody: GB 11643, a synthetic birth day, a running sequence.

Tables hold each part's share of the check sum, so that a city's 1.3 million numbers cost an addition each.
"""

from datetime import date, timedelta

from notoneless.demo.scales import CITY_CODE

FIRST_BIRTH = date(1950, 1, 1)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"


def _share(digits: str, start: int) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS[start:], strict=False))


def check_digit(body: str) -> str:
    """The last place of a resident number from its first seventeen."""
    return CHECKS[_share(body, 0) % 11]


_DAYS = [FIRST_BIRTH + timedelta(days=n) for n in range((date(2060, 1, 1) - FIRST_BIRTH).days)]
ISO = [day.isoformat() for day in _DAYS]
_COMPACT = [day.strftime("%Y%m%d") for day in _DAYS]
_DAY_SHARES = [_share(text, 6) for text in _COMPACT]
_SEQUENCES = [f"{n:03d}" for n in range(1000)]
_SEQUENCE_SHARES = [_share(text, 14) for text in _SEQUENCES]


def birth_number(day: date) -> int:
    """The place of a birth day in the tables."""
    return (day - FIRST_BIRTH).days


class Numbers:
    """Resident numbers of one area: for each birth day the next free sequence, odd for boys and even for girls."""

    def __init__(self, area: str) -> None:
        self._area = area
        self._share = _share(area, 0)
        self._taken = bytearray(2 * len(ISO))

    def next(self, birth: int, is_male: int) -> str:
        """Never the same twice. Empty where a birth day's sequence is used up (256 boys or girls of one area)."""
        place = 2 * birth + is_male
        taken = self._taken[place]
        if taken == 255:
            return ""
        self._taken[place] = taken + 1
        sequence = 2 * taken + is_male
        total = self._share + _DAY_SHARES[birth] + _SEQUENCE_SHARES[sequence]
        return f"{self._area}{_COMPACT[birth]}{_SEQUENCES[sequence]}{CHECKS[total % 11]}"


def issuing_area(area: str) -> str:
    """The six digits that a document can bear: a zone without a number issues none, its people have the city's."""
    return area if area.isdigit() else CITY_CODE
