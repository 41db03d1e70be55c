"""Letters as their senders read them, and what a unit's families were sent from above."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from notoneless.kernel.errors import DomainError
from notoneless.publish.models import Letter, Receipt
from notoneless.publish.rules import powers_to_send
from notoneless.roster import queries as roster_queries
from notoneless.roster.models import Unit
from notoneless.roster.scope import Scope
from notoneless.roster.tree import ids_of


@dataclass(frozen=True)
class LetterInfo:
    """A letter as a page shows it. `households`: how many it went to, counted when it was sent; `opened` and
    `confirmed` of those by now, in its sender's own list. `corrected_by`: the newest letter that corrects it, or 0."""

    id: int
    unit_code: str
    unit_path: str
    unit_zh: str
    unit_en: str
    kind: str
    title_zh: str
    title_en: str
    body_zh: str
    body_en: str
    day: date
    sent_at: datetime
    sent_by: str
    households: int
    opened: int
    confirmed: int
    corrects: int
    corrected_by: int
    withdrawn_at: datetime | None
    withdrawn_why: str

    @property
    def asks_receipt(self) -> bool:
        return self.kind == "receipt"

    def label(self, language: str) -> str:
        return self.title_zh if language.startswith("zh") else self.title_en or self.title_zh

    def body(self, language: str) -> str:
        return self.body_zh if language.startswith("zh") else self.body_en or self.body_zh

    def sender(self, language: str) -> str:
        return self.unit_zh if language.startswith("zh") else self.unit_en or self.unit_zh


def may_send(scope: Scope, unit: Unit) -> bool:
    """Whether the scope may write to families in this unit's name."""
    return any(scope.may(power, unit.path) for power in powers_to_send(unit.level))


def sending_unit(scope: Scope, unit_code: str) -> Unit:
    """A unit in whose name the scope may write. Raises DomainError `out_of_scope`, `unknown_unit`, `wrong_role`."""
    unit = roster_queries.unit_by_code(scope, unit_code)
    if not may_send(scope, unit):
        raise DomainError("wrong_role")
    return unit


def letters_at(scope: Scope, unit_code: str, *, limit: int, offset: int) -> tuple[int, list[LetterInfo]]:
    """What a unit's families were sent by it and by the units above it, newest first: how many, and a page of them.

    Raises DomainError `out_of_scope`, `unknown_unit`.
    """
    unit = roster_queries.unit_by_code(scope, unit_code)
    rows = Letter.objects.select_related("unit").filter(unit_id__in=ids_of(unit.path)).order_by("-sent_at", "-pk")
    page = list(rows[offset : offset + limit])
    return rows.count(), infos(page, _counted([row.pk for row in page if row.unit_id == unit.pk]))


def letter_at(scope: Scope, unit_code: str, letter_id: int) -> LetterInfo:
    """A letter that reached the families of a unit. Raises DomainError `out_of_scope`, `unknown_unit`."""
    unit = roster_queries.unit_by_code(scope, unit_code)
    found = infos(Letter.objects.select_related("unit").filter(pk=letter_id, unit_id__in=ids_of(unit.path)))
    if not found:
        raise DomainError("out_of_scope", "unit")
    return found[0]


def infos(rows: Iterable[Letter], counted: Mapping[int, tuple[int, int]] | None = None) -> list[LetterInfo]:
    """Letters with their units. `counted`: how many have opened and confirmed each; 0 where it says nothing."""
    found, counts = list(rows), counted or {}
    later = Letter.objects.filter(corrects__in=[row.pk for row in found], withdrawn_at=None).order_by("pk")
    corrected = dict(later.values_list("corrects_id", "pk"))
    return [
        LetterInfo(
            row.pk, row.unit.code, row.unit.path, row.unit.name, row.unit.name_en, row.kind, row.title_zh, row.title_en,
            row.body_zh, row.body_en, row.day, row.sent_at, row.sent_by, row.households, *counts.get(row.pk, (0, 0)),
            row.corrects_id or 0, corrected.get(row.pk, 0), row.withdrawn_at, row.withdrawn_why,
        )
        for row in found
    ]  # fmt: skip


def _counted(letter_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Receipts of letters, and confirmed ones: read off an index, for a city's letter may have a million."""
    rows = Receipt.objects.filter(letter__in=letter_ids).values("letter").order_by("letter")
    return {row["letter"]: (row["n"], row["c"]) for row in rows.annotate(n=Count("letter"), c=Count("confirmed_at"))}
