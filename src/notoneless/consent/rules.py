"""What a notice says and when it is another one; who consents; deadlines; small cells. Plain Python."""

import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

KINDS = ("access", "copy", "correct", "delete", "explain")
"""What a family can ask for: PIPL 44 to 48; minors' network protection regulation 34."""
CAPACITIES = ("guardian", "pupil", "for_pupil")
Capacity = Literal["guardian", "pupil", "for_pupil"]
OWN_CONSENT = 14
"""From this age on a pupil consents for themselves; below, a guardian does (PIPL 31)."""
SMALL = 5


@dataclass(frozen=True)
class FieldTold:
    """One thing that is collected. `is_separate`: asked and kept only with a consent of its own."""

    code: str
    zh: str
    en: str
    is_sensitive: bool
    is_separate: bool

    def label(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True)
class Paper:
    """The document of a policy, by number."""

    number: str
    zh: str
    en: str

    def label(self, language: str) -> str:
        return (self.zh if language.startswith("zh") else self.en or self.zh) or self.number


@dataclass(frozen=True)
class Notice:
    """What is collected about a child under one duty, what for, for whom, how long, and by which documents.

    `basis`: statutory (told, not asked: PIPL 13, 34, 35) or consent.
    """

    duty: str
    duty_id: int
    basis: str
    name_zh: str
    name_en: str
    purpose_zh: str
    purpose_en: str
    recipients_zh: str
    recipients_en: str
    retention_days: int
    asked: str
    fields: tuple[FieldTold, ...]
    documents: tuple[Paper, ...]

    @property
    def terms(self) -> str:
        """Digest of what a consent is given to. Another one means that it must be given anew (PIPL 14)."""
        fields = [(field.code, field.zh) for field in self.fields]
        return _digest([self.duty, self.purpose_zh, self.recipients_zh, self.retention_days, fields])

    @property
    def digest(self) -> str:
        """Digest of all that must be told. Another one means that it must be read anew."""
        separate = [field.code for field in self.fields if field.is_separate]
        return _digest([self.terms, self.basis, separate, sorted(paper.number for paper in self.documents)])

    @property
    def separate(self) -> list[FieldTold]:
        return [field for field in self.fields if field.is_separate]

    @property
    def sensitive(self) -> list[FieldTold]:
        """Asked of everyone, and sensitive (PIPL 28). What needs a separate consent is told apart."""
        return [field for field in self.fields if field.is_sensitive and not field.is_separate]

    @property
    def plain(self) -> list[FieldTold]:
        return [field for field in self.fields if not field.is_sensitive and not field.is_separate]

    @property
    def is_sensitive(self) -> bool:
        return any(field.is_sensitive for field in self.fields)

    @property
    def items(self) -> list[str]:
        """What can be consented to: the duty itself ("") where that is its basis, and each separate field."""
        return [*([""] if self.basis == "consent" else []), *(field.code for field in self.separate)]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def label(self, language: str) -> str:
        return self.name_zh if language.startswith("zh") else self.name_en

    def purpose(self, language: str) -> str:
        return self.purpose_zh if language.startswith("zh") else self.purpose_en

    def recipients(self, language: str) -> str:
        return self.recipients_zh if language.startswith("zh") else self.recipients_en


def _digest(told: object) -> str:
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def age_on(day: date, birth_date: date) -> int:
    """Whole years; whoever is born on 29 February grows older on 1 March."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def consents_for_themselves(birth_date: date | None, day: date) -> bool:
    """Whether a pupil is 14 or over. An unknown birth date counts as under 14, the stricter case."""
    return birth_date is not None and age_on(day, birth_date) >= OWN_CONSENT


def capacities_for(birth_date: date | None, day: date) -> tuple[Capacity, ...]:
    """In which capacity a consent about this pupil can be given."""
    return ("pupil", "for_pupil") if consents_for_themselves(birth_date, day) else ("guardian",)


@cache
def deadlines() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("deadlines.toml").read_text(encoding="utf-8"))


def due_after(made_on: date, working_days: int, is_working_day: Callable[[date], bool]) -> date:
    """The last of so many working days, the first being the next working day after `made_on`."""
    day = made_on
    while working_days:
        day += timedelta(days=1)
        working_days -= is_working_day(day)
    return day


def years_after(day: date, years: int) -> date:
    """The same date so many years on; 1 March for a 29 February that the year does not have."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def small_cell(count: int) -> int | str:
    """A count as it may leave the school: 1 to 4 persons are not shown (domain.md, section 5)."""
    return f"<{SMALL}" if 0 < count < SMALL else count
