"""What an import did, row by row counted, and the first thousand refusals."""

from dataclasses import dataclass, field
from typing import Any, TypedDict

from notoneless.kernel.errors import DomainError

ERRORS_SHOWN = 1000


class ErrorEntry(TypedDict):
    file: str
    row: int
    column: str
    code: str
    message: str


@dataclass(frozen=True)
class RowError:
    """Row 0 is the file as a whole."""

    file: str
    row: int
    error: DomainError

    def entry(self, language: str) -> ErrorEntry:
        return {"file": self.file, "row": self.row, "column": self.error.field, "code": self.error.code,
                "message": self.error.message(language)}  # fmt: skip


@dataclass
class Counts:
    """Rows; always rows == added + changed + unchanged + refused."""

    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0

    def plus(self, other: "Counts") -> "Counts":
        return Counts(
            self.rows + other.rows, self.added + other.added, self.changed + other.changed,
            self.unchanged + other.unchanged, self.refused + other.refused,
        )  # fmt: skip

    def as_json(self) -> dict[str, int]:
        return {"rows": self.rows, "added": self.added, "changed": self.changed, "unchanged": self.unchanged,
                "refused": self.refused}  # fmt: skip


@dataclass
class ImportOutcome:
    """`links` counts OneRoster enrolments that lead nowhere; `is_refused`: a file was refused whole, nothing was read.
    `left`, `moved`: of the people changed, who leaves and who moves to another unit.

    `errors` holds the first ERRORS_SHOWN in the order of files and rows, `errors_left_off` counts the others.
    """

    units: Counts = field(default_factory=Counts)
    people: Counts = field(default_factory=Counts)
    links: Counts = field(default_factory=Counts)
    left: int = 0
    moved: int = 0
    errors: list[RowError] = field(default_factory=list)
    errors_left_off: int = 0
    is_refused: bool = False
    is_dry_run: bool = False

    @property
    def total(self) -> Counts:
        return self.units.plus(self.people).plus(self.links)

    @property
    def rows(self) -> int:
        return self.total.rows

    @property
    def added(self) -> int:
        return self.total.added

    @property
    def changed(self) -> int:
        return self.total.changed

    @property
    def unchanged(self) -> int:
        return self.total.unchanged

    @property
    def refused(self) -> int:
        return self.total.refused

    def as_json(self, language: str = "") -> dict[str, Any]:
        """The shape of `nol roster import --json`. Messages in `zh`, `en` or, by default, both."""
        return {
            **self.total.as_json(),
            "errors": [error.entry(language) for error in self.errors],
            "errors_left_off": self.errors_left_off,
            "units": self.units.as_json(),
            "people": self.people.as_json(),
            "refused_whole": self.is_refused,
            "dry_run": self.is_dry_run,
        }
