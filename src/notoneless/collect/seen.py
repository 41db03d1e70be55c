"""What families sent for a class, with what differs, and whether the teacher has seen it."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from notoneless.collect.differences import DIFFERENCES, differences
from notoneless.collect.models import ReportSeen
from notoneless.expect import queries as expect_queries
from notoneless.kernel.clock import Clock
from notoneless.kernel.errors import DomainError
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import SlotView
from notoneless.roster import queries as roster_queries
from notoneless.roster.roles import NAMES, REPORT
from notoneless.roster.scope import Scope

CHECKS = ("noon-check", "morning-check")
"""The later check speaks where both were taken."""
FAMILY = "daily-health"


@dataclass(frozen=True)
class Seen:
    """Somebody has looked at a revision."""

    revision: int
    at: datetime
    by: str


@dataclass(frozen=True)
class FamilyReport:
    """One pupil's report of the day. `before`: the answers of the day before, as JSON; `check`: the check's."""

    person_id: int
    code: str
    name: str
    slot: SlotView
    before: str
    check: str
    differences: tuple[str, ...]
    seen: Seen | None

    @property
    def is_seen(self) -> bool:
        """Looked at as it stands now."""
        return self.seen is not None and self.seen.revision == self.slot.revision

    @property
    def is_changed(self) -> bool:
        """Looked at, and sent anew since."""
        return self.seen is not None and not self.is_seen


def reports_of_class(scope: Scope, class_code: str, day: date) -> list[FamilyReport]:
    """Every report of the day that came for a pupil of the class: what differs most first, then by code.

    Raises DomainError `wrong_role` without names, or what `day_unit` raises.
    """
    unit = ledger_queries.day_unit(scope, day, class_code)
    scope.require_power(NAMES, unit.path)
    duty = expect_queries.duty_by_code(FAMILY)
    slots = _given(ledger_queries.slots_of_unit(unit, day, duty.id))
    if not slots:
        return []
    people = roster_queries.codes_and_names(list(slots))
    known = {one.id: one.code for one in expect_queries.duties().values()}
    before = _answers(ledger_queries.slots_of_respondents(list(slots), day - timedelta(days=1)), known)
    now = _answers(ledger_queries.slots_of_respondents(list(slots), day), known)
    seen = _seen(day, duty.id, list(slots))
    found = []
    for person_id, slot in slots.items():
        code, name = people[person_id]
        check = next((now[person_id, one] for one in CHECKS if (person_id, one) in now), "")
        was = before.get((person_id, FAMILY), "")
        told = differences(_read(slot.answers), _read(was), _read(check))
        found.append(FamilyReport(person_id, code, name, slot, was, check, told, seen.get(person_id)))
    return sorted(found, key=lambda one: (_rank(one.differences), len(one.code), one.code))


def mark_seen(scope: Scope, class_code: str, day: date, codes: Mapping[str, int], *, clock: Clock) -> int:
    """The viewer has looked at these reports. `codes`: code of the person -> the revision that was shown.

    Whatever has changed since it was shown stays unseen. Returns how many were marked. Raises DomainError
    `by_not_allowed` without the power to report there, or what `reports_of_class` raises.
    """
    unit = ledger_queries.day_unit(scope, day, class_code)
    if not scope.may(REPORT, unit.path):
        raise DomainError("by_not_allowed", "duty")
    duty = expect_queries.duty_by_code(FAMILY)
    looked = [one for one in reports_of_class(scope, class_code, day) if codes.get(one.code) == one.slot.revision]
    rows = [
        ReportSeen(person_id=one.person_id, day=day, duty_id=duty.id, revision=one.slot.revision, seen_at=clock.now(),
                   seen_by=scope.actor)
        for one in looked if not one.is_seen
    ]  # fmt: skip
    with transaction.atomic():
        ReportSeen.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["person", "day", "duty_id"],
            update_fields=["revision", "seen_at", "seen_by"],
        )  # fmt: skip
    return len(rows)


def _rank(told: Sequence[str]) -> int:
    return min((DIFFERENCES.index(code) for code in told), default=len(DIFFERENCES))


def _given(slots: Sequence[SlotView]) -> dict[int, SlotView]:
    """Reports of pupils that hold answers still."""
    return {
        slot.respondent_id: slot
        for slot in slots
        if slot.state in ("reported", "voluntary") and slot.answers and slot.population == "student"
    }


def _answers(slots: Sequence[tuple[int, SlotView]], known: Mapping[int, str]) -> dict[tuple[int, str], str]:
    return {(slot.respondent_id, known[duty_id]): slot.answers for duty_id, slot in slots if slot.answers}


def _read(text: str) -> dict[str, Any] | None:
    return json.loads(text) if text else None


def _seen(day: date, duty_id: int, people: Collection[int]) -> dict[int, Seen]:
    rows = ReportSeen.objects.filter(day=day, duty_id=duty_id, person_id__in=people)
    return {row.person_id: Seen(row.revision, row.seen_at, row.seen_by) for row in rows}
