"""A copy of everything held about a child, machine-readable: made while it is sent, never left on a disk."""

import io
import json
from collections.abc import Iterator

import xlsxwriter

from notoneless.consent.models import PrivacyRequest
from notoneless.consent.queries.holdings import TITLES, holdings_of
from notoneless.consent.services.requests import may_fetch
from notoneless.kernel import audit
from notoneless.kernel.clock import Clock
from notoneless.roster.scope import Scope

LONGEST_CELL = 32_767


def fetch_copy(scope: Scope, request_id: int, form: str, *, clock: Clock) -> Iterator[bytes]:
    """The copy that an accepted request entitles to, as `json` or `xlsx`, in pieces. Written to the audit log.

    Raises DomainError `out_of_scope`, before the first piece.
    """
    request = may_fetch(scope, request_id, clock=clock)
    audit.record(scope.actor, "privacy.copy", f"person:{request.person.code}", clock=clock,
                 detail={"unit": request.unit.code, "request": request.pk, "form": form})  # fmt: skip
    return _json(request, clock) if form == "json" else _xlsx(request)


def _json(request: PrivacyRequest, clock: Clock) -> Iterator[bytes]:
    head = {"format": "notoneless.person-copy.1", "made_at": clock.now().isoformat(timespec="seconds")}
    yield json.dumps(head)[:-1].encode()
    for name, rows in holdings_of(request.person_id):
        yield f',\n"{name}": ['.encode()
        for number, row in enumerate(rows):
            yield (("," if number else "") + "\n" + json.dumps(row, ensure_ascii=False, default=str)).encode()
        yield b"]"
    yield b"\n}\n"


def _xlsx(request: PrivacyRequest) -> Iterator[bytes]:
    """In memory: one child's rows are few, and a temporary file would be a copy left behind. Every cell is text, so
    that no answer becomes a formula."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        for name, rows in holdings_of(request.person_id):
            sheet = book.add_worksheet(TITLES[name].replace("/", "_"))
            for line, row in enumerate(rows, start=1):
                if line == 1:
                    for column, title in enumerate(row):
                        sheet.write_string(0, column, title)
                for column, value in enumerate(row.values()):
                    sheet.write_string(line, column, "" if value is None else str(value)[:LONGEST_CELL])
    yield held.getvalue()
