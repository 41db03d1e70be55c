"""Consents: those in force, and the history that a family sees."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from notoneless.collect.queries import form_in_force
from notoneless.consent.models import Consent
from notoneless.consent.queries.notices import terms_of
from notoneless.expect.queries import DutyInfo
from notoneless.roster.scope import Scope

Given = Mapping[tuple[int, int, str], str]


def consents_in_force(person_ids: Collection[int], duty_ids: Collection[int]) -> Given:
    """(person id, duty id, item) -> the terms to which they agreed, for what is not withdrawn. One statement; ids only,
    so no scope."""
    rows = Consent.objects.filter(withdrawn_at=None, person_id__in=person_ids, duty_id__in=duty_ids)
    return {
        (person_id, duty_id, item): terms
        for person_id, duty_id, item, terms in rows.values_list("person_id", "duty_id", "item", "terms")
    }


def withheld_fields(person_ids: Collection[int], duty: DutyInfo) -> dict[int, frozenset[str]]:
    """Person id -> the fields of a duty that may not be asked of them for want of a separate consent. A duty without
    such fields costs nothing."""
    if not duty.separate:
        return dict.fromkeys(person_ids, frozenset())
    form = form_in_force(duty.form)
    terms = terms_of(duty, form.code, form.version)
    given = consents_in_force(person_ids, [duty.id])
    return {
        person_id: frozenset(code for code in duty.separate if given.get((person_id, duty.id, code)) != terms)
        for person_id in person_ids
    }


@dataclass(frozen=True)
class ConsentInfo:
    """A consent as its family sees it. `item` is empty for the duty as a whole."""

    person_id: int
    duty_id: int
    duty_zh: str
    duty_en: str
    item: str
    terms: str
    capacity: str
    given_by: str
    given_at: datetime
    withdrawn_by: str
    withdrawn_at: datetime | None

    def label(self, language: str) -> str:
        return self.duty_zh if language.startswith("zh") else self.duty_en


def consents_of_households(scope: Scope) -> list[ConsentInfo]:
    """What the scope's households agreed to and withdrew, newest first."""
    rows = Consent.objects.filter(person__household_id__in=scope.households).select_related("duty")
    return [
        ConsentInfo(row.person_id, row.duty_id, row.duty.name_zh, row.duty.name_en, row.item, row.terms, row.capacity,
                    row.given_by, row.given_at, row.withdrawn_by, row.withdrawn_at)
        for row in rows.order_by("-given_at", "-pk")
    ]  # fmt: skip
