"""What of an earlier report may be said again by "as yesterday": what somebody stated, never what somebody measured."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from notoneless.collect.rules import Form, check_answers
from notoneless.kernel.errors import DomainError

NEVER = ("temperature", "trips", "text")
"""A measurement is of its day; a journey has its dates; words were written about another day."""


def carried(form: Form, answers: Mapping[str, Any]) -> dict[str, Any] | None:
    """The answers that may be given again, canonical; None when nothing is left or today's form does not take them."""
    kinds = {entry["code"]: entry for entry in form.definition["fields"]}
    kept = {code: value for code, value in answers.items() if code in kinds and kinds[code]["type"] not in NEVER}
    # A question that was asked because of an answer goes with it.
    needs = {code: (kinds[code].get("when") or {"field": code})["field"] for code in kept}
    kept = {code: value for code, value in kept.items() if needs[code] in kept}
    if not kept:
        return None
    try:
        return check_answers(form, kept)[0]
    except DomainError:
        return None


def mark_of(answers: Mapping[str, Any]) -> str:
    """By which "as yesterday" says what it means: nothing else is sent in its name."""
    return hashlib.blake2b(json.dumps(answers, sort_keys=True).encode(), digest_size=6).hexdigest()
