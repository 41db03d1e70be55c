"""One error shape: a stable code, the field, and a sentence in Chinese and English that names the field.

Sentences are data (`errors/*.json`); a code is never reused. `DomainError` is raised by rules and services and
translated once, at the edge (page, API, command line).
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypedDict


class ErrorShape(TypedDict):
    code: str
    field: str
    message: str


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """code -> {"zh": sentence, "en": sentence}; sentences may hold {field} and the error's own parameters."""
    loaded: dict[str, Mapping[str, str]] = {}
    for path in sorted(Path(__file__).with_name("errors").glob("*.json")):
        for code, sentences in json.loads(path.read_text(encoding="utf-8")).items():
            if loaded.setdefault(code, sentences) != sentences:
                raise LookupError(f"the error code {code!r} has two sentences")
    return loaded


class DomainError(Exception):
    """What a user did that cannot be done. `params` fill the sentence; they must hold no personal data."""

    def __init__(self, code: str, field: str = "", **params: Any) -> None:
        super().__init__(code)
        if code not in catalogue():
            raise LookupError(f"no sentence for the error code {code!r}")
        self.code = code
        self.field = field
        self.params = params

    def sentence(self, language: str) -> str:
        """The sentence in `zh` or `en`."""
        return catalogue()[self.code][language].format_map({"field": self.field, **self.params})

    def message(self, language: str = "") -> str:
        """In the reader's language; in both, Chinese first, when the reader's language is not known."""
        if language:
            return self.sentence("zh" if language.startswith("zh") else "en")
        return f"{self.sentence('zh')} / {self.sentence('en')}"

    def shape(self, language: str = "") -> ErrorShape:
        return {"code": self.code, "field": self.field, "message": self.message(language)}

    def __str__(self) -> str:
        return f"{self.code}: {self.message()}"
