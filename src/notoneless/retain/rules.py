"""The rule pack as plain Python."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACK = Path(__file__).with_name("pack.toml")


@dataclass(frozen=True)
class Term:
    """How long one kind of data is kept. `days` None: each duty says for itself."""

    rule: str
    version: str
    days: int | None
    basis: str


@cache
def terms() -> dict[str, Term]:
    pack = tomllib.loads(PACK.read_text(encoding="utf-8"))
    version = pack.pop("version")
    return {rule: Term(rule, version, one.get("days"), one["basis"]) for rule, one in pack.items()}
