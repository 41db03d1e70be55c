"""Certificates as they are shown and verified."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from notoneless.kernel import audit
from notoneless.kernel.clock import to_micros
from notoneless.kernel.errors import DomainError
from notoneless.retain.models import Certificate


@dataclass(frozen=True)
class Shown:
    """A certificate. `what`: rows destroyed, by table."""

    number: int
    rule: str
    version: str
    basis: str
    what: dict[str, int]
    until: date | None
    approved_by: str
    reason: str
    made_at: datetime
    digest: str

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number, "rule": self.rule, "version": self.version, "basis": self.basis, "what": self.what,
            "until": str(self.until or ""), "approved_by": self.approved_by, "reason": self.reason,
            "made_at": self.made_at.isoformat(), "digest": self.digest,
        }  # fmt: skip


def canonical(row: Certificate) -> str:
    """The text that digest and seal are of."""
    told = [
        row.rule, row.version, row.basis, row.what, str(row.until or ""), row.approved_by, row.reason,
        to_micros(row.begun_at), to_micros(row.made_at),
    ]  # fmt: skip
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def certificates(*, limit: int, offset: int) -> tuple[int, list[Shown]]:
    """How many there are, and a page of them, newest first."""
    rows = Certificate.objects.order_by("-pk")
    return rows.count(), [_shown(row) for row in rows[offset : offset + limit]]


def certificate(number: int) -> Shown:
    """Raises DomainError `unknown_certificate`."""
    return _shown(_row(number))


def is_whole(number: int) -> bool:
    """Whether a certificate is what the system wrote. Raises DomainError `unknown_certificate`."""
    row = _row(number)
    text = canonical(row)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return hmac.compare_digest(row.digest, digest) and hmac.compare_digest(row.seal, audit.sealed("certificate", text))


def _row(number: int) -> Certificate:
    row = Certificate.objects.filter(pk=number).first()
    if row is None:
        raise DomainError("unknown_certificate", "number")
    return row


def _shown(row: Certificate) -> Shown:
    return Shown(
        row.pk, row.rule, row.version, row.basis, row.what, row.until, row.approved_by, row.reason, row.made_at,
        row.digest,
    )  # fmt: skip
