"""Check reports without looking at the ledger: their shape, their duty and session, and their answers by the form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from notoneless.collect.arrival import Arrival, read_arrival
from notoneless.collect.queries import form_in_force
from notoneless.collect.rules import Form, check_answers
from notoneless.expect import queries as expect_queries
from notoneless.expect.queries import DutyInfo
from notoneless.kernel.errors import DomainError
from notoneless.ledger import services as ledger
from notoneless.ledger.keys import SessionKey
from notoneless.roster.scope import Scope

REMEMBERED = 4096
SHORT = 96
"""Bytes of answers worth remembering: «well, 36.5» comes a hundred thousand times a morning; a told story once."""


class Sent(NamedTuple):
    """A report as decoded from JSON, and who sends it."""

    raw: object
    scope: Scope


class Verdict(NamedTuple):
    """What a form says of answers: their canonical JSON, the measures that they raise, and those as JSON."""

    answers: str
    measures: tuple[str, ...]
    measures_json: str


class Checked(msgspec.Struct, frozen=True):
    """A report that is right in itself. `place`: in the order in which the batch came."""

    place: int
    sent_id: str
    scope: Scope
    arrival: Arrival
    duty: DutyInfo
    key: SessionKey
    form: Form
    verdict: Verdict


@dataclass(frozen=True)
class Catalogue:
    """The duties, and the form in force for each. A batch is judged by one catalogue."""

    duties: Mapping[str, DutyInfo]
    forms: Mapping[str, Form]


def load_catalogue() -> Catalogue:
    duties = expect_queries.duties()
    return Catalogue(duties, {code: form_in_force(code) for code in {duty.form for duty in duties.values()}})


_encode = msgspec.json.Encoder().encode
_verdicts: dict[tuple[str, int], dict[bytes, Verdict]] = {}


def check_reports(
    sent: Sequence[Sent], catalogue: Catalogue
) -> tuple[list[Checked], dict[int, tuple[str, DomainError]]]:
    """The reports that are right in themselves; for the others, by their place, the id as sent and what is wrong."""
    checked: list[Checked] = []
    wrong: dict[int, tuple[str, DomainError]] = {}
    keys: dict[tuple[object, ...], SessionKey] = {}
    for place, (raw, scope) in enumerate(sent):
        sent_id = sent_id_of(raw)
        try:
            arrival = read_arrival(raw)
            duty = catalogue.duties.get(arrival.duty)
            if duty is None:
                raise DomainError("unknown_duty", "duty", known=", ".join(catalogue.duties))
            if arrival.is_unit != (duty.respondent == "unit"):
                raise DomainError("person_or_unit", "unit" if duty.respondent == "unit" else "person")
            named = (duty.id, arrival.day, arrival.session)
            key = keys.get(named)
            if key is None:
                key = keys[named] = duty.key(arrival.day, duty.session_number(arrival.session))
            form = catalogue.forms[duty.form]
            verdict = _verdict(form, arrival.answers, arrival.given)
            checked.append(Checked(place, sent_id, scope, arrival, duty, key, form, verdict))
        except DomainError as error:
            wrong[place] = (sent_id, error)
    return checked, wrong


def sent_id_of(raw: object) -> str:
    """The id as its sender wrote it, to say which report an answer is about."""
    if not isinstance(raw, dict):
        return ""
    sent_id = raw.get("id", "")
    return sent_id if isinstance(sent_id, str) and len(sent_id) <= 64 else str(sent_id)[:64]


def _verdict(form: Form, answers: Mapping[str, Any], given: bytes) -> Verdict:
    known = _verdicts.setdefault((form.code, form.version), {})
    verdict = known.get(given)
    if verdict is None:
        clean, measures = check_answers(form, answers)
        verdict = Verdict(_encode(clean).decode(), measures, ledger.encode_measures(measures))
        if len(given) <= SHORT and len(known) < REMEMBERED:
            known[given] = verdict
    return verdict
