"""A year of the nation's calendar as people write it down: one line a holiday, one line a worked weekend day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from notoneless.kernel.errors import DomainError


@dataclass(frozen=True)
class Holiday:
    """Consecutive days off by law."""

    first_day: date
    last_day: date
    name_zh: str
    name_en: str = ""


def read_holidays(text: str) -> list[Holiday]:
    """Lines such as `2027-01-01 2027-01-03 元旦 / New Year's Day`; a single day needs no last day, and none a name.

    Raises DomainError `bad_calendar_line`, which names the line.
    """
    found = []
    for number, words in _lines(text):
        first = _date(words[0])
        if first is None:
            raise DomainError("bad_calendar_line", "holidays", line=number)
        last, names = first, words[1:]
        # A word that begins like a date is meant as one: a slip in it must not become part of the name.
        if names and names[0][:1].isdecimal():
            second = _date(names[0])
            if second is None:
                raise DomainError("bad_calendar_line", "holidays", line=number)
            last, names = second, names[1:]
        zh, _, en = " ".join(names).partition("/")
        found.append(Holiday(first, last, zh.strip(), en.strip()))
    return found


def read_makeups(text: str) -> list[date]:
    """Lines that begin with a date. Raises DomainError `bad_calendar_line`."""
    found = []
    for number, words in _lines(text):
        day = _date(words[0])
        if day is None or (len(words) > 1 and words[1][:1].isdecimal()):
            raise DomainError("bad_calendar_line", "makeups", line=number)
        found.append(day)
    return found


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if words := line.split():
            yield number, words


def _date(word: str) -> date | None:
    try:
        return date.fromisoformat(word) if word[4:5] == word[7:8] == "-" and len(word) == 10 else None
    except ValueError:
        return None
