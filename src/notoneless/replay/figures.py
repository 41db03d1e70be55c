"""What a replay found on one day, beside what the file says."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class ReplayedDay:
    """One day's figures: in the file and in the ledger. `note` says what kind of day it was."""

    day: date
    in_file: dict[str, int]
    in_ledger: dict[str, int]
    note: str = ""

    @property
    def is_equal(self) -> bool:
        return self.in_file == self.in_ledger

    def as_json(self) -> dict[str, Any]:
        return {"day": str(self.day), "file": self.in_file, "ledger": self.in_ledger, "equal": self.is_equal,
                "note": self.note}  # fmt: skip


@dataclass
class Replayed:
    """A whole replay. `refused` holds (file, code, message) of what could not be read."""

    unit: str
    days: list[ReplayedDay] = field(default_factory=list)
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    sign_in: str = ""
    page: str = ""

    @property
    def mismatches(self) -> list[ReplayedDay]:
        return [day for day in self.days if not day.is_equal]

    def as_json(self) -> dict[str, Any]:
        return {
            "unit": self.unit,
            "days": [day.as_json() for day in self.days],
            "refused": [{"file": f, "code": c, "message": m} for f, c, m in self.refused],
            "mismatches": len(self.mismatches),
            "sign_in": self.sign_in,
            "page": self.page,
        }
