"""The shapes of the API, for its description. Answers are written by the stages themselves and not checked twice."""

import uuid
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.conf import settings
from ninja import Schema
from pydantic import StringConstraints

Text = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Error(Schema):
    """`message`: in the language of Accept-Language; without it in Chinese and English."""

    code: str
    field: str
    message: str


class Report(Schema):
    """What is sent: of one person or of one unit. `id` is the sender's own, and stays with this content for ever."""

    model_config = {"extra": "forbid"}

    id: uuid.UUID
    duty: Text
    day: date
    session: str | None = None
    person: Text | None = None
    unit: Text | None = None
    answers: dict[str, Any]
    made_at: datetime
    by: Literal["self", "guardian", "teacher", "device", "import"]


_REPORT = Report.model_json_schema()
REPORTS = {"oneOf": [_REPORT, {"type": "array", "items": _REPORT, "maxItems": settings.REPORTS_PER_REQUEST}]}
"""One report, or an array of them: the body of POST /reports."""


class Refusal(Schema):
    error: Error


class Result(Schema):
    """What became of one report: a state, or an error. Errors of single reports do not touch the others."""

    id: str
    state: Literal["reported", "voluntary", "excused"] | None = None
    on_time: bool | None = None
    revision: int | None = None
    duplicate: bool | None = None
    error: Error | None = None


class Results(Schema):
    results: list[Result]


class Figures(Schema):
    """reported = on_time + late, expected = reported + excused + missing + due; no rate when nobody is expected."""

    unit: str
    day: str
    duty: str
    expected: int
    reported: int
    on_time: int
    late: int
    excused: int
    missing: int
    due: int
    rate: float | None
    measures: dict[str, int]
    hidden: list[str] = []


class Completeness(Figures):
    children: list[Figures]


class LetterHead(Schema):
    """`kind`: information, or receipt, which families confirm once."""

    id: int
    unit: str
    kind: Literal["information", "receipt"]
    title_zh: str
    title_en: str
    day: str
    sent_at: str
    withdrawn: bool


class FamilyLetter(LetterHead):
    body_zh: str
    body_en: str
    unread: bool
    confirmed: bool


class FamilyLetters(Schema):
    total: int
    unread: int
    items: list[FamilyLetter]


class UnitLetter(LetterHead):
    """Figures of the unit's own letters; a letter from above has none here."""

    households: int | None = None
    opened: int | None = None
    confirmed: int | None = None


class UnitLetters(Schema):
    unit: str
    total: int
    items: list[UnitLetter]


class PersonDays(Schema):
    """Oldest first; a day on which nothing was owed or given has no item."""

    person: str
    until: str
    duty: str
    days: int
    items: list[dict[str, Any]]


class Listed(Schema):
    """One page of a list; `total` counts all of it."""

    unit: str
    day: str
    duty: str
    level: str
    total: int
    items: list[dict[str, Any]]
