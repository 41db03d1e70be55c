"""Write a certificate."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from notoneless.kernel import audit
from notoneless.kernel.clock import Clock
from notoneless.kernel.errors import DomainError
from notoneless.retain.models import Certificate
from notoneless.retain.queries import canonical
from notoneless.retain.rules import Term


@dataclass(frozen=True)
class Approval:
    """Who approved a destruction, and why. Raises DomainError `value_required`, `value_too_long`."""

    by: str
    reason: str

    def __post_init__(self) -> None:
        for name, text, most in (("approved_by", self.by, 150), ("reason", self.reason, 200)):
            if not text.strip():
                raise DomainError("value_required", name)
            if len(text) > most:
                raise DomainError("value_too_long", name, limit=most)


def certify(
    term: Term, what: Mapping[str, int], approval: Approval, *, begun_at: datetime, until: date | None, clock: Clock
) -> Certificate:
    """In the transaction of the last destruction that it tells of."""
    row = Certificate(
        rule=term.rule, version=term.version, basis=term.basis, what=dict(sorted(what.items())), until=until,
        approved_by=approval.by, reason=approval.reason, begun_at=begun_at, made_at=clock.now(),
    )  # fmt: skip
    text = canonical(row)
    row.digest, row.seal = hashlib.sha256(text.encode()).hexdigest(), audit.sealed("certificate", text)
    row.save()
    audit.record(approval.by, f"retention.{term.rule}", f"certificate:{row.pk}", clock=clock,
                 detail={"why": approval.reason})  # fmt: skip
    return row
