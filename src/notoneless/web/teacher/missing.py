"""Who of a class has not been heard from: whom to call, and a report on their behalf, each in one tap."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from notoneless.expect.queries import DutyInfo
from notoneless.ledger.queries import SlotView
from notoneless.roster import queries as roster_queries
from notoneless.roster.accounts.guardians import guardians_of
from notoneless.roster.masks import mask_phone
from notoneless.web.access import Reader, signed_in
from notoneless.web.reading import note_names
from notoneless.web.teacher.classroom import HEALTH, Class, beside, class_of, list_order


@dataclass(frozen=True)
class Unheard:
    """Somebody with anything outstanding. `phone` is masked; empty where none is known."""

    person_id: int
    code: str
    name: str
    phone: str
    owed: tuple[tuple[DutyInfo, SlotView], ...]

    @property
    def owes_health(self) -> bool:
        """Whether the report that a teacher can give on their behalf is among it."""
        return any(duty.code == HEALTH for duty, _ in self.owed)


@require_safe
@signed_in
def missing(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    found = class_of(request, reader, code, HEALTH)
    lines = _lines(found)
    note_names(reader.scope.actor, code, len(lines), "missing", part=str(found.shown.day))
    return render(request, "teacher/missing.html", {"found": found, "lines": lines, "beside": beside(found)})


def _lines(found: Class) -> list[Unheard]:
    ids = list(found.unheard)
    people = roster_queries.codes_and_names(ids)
    phones = _phones(found, ids)
    lines = [Unheard(id_, *people[id_], phones.get(id_, ""), found.unheard[id_]) for id_ in ids]
    return sorted(lines, key=lambda line: list_order(line.code))


def _phones(found: Class, ids: list[int]) -> dict[int, str]:
    """A guardian who has joined, else the roster's number; both masked."""
    if not ids or not found.may_call:
        return {}
    rows = roster_queries.people_in_units(found.scope, [found.unit.unit_id], day=found.shown.day)
    rows = [row for row in rows if row.id in found.unheard]
    joined = guardians_of(rows, found.shown.day)
    listed = {id_: mask_phone(one.phone) for id_, one in roster_queries.personal_of(found.scope, ids).items()}
    return {
        row.id: next((one.phone for one in joined.get(row.household_id or 0, ()) if one.phone), listed.get(row.id, ""))
        for row in rows
    }
