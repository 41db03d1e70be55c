"""Forms as data, pure: check one report's answers and say which measures they raise.

A form is compiled once into plain functions, so that a batch pays for the questions and not for reading the form.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from notoneless.kernel.errors import DomainError

Answers = Mapping[str, Any]
Condition = Callable[[Answers], bool]
Check = Callable[[Any], Any]

_AREA = re.compile(r"\d{6}(\d{3}|\d{6})?")


@dataclass(frozen=True)
class Field:
    """One question: its check returns the canonical answer or raises DomainError on `answers.<code>`."""

    code: str
    check: Check
    is_required: bool
    applies: Condition


@dataclass(frozen=True)
class Form:
    """A compiled form version."""

    code: str
    version: int
    guard: str
    fields: Mapping[str, Field]
    measures: Mapping[str, Condition]
    measures_of: Mapping[str, tuple[str, ...]]
    required: frozenset[str]
    definition: Mapping[str, Any]


def compile_form(definition: Mapping[str, Any]) -> Form:
    """Raises KeyError for a definition that names a type or test that does not exist."""
    fields: dict[str, Field] = {}
    for entry in definition["fields"]:
        where = f"answers.{entry['code']}"
        fields[entry["code"]] = Field(
            code=entry["code"],
            check=_CHECKS[entry["type"]](where, entry),
            is_required=entry.get("required", False),
            applies=_condition(entry["when"]) if "when" in entry else _always,
        )
    return Form(
        code=definition["code"],
        version=definition["version"],
        guard=definition.get("guard", ""),
        fields=fields,
        measures={measure["code"]: _condition(measure["when"]) for measure in definition["measures"]},
        measures_of={
            code: tuple(m["code"] for m in definition["measures"] if code in _fields_of(m["when"])) for code in fields
        },
        required=frozenset(entry["code"] for entry in definition["fields"] if entry.get("required", False)),
        definition=definition,
    )


def check_answers(form: Form, answers: Answers) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The canonical answers, in the form's order, and the sorted measures that they raise. Raises DomainError."""
    for code in answers:
        if code not in form.fields:
            raise DomainError("unknown_answer", f"answers.{code[:40]}")
    checked: dict[str, Any] = {}
    for code, field in form.fields.items():
        given = answers.get(code)
        if given is None or given == "" or given == []:
            if field.is_required:
                raise DomainError("answer_required", f"answers.{code}")
            continue
        checked[code] = field.check(given)
    for code in checked:
        if not form.fields[code].applies(checked):
            raise DomainError("answer_not_applicable", f"answers.{code}")
    # Every test asks for something that was answered, so only the measures of answered questions can hold.
    possible = {measure for code in checked for measure in form.measures_of[code]}
    return checked, tuple(sorted(code for code in possible if form.measures[code](checked)))


def _always(answers: Answers) -> bool:
    return True


def _condition(test: Mapping[str, Any]) -> Condition:
    if "any" in test:
        parts = [_condition(part) for part in test["any"]]
        return lambda answers: any(part(answers) for part in parts)
    if "all" in test:
        parts = [_condition(part) for part in test["all"]]
        return lambda answers: all(part(answers) for part in parts)
    field = test["field"]
    ((name, wanted),) = ((name, value) for name, value in test.items() if name != "field")
    return _TESTS[name](field, wanted)


def _fields_of(test: Mapping[str, Any]) -> set[str]:
    parts = [*test.get("any", ()), *test.get("all", ())]
    return {test["field"]} if "field" in test else {field for part in parts for field in _fields_of(part)}


_TESTS: Mapping[str, Callable[[str, Any], Condition]] = {
    "is": lambda field, wanted: lambda answers: answers.get(field) is wanted,
    "in": lambda field, wanted: lambda answers: answers.get(field) in wanted,
    "has": lambda field, wanted: lambda answers: wanted in answers.get(field, ()),
    "any_item": lambda field, wanted: lambda answers: bool(answers.get(field)) is wanted,
    "ge": lambda field, wanted: lambda answers: isinstance(v := answers.get(field), int) and v >= wanted,
    "le": lambda field, wanted: lambda answers: isinstance(v := answers.get(field), int) and v <= wanted,
}


def _wrong_type(where: str, zh: str, en: str) -> DomainError:
    return DomainError("answer_wrong_type", where, zh=zh, en=en)


def _temperature(where: str, entry: Mapping[str, Any]) -> Check:
    least, most = entry["min"], entry["max"]
    also = {option["code"] for option in entry.get("also", ())}

    def check(value: Any) -> Any:
        if isinstance(value, str) and value in also:
            return value
        if type(value) is not int:
            raise DomainError("temperature_not_tenths", where)
        if not least <= value <= most:
            raise DomainError("temperature_out_of_range", where, least=least, most=most)
        return value

    return check


def _choice(where: str, entry: Mapping[str, Any]) -> Check:
    options = [option["code"] for option in entry["options"]]

    def check(value: Any) -> str:
        if not isinstance(value, str) or value not in options:
            raise DomainError("answer_not_an_option", where, known=", ".join(options))
        return value

    return check


def _choices(where: str, entry: Mapping[str, Any]) -> Check:
    options = [option["code"] for option in entry["options"]]

    def check(value: Any) -> list[str]:
        if not isinstance(value, list):
            raise _wrong_type(where, "选项列表", "a list of options")
        if any(not isinstance(item, str) or item not in options for item in value):
            raise DomainError("answer_not_an_option", where, known=", ".join(options))
        return [option for option in options if option in value]

    return check


def _yes_no(where: str, entry: Mapping[str, Any]) -> Check:
    def check(value: Any) -> bool:
        if not isinstance(value, bool):
            raise _wrong_type(where, "是或否（true/false）", "true or false")
        return value

    return check


def _text(where: str, entry: Mapping[str, Any]) -> Check:
    most = entry["max_length"]

    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise _wrong_type(where, "文字", "text")
        clean = value.replace("\x00", "").strip()
        if len(clean) > most:
            raise DomainError("answer_too_long", where, most=most)
        return clean

    return check


def _count(where: str, entry: Mapping[str, Any]) -> Check:
    least, most = entry["min"], entry["max"]

    def check(value: Any) -> int:
        if type(value) is not int:
            raise _wrong_type(where, "整数", "a whole number")
        if not least <= value <= most:
            raise DomainError("answer_out_of_range", where, least=least, most=most)
        return value

    return check


def _area(where: str, entry: Mapping[str, Any]) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str) or not _AREA.fullmatch(value):
            raise _wrong_type(where, "6、9 或 12 位区划代码", "an area code of 6, 9 or 12 digits")
        return value

    return check


def _trips(where: str, entry: Mapping[str, Any]) -> Check:
    most = entry["max_items"]
    shape = ("行程列表，每项有 place、from、to", "a list of trips, each with place, from and to")

    def check(value: Any) -> list[dict[str, str]]:
        if not isinstance(value, list) or any(not isinstance(trip, dict) for trip in value):
            raise _wrong_type(where, *shape)
        if len(value) > most:
            raise DomainError("answer_too_long", where, most=most)
        return [_trip(f"{where}.{place}", trip, shape) for place, trip in enumerate(value)]

    return check


def _trip(where: str, trip: Mapping[str, Any], shape: tuple[str, str]) -> dict[str, str]:
    place, first, last = trip.get("place"), trip.get("from"), trip.get("to")
    if set(trip) - {"place", "from", "to"} or not isinstance(place, str) or not 0 < len(place.strip()) <= 80:
        raise _wrong_type(where, *shape)
    try:
        days = [date.fromisoformat(str(day)) for day in (first, last or first)]
    except ValueError as error:
        raise DomainError("bad_day", where) from error
    if days[1] < days[0]:
        raise DomainError("days_out_of_order", where)
    return {"place": place.strip(), "from": str(days[0]), "to": str(days[1])}


_CHECKS: Mapping[str, Callable[[str, Mapping[str, Any]], Check]] = {
    "temperature": _temperature, "choice": _choice, "choices": _choices, "yes_no": _yes_no, "text": _text,
    "count": _count, "area": _area, "trips": _trips,
}  # fmt: skip
