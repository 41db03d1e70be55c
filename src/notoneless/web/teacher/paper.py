"""The form of a class on paper: the day's checks as they stand, or an empty one for a day without a network.

Layout: domain.md, section 7.3 (应到, 实到, 因病缺课; for each symptom how many and who).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from notoneless.collect.queries import form_in_force
from notoneless.expect.queries import DutyInfo
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import SlotView
from notoneless.roster import queries as roster_queries
from notoneless.web.access import Reader, signed_in
from notoneless.web.reading import note_names
from notoneless.web.teacher.classroom import CHECK, CHECKS, class_of, list_order
from notoneless.web.ui.words import reading

ABSENT = ("absent.sick", "absent.injured", "absent.personal", "absent.other")
BESIDE = ("late", "present_symptoms")


@dataclass(frozen=True)
class Tick:
    """A figure of the form and the names behind it."""

    label: str
    names: tuple[str, ...]

    @property
    def n(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class CheckForm:
    """One check of the day. expected = present + the absences + unchecked."""

    duty: DutyInfo
    expected: int
    present: int
    unchecked: Tick
    absences: tuple[Tick, ...]
    beside: tuple[Tick, ...]
    symptoms: tuple[Tick, ...]
    notes: tuple[tuple[str, str], ...]


@require_safe
@signed_in
def paper(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    """`?empty=1`: the list of names with room to write."""
    found = class_of(request, reader, code, CHECKS[0])
    is_empty = request.GET.get("empty") == "1"
    people = roster_queries.people_in_units(
        reader.scope, [found.unit.unit_id], day=found.shown.day, populations=["student"]
    )
    people.sort(key=lambda one: list_order(one.code))
    forms, labels = [], _labels()
    if not is_empty:
        for duty in (duty for duty, _counts in found.duties if duty.code in CHECKS):
            slots = ledger_queries.slots_of_unit(found.unit, found.shown.day, duty.id)
            names = roster_queries.codes_and_names([slot.respondent_id for slot in slots])
            forms.append(form_of(duty, slots, {id_: name for id_, (_code, name) in names.items()}, labels))
    note_names(reader.scope.actor, code, len(people), "print", part=f"{found.shown.day} {is_empty}")
    school = ledger_queries.ancestors(found.shown.day, found.unit)
    context = {
        "found": found, "is_empty": is_empty, "people": people, "forms": forms, "actor": reader.scope.actor,
        "school": next((unit for unit in reversed(school) if unit.level == "school"), None),
        "symptoms": [labels[code] for code in _symptoms(labels)],
        "ways": [labels[code] for code in (*ABSENT, *BESIDE)],
    }  # fmt: skip
    return render(request, "teacher/print.html", context)


def form_of(
    duty: DutyInfo, slots: Sequence[SlotView], names: Mapping[int, str], labels: Mapping[str, str]
) -> CheckForm:
    """The figures of one check, each with its names. Slots that nobody owed are not among them."""
    owed = [slot for slot in slots if slot.state != "voluntary" and slot.respondent_id in names]
    raised = {slot.respondent_id: set(json.loads(slot.measures)) for slot in owed if slot.state == "reported"}

    def tick(code: str) -> Tick:
        return Tick(labels.get(code, code), tuple(names[id_] for id_, codes in raised.items() if code in codes))

    unchecked = tuple(names[slot.respondent_id] for slot in owed if slot.respondent_id not in raised)
    notes = [(names[slot.respondent_id], json.loads(slot.answers).get("note", "")) for slot in owed if slot.answers]
    return CheckForm(
        duty, len(owed), tick("present").n, Tick("", unchecked), tuple(map(tick, ABSENT)), tuple(map(tick, BESIDE)),
        tuple(map(tick, _symptoms(labels))), tuple((name, note) for name, note in notes if note),
    )  # fmt: skip


def _symptoms(labels: Mapping[str, str]) -> list[str]:
    """The symptoms of the form in force, as it orders them; a measured fever counts with a stated one."""
    return ["fever", *(code for code in labels if code.startswith("symptom.") and code != "symptom.fever")]


def _labels() -> dict[str, str]:
    """The names of the measures of the form in force, in its order."""
    return {entry["code"]: str(entry["label"][reading()]) for entry in form_in_force(CHECK).definition["measures"]}
