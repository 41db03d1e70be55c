"""Registering an impact assessment from a TOML file. One is never edited: the next takes its place."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from notoneless.consent.models import Assessment
from notoneless.consent.rules import deadlines, years_after
from notoneless.expect import queries as expect_queries
from notoneless.kernel import audit
from notoneless.kernel.clock import Clock
from notoneless.kernel.errors import DomainError
from notoneless.roster.scope import Scope

CONCLUSIONS = ("approved", "conditional", "refused")
_TEXTS = {"code": 60, "processing": 4000, "purpose": 4000, "necessity": 4000, "approver": 80}
_LISTS = ("risks", "measures")
_DATES = ("approved_on", "valid_until")
_OPTIONAL = ("remarks", "duty", "conclusion")


def read_assessment(path: Path) -> dict[str, Any]:
    """The fields of an assessment's file. Raises DomainError `bad_assessment` naming the field."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DomainError("bad_assessment", path.name, why=type(error).__name__) from error
    for name in told.keys() - {*_TEXTS, *_LISTS, *_DATES, *_OPTIONAL}:
        raise _wrong(name, "未知项 / unknown")
    for name, most in _TEXTS.items():
        text = told.get(name)
        if not isinstance(text, str) or not 0 < len(text.strip()) <= most or "\0" in text:
            raise _wrong(name, f"须为 1 到 {most} 字 / text of 1 to {most}")
    for name in _LISTS:
        lines = told.get(name)
        if not isinstance(lines, list) or not lines or not all(isinstance(line, str) and line for line in lines):
            raise _wrong(name, "须为非空列表 / a list that is not empty")
    for name in _DATES:
        if type(told.get(name)) is not date:
            raise _wrong(name, "须为日期 / a date")
    if told["valid_until"] <= told["approved_on"]:
        raise _wrong("valid_until", "须晚于批准日 / after the day of approval")
    if told.get("conclusion") not in CONCLUSIONS:
        raise _wrong("conclusion", " | ".join(CONCLUSIONS))
    if not isinstance(told.get("remarks", ""), str):
        raise _wrong("remarks", "须为文字 / text")
    return told


def _wrong(name: str, why: str) -> DomainError:
    return DomainError("bad_assessment", name, why=why)


def add_assessment(scope: Scope, told: dict[str, Any], *, clock: Clock) -> bool:
    """Register what `read_assessment` read; False where it is registered already, word for word.

    Raises DomainError `assessment_exists`, `unknown_duty`.
    """
    duty = expect_queries.duty_by_code(str(told.get("duty", "")))
    fields = {**told, "duty": None, "remarks": told.get("remarks", "")}
    fields |= {
        "duty_id": duty.id,
        "keep_until": years_after(told["valid_until"], deadlines()["assessment"]["kept_years"]),
    }
    del fields["duty"]
    with transaction.atomic():
        held = Assessment.objects.filter(code=told["code"]).first()
        if held is not None:
            if any(getattr(held, name) != value for name, value in fields.items()):
                raise DomainError("assessment_exists", "code", name=told["code"])
            return False
        Assessment.objects.create(**fields, added_by=scope.actor, added_at=clock.now())
        audit.record(scope.actor, "assessment.add", duty.code, clock=clock, detail={"assessment": told["code"]})
    return True
