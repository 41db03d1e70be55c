"""Impact assessments, and the duties that lack a valid one."""

from dataclasses import dataclass
from datetime import date

from notoneless.collect.queries import form_in_force
from notoneless.consent.models import Assessment
from notoneless.consent.queries.notices import notice_of
from notoneless.expect import queries as expect_queries
from notoneless.expect.queries import DutyInfo
from notoneless.kernel.errors import DomainError


@dataclass(frozen=True)
class AssessmentInfo:
    """An assessment as it is read."""

    code: str
    duty: str
    processing: str
    purpose: str
    necessity: str
    risks: tuple[str, ...]
    measures: tuple[str, ...]
    conclusion: str
    remarks: str
    approver: str
    approved_on: date
    valid_until: date
    keep_until: date

    def is_valid(self, day: date) -> bool:
        return self.conclusion != "refused" and self.approved_on <= day <= self.valid_until


def assessments() -> list[AssessmentInfo]:
    """All of them, the latest of each duty first."""
    return [_info(row) for row in Assessment.objects.select_related("duty").order_by("duty_id", "-approved_on", "code")]


def assessment_named(code: str) -> AssessmentInfo:
    """Raises DomainError `unknown_assessment`."""
    row = Assessment.objects.select_related("duty").filter(code=code).first()
    if row is None:
        raise DomainError("unknown_assessment", "code", name=code)
    return _info(row)


def unassessed_duties(day: date) -> list[DutyInfo]:
    """Duties that collect sensitive fields about people and have no valid assessment on a day (PIPL 55)."""
    covered = {one.duty for one in assessments() if one.is_valid(day)}
    return [
        duty
        for duty in expect_queries.duties().values()
        if duty.respondent == "person" and duty.code not in covered
        and notice_of(duty, form_in_force(duty.form)).is_sensitive
    ]  # fmt: skip


def _info(row: Assessment) -> AssessmentInfo:
    return AssessmentInfo(
        row.code, row.duty.code, row.processing, row.purpose, row.necessity, tuple(row.risks), tuple(row.measures),
        row.conclusion, row.remarks, row.approver, row.approved_on, row.valid_until, row.keep_until,
    )  # fmt: skip
