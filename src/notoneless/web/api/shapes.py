"""The shapes of the API, for its description. Answers are written by the stages themselves and not checked twice."""

from typing import Any, Literal

from ninja import Schema


class Error(Schema):
    """`message`: in the language of Accept-Language; without it in Chinese and English."""

    code: str
    field: str
    message: str


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
