"""A report as it arrives: decoded, its shape checked, nothing looked up yet."""

import hashlib
import re
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from notoneless.kernel.clock import to_micros
from notoneless.kernel.errors import DomainError

WAYS = ("self", "guardian", "teacher", "device", "import")
FIRST_YEAR = 1970
_USUAL_ID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_usual_id = re.compile(_USUAL_ID)
_Text = Annotated[str, Meta(min_length=1, max_length=64)]
_encode = msgspec.json.Encoder(order="sorted").encode


class Arrival(msgspec.Struct, frozen=True):
    """One well-formed report. `id`: 32 hex digits; `made_at`: microseconds; `digest`: of everything but the id.

    `given` is `answers` as canonical JSON: what was sent, not yet checked.
    """

    id: str
    duty: str
    day: date
    session: str | None
    respondent: str
    is_unit: bool
    answers: Mapping[str, Any]
    made_at: int
    by: str
    digest: str
    given: bytes


class _Usual(msgspec.Struct, forbid_unknown_fields=True):
    """A report as nearly all of them are, checked in one step by msgspec."""

    id: Annotated[str, Meta(pattern=f"^{_USUAL_ID}$")]
    duty: _Text
    day: date
    answers: dict[str, Any]
    made_at: Annotated[datetime, Meta(tz=True)]
    by: Literal["self", "guardian", "teacher", "device", "import"]
    person: _Text | None = None
    unit: _Text | None = None
    session: str | None = None


def read_arrival(raw: object) -> Arrival:
    """Check the shape of one report as decoded from JSON. Raises DomainError naming the field."""
    try:
        usual = msgspec.convert(raw, _Usual)
    except msgspec.ValidationError:
        return _read_closely(raw)  # it says what is wrong with it, or accepts what is only spelt differently
    respondent = usual.unit if usual.person is None else usual.person
    if respondent is None or (usual.unit is not None and usual.person is not None) or usual.made_at.year < FIRST_YEAR:
        return _read_closely(raw)
    return _arrival(
        usual.id.replace("-", ""), usual.duty, usual.day, usual.session, respondent, usual.unit is not None,
        usual.answers, to_micros(usual.made_at), usual.by,
    )  # fmt: skip


def _arrival(
    report_id: str, duty: str, day: date, session: str | None, respondent: str, is_unit: bool, answers: dict[str, Any],
    made_at: int, by: str,
) -> Arrival:  # fmt: skip
    if "\0" in respondent:  # PostgreSQL's text cannot hold it, and would refuse a batch for one of its rows
        raise DomainError("invalid_report", "unit" if is_unit else "person")
    given = _encode(answers)
    head = _encode((duty, day, session, respondent, is_unit, made_at, by))
    digest = hashlib.blake2b(head + given, digest_size=16).hexdigest()
    return Arrival(report_id, duty, day, session, respondent, is_unit, answers, made_at, by, digest, given)


def _read_closely(raw: object) -> Arrival:
    if not isinstance(raw, dict):
        raise DomainError("invalid_report", "report")
    if not raw.keys() <= _NAMES:
        raise DomainError("invalid_report", str(next(name for name in raw if name not in _NAMES))[:40])
    person, unit = raw.get("person"), raw.get("unit")
    if (person is None) == (unit is None):
        raise DomainError("person_or_unit", "person")
    session = raw.get("session")
    answers = raw.get("answers")
    if not isinstance(answers, dict):
        raise DomainError("invalid_report", "answers")
    by = _text(raw, "by")
    if by not in WAYS:
        raise DomainError("bad_by", "by")
    report_id = read_id(raw.get("id"))
    made_at = _instant(_text(raw, "made_at"))
    day = read_day(_text(raw, "day"))
    respondent = _text(raw, "person" if unit is None else "unit")
    duty = _text(raw, "duty")
    if session is not None and not isinstance(session, str):
        raise DomainError("invalid_report", "session")
    return _arrival(report_id, duty, day, session, respondent, unit is not None, answers, made_at, by)


_NAMES = frozenset(("id", "duty", "day", "session", "person", "unit", "answers", "made_at", "by"))


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not value or len(value) > 64:
        raise DomainError("invalid_report", name)
    return value


def read_id(value: object) -> str:
    """A UUID in any spelling, as 32 hex digits. Raises DomainError `bad_id`."""
    if isinstance(value, str) and _usual_id.fullmatch(value):
        return value.replace("-", "")
    try:
        return uuid.UUID(str(value)).hex
    except ValueError as error:
        raise DomainError("bad_id", "id") from error


@lru_cache(maxsize=64)
def read_day(value: str) -> date:
    """A calendar date such as 2026-11-23. Raises DomainError `bad_day`."""
    try:
        if len(value) != 10:
            raise ValueError(value)
        return date.fromisoformat(value)
    except ValueError as error:
        raise DomainError("bad_day", "day") from error


def _instant(value: str) -> int:
    try:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None or instant.year < FIRST_YEAR:
            raise ValueError(value)
        return to_micros(instant)
    except (ValueError, OverflowError) as error:
        raise DomainError("bad_instant", "made_at") from error
