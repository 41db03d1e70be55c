"""Absent for illness: who, since when, with what, and what came of the calls to the family."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import msgspec

from notoneless.collect.models import AbsenceContact
from notoneless.collect.services.absences import FORM
from notoneless.collect.services.standing import ILL, keyed
from notoneless.collect.spells import spell_of
from notoneless.expect import queries as expect_queries
from notoneless.kernel import audit
from notoneless.kernel.clock import Clock, day_of
from notoneless.kernel.errors import DomainError
from notoneless.kernel.sql import as_day, fetch
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import DayUnitRef
from notoneless.roster import queries as roster_queries
from notoneless.roster import states as roster_states
from notoneless.roster.roles import CALL, NAMES
from notoneless.roster.scope import Scope

BACK = 60
"""Days looked back for the beginning of a spell."""
LONGEST_AHEAD = 60
"""Days ahead for which a return can be noted."""


@dataclass(frozen=True)
class Outcome:
    """What can come of a call. `asks_day`: when the child is expected back."""

    code: str
    zh: str
    en: str
    asks_day: bool


@dataclass(frozen=True)
class Contact:
    """The last call about this absence."""

    day: date
    outcome: str
    back_on: date | None
    noted_at: datetime
    noted_by: str


@dataclass(frozen=True)
class SickPupil:
    """A pupil who is absent for illness, or is recorded as ill at home, on a day.

    `since` is the earlier of the first day on which checks found them absent and the day from which they are recorded
    as ill; `days` counts the days of absence that checks saw. `is_here`: today's check saw them at school.
    """

    person_id: int
    code: str
    name: str
    unit: DayUnitRef
    since: date
    days: int
    is_here: bool
    symptoms: tuple[str, ...]
    contact: Contact | None


@cache
def outcomes() -> dict[str, Outcome]:
    """By code, in the order of the file (outcomes.json)."""
    text = (Path(__file__).parent / "outcomes.json").read_bytes()
    return {one.code: one for one in msgspec.json.decode(text, type=list[Outcome])}


def sick_pupils(scope: Scope, unit_code: str, day: date) -> list[SickPupil]:
    """Of a class, or of a school with its classes; the longest absent first. Raises what `day_unit` raises."""
    unit = ledger_queries.day_unit(scope, day, unit_code)
    scope.require_power(NAMES, unit.path)
    recorded = roster_states.people_in_state("sick_home", unit.path, day)
    absent = _absent(unit, day)
    ids = sorted({*recorded, *absent})
    if not ids:
        return []
    checks = _checks(ids, day)
    people = roster_queries.codes_and_names(ids)
    units = ledger_queries.day_units(day, {*absent.values(), *(unit_id for unit_id, _ in recorded.values())})
    told, called = _symptoms(ids, day), _contacts(ids, day)
    found = []
    for person_id in ids:
        unit_id = absent.get(person_id) or recorded[person_id][0]
        if unit_id not in units:
            continue  # placed there after the day's tree was frozen: tomorrow's list has them
        spell = spell_of(checks.get(person_id, ()), day)
        begun = recorded[person_id][1].from_day if person_id in recorded else day
        since = min(begun, spell.since) if spell else begun
        is_here = person_id not in absent and any(when == day for when, _ in checks.get(person_id, ()))
        contact = called.get(person_id)
        found.append(SickPupil(
            person_id, *people[person_id], units[unit_id], since, spell.days if spell else 0, is_here,
            told.get(person_id, ()), contact if contact is not None and contact.day >= since else None,
        ))  # fmt: skip
    return sorted(found, key=lambda one: (one.is_here, one.since, one.unit.code, len(one.code), one.code))


def note_contact(
    scope: Scope, person_code: str, outcome: str, *, clock: Clock, back_on: date | None = None
) -> AbsenceContact:  # fmt: skip
    """A family was called about an absence. Written to the log, and part of the copy that the family can ask for.

    Raises DomainError `unknown_outcome`, `value_required` (the day of a return), `days_out_of_order`, `wrong_role`
    without the power to call, or what `placed_on` raises.
    """
    today = day_of(clock.now())
    placed = roster_queries.placed_on(scope, person_code, today)
    scope.require_power(CALL, placed.path, "person")
    known = outcomes().get(outcome)
    if known is None:
        raise DomainError("unknown_outcome", "outcome")
    if known.asks_day and back_on is None:
        raise DomainError("value_required", "back_on")
    if back_on is not None and not timedelta(0) <= back_on - today <= timedelta(days=LONGEST_AHEAD):
        raise DomainError("days_out_of_order", "back_on")
    audit.record(scope.actor, "absence.contact", audit.person_subject(placed.code), clock=clock,
                 detail={"outcome": outcome})  # fmt: skip
    return AbsenceContact.objects.create(
        person_id=placed.id, day=today, outcome=outcome, back_on=back_on if known.asks_day else None,
        noted_at=clock.now(), noted_by=scope.actor,
    )  # fmt: skip


def _duties() -> list[int]:
    return [duty.id for duty in expect_queries.duties().values() if duty.form == FORM]


def _absent(unit: DayUnitRef, day: date) -> dict[int, int]:
    """Person -> unit, of those whom a check of the day found absent for illness or injury."""
    asked, keys = keyed(FORM)
    rows = fetch(
        "SELECT s.respondent_id, s.unit_id FROM person_slot s"
        " JOIN day_unit d ON d.day = s.day AND d.unit_id = s.unit_id"
        f" WHERE s.district_id = %s AND s.day = %s AND {asked} AND s.state = 'reported'"
        " AND (s.measures LIKE %s OR s.measures LIKE %s) AND d.path >= %s AND d.path < %s AND s.respondent_id > 0",
        [unit.district_id, day, *keys, *(f"%{one}%" for one in ILL), unit.path, unit.path + "~"],
    )
    return dict(rows)


def _checks(ids: Sequence[int], day: date) -> dict[int, list[tuple[date, bool]]]:
    """Person -> (day, whether absent for illness) of each check taken in the last weeks."""
    duties, found = _duties(), dict[int, list[tuple[date, bool]]]()
    for some in _parts(ids):
        rows = fetch(
            "SELECT respondent_id, day, measures FROM person_slot"
            f" WHERE respondent_id IN ({_marks(some)}) AND day > %s AND day <= %s AND duty_id IN ({_marks(duties)})"
            " AND state = 'reported'",
            [*some, day - timedelta(days=BACK), day, *duties],
        )
        for person_id, when, measures in rows:
            found.setdefault(person_id, []).append((as_day(when), any(one in measures for one in ILL)))
    return found


def _symptoms(ids: Sequence[int], day: date) -> dict[int, tuple[str, ...]]:
    """Person -> the symptoms that any report of the day names, as codes of the form's measures."""
    found: dict[int, set[str]] = {}
    for some in _parts(ids):
        for _, slot in ledger_queries.slots_of_respondents(some, day):
            named = [one for one in json.loads(slot.measures) if one.startswith("symptom.")]
            found.setdefault(slot.respondent_id, set()).update(named)
    return {person_id: tuple(sorted(codes)) for person_id, codes in found.items()}


def _contacts(ids: Sequence[int], day: date) -> dict[int, Contact]:
    """Person -> the last call up to a day."""
    found: dict[int, Contact] = {}
    for some in _parts(ids):
        for row in AbsenceContact.objects.filter(person_id__in=some, day__lte=day).order_by("day", "pk"):
            found[row.person_id] = Contact(row.day, row.outcome, row.back_on, row.noted_at, row.noted_by)
    return found


def _parts(ids: Sequence[int]) -> Iterable[list[int]]:
    return (list(ids[start : start + 500]) for start in range(0, len(ids), 500))


def _marks(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))
