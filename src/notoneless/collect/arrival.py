"""A report as it arrives: decoded, its shape checked, nothing looked up yet."""

import hashlib
import re
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import msgspec

from notoneless.kernel.clock import to_micros
from notoneless.kernel.errors import DomainError

WAYS = ("self", "guardian", "teacher", "device", "import")
_USUAL_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
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


def read_arrival(raw: object) -> Arrival:
    """Check the shape of one report as decoded from JSON. Raises DomainError naming the field."""
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
    given = _encode(answers)
    head = _encode((duty, day, session, respondent, unit is not None, made_at, by))
    digest = hashlib.blake2b(head + given, digest_size=16).hexdigest()
    return Arrival(report_id, duty, day, session, respondent, unit is not None, answers, made_at, by, digest, given)


_NAMES = frozenset(("id", "duty", "day", "session", "person", "unit", "answers", "made_at", "by"))


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not value or len(value) > 64:
        raise DomainError("invalid_report", name)
    return value


def read_id(value: object) -> str:
    """A UUID in any spelling, as 32 hex digits. Raises DomainError `bad_id`."""
    if isinstance(value, str) and _USUAL_ID.fullmatch(value):
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
        if instant.tzinfo is None or instant.year < 1970:
            raise ValueError(value)
        return to_micros(instant)
    except (ValueError, OverflowError) as error:
        raise DomainError("bad_instant", "made_at") from error
