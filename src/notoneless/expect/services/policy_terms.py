"""The terms of policies as their makers write them: a file (TOML or JSON), or a page's form."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec

from notoneless.expect.rules.policies import Minutes
from notoneless.kernel.errors import DomainError

LONGEST_FILE = 2_000_000


class DocumentTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The paper on which a policy rests."""

    number: str
    issuer: str = ""
    dated: date | None = None
    title_zh: str = ""
    title_en: str = ""
    link: str = ""
    text: str = ""


class PolicyTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a policy says. `windows`: session code -> opens, due and closes in minutes after midnight."""

    code: str
    duty: str
    effect: str
    effective_from: date
    unit: str = ""
    strictness: str = "default"
    days: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    populations: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    windows: Mapping[str, Minutes] = {}
    effective_to: date | None = None
    document: DocumentTerms | None = None
    title_zh: str = ""
    title_en: str = ""
    supersedes: str = ""


def read_policies(path: Path) -> list[PolicyTerms]:
    """The policies of a TOML or JSON file; windows may be written as clock times ("08:00").

    Raises DomainError `file_unreadable`, `policy_file_broken` (naming the place), `policy_cycle`.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DomainError("file_unreadable", path.name, why=error.strerror or "") from error
    if len(raw) > LONGEST_FILE:
        raise DomainError("policy_file_broken", path.name, why=f"> {LONGEST_FILE} bytes")
    try:
        text = raw.decode("utf-8-sig")
        found = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (UnicodeDecodeError, json.JSONDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise DomainError("policy_file_broken", path.name, why=str(error)) from error
    return policies_from(found, name=path.name)


def policies_from(found: Any, *, name: str) -> list[PolicyTerms]:
    """The policies of decoded data: {"document": [...], "policy": [...]}; a policy names its document by number."""
    if not isinstance(found, dict) or set(found) - {"document", "policy"}:
        raise DomainError("policy_file_broken", name, why="document, policy")
    try:
        documents = {
            one.number: one
            for one in msgspec.convert(_plain(found.get("document", [])), list[DocumentTerms], strict=False)
        }
        entries = _plain(found.get("policy", []))
        terms = [_terms(entry, documents) for entry in entries]
    except (msgspec.ValidationError, TypeError, AttributeError) as error:
        raise DomainError("policy_file_broken", name, why=str(error)) from error
    if not terms:
        raise DomainError("policy_file_broken", name, why="[[policy]]")
    return terms


def _terms(entry: Any, documents: Mapping[str, DocumentTerms]) -> PolicyTerms:
    changed = dict(entry)
    number = changed.get("document")
    if isinstance(number, str):
        known = documents.get(number)
        changed["document"] = msgspec.to_builtins(known) if known else {"number": number}
    windows = changed.get("windows", {})
    changed["windows"] = {code: [minutes_of(at) for at in window] for code, window in windows.items()}
    return msgspec.convert(changed, PolicyTerms, strict=False)


def _plain(value: Any) -> Any:
    """TOML has dates of its own; everything else is as JSON has it."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return value


def minutes_of(at: object) -> int:
    """Minutes after midnight of "08:30", or of a number of them; "24:00" and beyond are the next day's.

    Raises DomainError `bad_clock_time`.
    """
    if isinstance(at, int) and not isinstance(at, bool):
        return at
    hours, colon, minutes = str(at).strip().partition(":")
    if not colon or not (hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2 and int(minutes) < 60):
        raise DomainError("bad_clock_time", "windows", value=str(at)[:20])
    return int(hours) * 60 + int(minutes)
