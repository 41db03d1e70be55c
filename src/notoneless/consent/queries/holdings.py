"""Everything that is held about one person, as rows of each stage: what a copy is made of (PIPL 45)."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from notoneless.collect.models import AbsenceContact, Report, ReportSeen
from notoneless.consent.models import Consent, NoticeSeen, PrivacyRequest
from notoneless.expect.models import Complaint, Duty
from notoneless.kernel import audit
from notoneless.kernel.clock import bureau_zone, from_micros
from notoneless.kernel.crypto import unseal
from notoneless.kernel.models import AuditEntry
from notoneless.ledger.models import PersonSlot
from notoneless.roster.models import Person, PersonState, Placement

Row = Mapping[str, Any]
CHUNK = 500


def holdings_of(person_id: int) -> Iterator[tuple[str, Iterator[Row]]]:
    """Section by section, its name and rows of plain values; read as they are taken. Callers have seen to the scope."""
    person = Person.objects.get(pk=person_id)
    for name, rows in SECTIONS.items():
        yield name, rows(person)


def _person(person: Person) -> Iterator[Row]:
    told = unseal(bytes(person.sealed), context=person.code)
    yield {
        "code": person.code, "name": told.name, "document_number": told.id_number, "phone": told.phone,
        "sex": person.sex, "birth_date": str(person.birth_date or ""), "population": person.population,
        "household": person.household.code if person.household else "", "tags": ", ".join(json.loads(person.tags)),
    }  # fmt: skip


def _placements(person: Person) -> Iterator[Row]:
    for row in _all(Placement.objects.filter(person=person).select_related("unit").order_by("from_day")):
        yield {"unit": row.unit.code, "unit_name": row.unit.name, "kind": row.kind, "from": str(row.from_day),
               "to": str(row.to_day or "")}  # fmt: skip


def _states(person: Person) -> Iterator[Row]:
    for row in _all(PersonState.objects.filter(person=person).order_by("from_day")):
        yield {"state": row.state, "from": str(row.from_day), "to": str(row.to_day or ""), "source": row.source}


def _slots(person: Person) -> Iterator[Row]:
    duties = dict(Duty.objects.values_list("id", "code"))
    for row in _all(PersonSlot.objects.filter(respondent_id=person.pk).order_by("day", "duty_id", "session")):
        yield {
            "day": str(row.day), "duty": duties.get(row.duty_id, row.duty_id), "session": row.session,
            "state": row.state, "reason": row.reason, "on_time": row.on_time, "by": row.by,
            "filled_at": _told(row.filled_at), "answers": row.answers, "measures": row.measures,
        }  # fmt: skip


def _reports(person: Person) -> Iterator[Row]:
    duties = dict(Duty.objects.values_list("id", "code"))
    for row in _all(Report.objects.filter(respondent_id=person.pk).order_by("day", "duty_id", "revision")):
        yield {
            "id": str(row.id), "day": str(row.day), "duty": duties.get(row.duty_id, row.duty_id),
            "revision": row.revision, "made_at": _told(row.made_at), "received_at": _told(row.received_at),
            "by": row.by, "form_version": row.form_version, "answers": row.answers, "measures": row.measures,
        }  # fmt: skip


def _seen(person: Person) -> Iterator[Row]:
    duties = dict(Duty.objects.values_list("id", "code"))
    for row in _all(ReportSeen.objects.filter(person=person).order_by("day", "duty_id")):
        yield {"day": str(row.day), "duty": duties.get(row.duty_id, row.duty_id), "revision": row.revision,
               "seen_at": _told(row.seen_at)}  # fmt: skip


def _calls(person: Person) -> Iterator[Row]:
    for row in _all(AbsenceContact.objects.filter(person=person).order_by("day", "pk")):
        yield {"day": str(row.day), "outcome": row.outcome, "back_on": str(row.back_on or ""),
               "noted_at": _told(row.noted_at)}  # fmt: skip


def _complaints(person: Person) -> Iterator[Row]:
    for row in _all(Complaint.objects.filter(person=person).select_related("duty").order_by("made_at")):
        yield {"day": str(row.day), "duty": row.duty.code, "text": row.text, "made_at": _told(row.made_at),
               "answer": row.answer, "answered_at": _told(row.answered_at)}  # fmt: skip


def _notices(person: Person) -> Iterator[Row]:
    for row in _all(NoticeSeen.objects.filter(person=person).select_related("notice__duty").order_by("at")):
        yield {"duty": row.notice.duty.code, "notice": row.notice.digest, "read_by": row.by, "read_at": _told(row.at)}


def _consents(person: Person) -> Iterator[Row]:
    for row in _all(Consent.objects.filter(person=person).select_related("duty").order_by("given_at")):
        yield {"duty": row.duty.code, "field": row.item, "capacity": row.capacity, "given_by": row.given_by,
               "given_at": _told(row.given_at), "withdrawn_at": _told(row.withdrawn_at)}  # fmt: skip


def _requests(person: Person) -> Iterator[Row]:
    for row in _all(PrivacyRequest.objects.filter(person=person).order_by("made_at")):
        yield {"kind": row.kind, "text": row.text, "made_at": _told(row.made_at), "due_on": str(row.due_on),
               "status": row.status, "answer": row.answer, "answered_at": _told(row.answered_at)}  # fmt: skip


def _acts(person: Person) -> Iterator[Row]:
    """Who did what with the record: by role and unit, without naming anybody."""
    # Reads are kept under a keyed subject; what a family itself asked for names the code.
    subjects = (audit.person_subject(person.code), f"person:{person.code}", person.code)
    for row in _all(AuditEntry.objects.filter(subject__in=subjects).order_by("pk")):
        detail = row.detail if isinstance(row.detail, dict) else {}
        yield {"act": row.act, "at": _told(row.made_at), "role": detail.get("role", ""), "unit": detail.get("unit", "")}


SECTIONS: Mapping[str, Callable[[Person], Iterator[Row]]] = {
    "person": _person, "placements": _placements, "states": _states, "days": _slots, "reports": _reports,
    "seen": _seen, "calls": _calls, "complaints": _complaints, "notices": _notices, "consents": _consents,
    "requests": _requests, "acts": _acts,
}  # fmt: skip
"""A stage that comes to hold something about a person adds its rows here."""
TITLES = {
    "person": "本人 / Person", "placements": "就读 / Placements", "states": "状态 / States", "days": "每日台账 / Days",
    "reports": "上报 / Reports", "seen": "教师核实 / Seen by a teacher", "calls": "因病缺勤联系 / Calls about absences",
    "complaints": "异议 / Complaints", "notices": "告知 / Notices",
    "consents": "同意 / Consents", "requests": "申请 / Requests", "acts": "访问记录 / Acts",
}  # fmt: skip


def _all(rows: QuerySet[Any]) -> Iterator[Any]:
    return rows.iterator(CHUNK)


def _told(instant: datetime | int | None) -> str:
    if instant is None:
        return ""
    when = from_micros(instant) if isinstance(instant, int) else instant
    return when.astimezone(bureau_zone()).isoformat(timespec="seconds")
