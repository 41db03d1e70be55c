"""What may not come in for want of consent: asked by the core of every way in, once a batch."""

from collections.abc import Mapping, Sequence

from notoneless.collect.services.check import Checked
from notoneless.consent.queries.given import consents_in_force
from notoneless.consent.queries.notices import terms_of
from notoneless.kernel.errors import DomainError

_BLANK: tuple[object, ...] = (None, "", [])


def refusals(asking: Sequence[tuple[Checked, int]]) -> Mapping[int, DomainError]:
    """Refused reports by place: `consent_missing` for a duty, `consent_missing_answer` for a separate field of it."""
    given = consents_in_force({person_id for _, person_id in asking}, {report.duty.id for report, _ in asking})
    refused: dict[int, DomainError] = {}
    for report, person_id in asking:
        duty = report.duty
        terms = terms_of(duty, report.form.code, report.form.version)
        if duty.basis == "consent" and given.get((person_id, duty.id, "")) != terms:
            refused[report.place] = DomainError("consent_missing", "person", duty=duty.name_zh)
            continue
        for code, answer in report.arrival.answers.items():
            is_asked = code in duty.separate and answer not in _BLANK
            if is_asked and given.get((person_id, duty.id, code)) != terms:
                refused[report.place] = DomainError("consent_missing_answer", f"answers.{code}")
                break
    return refused
