"""Forms in force, and the reports behind a slot."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from notoneless.collect.models import FormVersion, Report
from notoneless.collect.rules import Form, compile_form
from notoneless.kernel.clock import to_micros
from notoneless.kernel.errors import DomainError

_compiled: dict[tuple[str, int], Form] = {}


def form_in_force(code: str) -> Form:
    """The newest version of a form, compiled once per process. Versions are never edited in place."""
    version = FormVersion.objects.filter(code=code).order_by("-version").values_list("version", flat=True).first()
    if version is None:
        raise DomainError("unknown_form", "form")
    return form_version(code, version)


def form_version(code: str, version: int) -> Form:
    if (code, version) not in _compiled:
        _compiled[code, version] = compile_form(FormVersion.objects.get(code=code, version=version).definition)
    return _compiled[code, version]


@cache
def measure_label(form_code: str, measure: str, language: str) -> str:
    """The measure's name in `zh` or `en`; its code when the form in force no longer has it."""
    for entry in form_in_force(form_code).definition["measures"]:
        if entry["code"] == measure:
            return str(entry["label"][language])
    return measure


@dataclass(frozen=True)
class Revision:
    """One accepted report about a slot, as it was sent. Instants in microseconds; `answers` is JSON text."""

    duty_id: int
    session: int
    revision: int
    made_at: int
    received_at: int
    by: str
    actor: str
    state: str
    on_time: bool
    answers: str


def revisions_of(respondent_id: int, day: date, held_by: Sequence[str]) -> list[Revision]:
    """Every report about a respondent's slots of one day, in order. `held_by`: the ids that those slots name."""
    later = list(Report.objects.filter(respondent_id=respondent_id, day=day, revision__gt=1))
    firsts = {report.first_id for report in later if report.first_id} | {uuid.UUID(hex=one) for one in held_by if one}
    first = Report.objects.filter(id__in=firsts, revision=1, respondent_id=respondent_id, day=day)
    found = [
        Revision(
            one.duty_id, one.session, one.revision, to_micros(one.made_at), to_micros(one.received_at), one.by,
            one.actor, one.state, one.on_time, one.answers,
        )
        for one in [*later, *first]
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.duty_id, one.session, one.revision))
