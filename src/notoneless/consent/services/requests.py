"""Requests about a child's data: made by a guardian, answered in writing by the school before a day."""

from collections.abc import Callable
from datetime import date, timedelta

from django.db import transaction

from notoneless.consent.models import PrivacyRequest
from notoneless.consent.rules import KINDS, deadlines, due_after
from notoneless.consent.services.consents import school_of
from notoneless.expect import queries as expect_queries
from notoneless.kernel import audit
from notoneless.kernel.clock import Clock, day_of, instant_on
from notoneless.kernel.errors import DomainError
from notoneless.kernel.sql import lock_exclusively
from notoneless.roster import queries as roster_queries
from notoneless.roster.models import Person
from notoneless.roster.roles import RULE
from notoneless.roster.scope import Scope

LONGEST = 1000
MOST_OPEN = 5
Destroy = Callable[[int, int], str]
"""Takes the person's id and the request's, destroys what is held, and returns the certificate's number. Called within
the transaction of the answer: when it raises, nothing has been answered."""


def make_request(scope: Scope, person_id: int, kind: str, text: str, *, clock: Clock) -> PrivacyRequest:
    """Ask for something about one's own child; the same request sent twice is one.

    Raises DomainError `out_of_scope`, `bad_request_kind`, `value_required`, `value_too_long`, `no_school`,
    `too_many_requests_open`.
    """
    if kind not in KINDS:
        raise DomainError("bad_request_kind", "kind")
    words = text.strip()
    if len(words) > LONGEST:
        raise DomainError("value_too_long", "text", limit=LONGEST)
    if kind in ("correct", "explain") and not words:
        raise DomainError("value_required", "text")
    person = Person.objects.filter(pk=person_id, household_id__in=scope.households, population="student").first()
    if person is None:
        raise DomainError("out_of_scope", "person")
    school, now = school_of(person.pk), clock.now()
    with transaction.atomic():
        lock_exclusively(f"privacy:{person.pk}")
        waiting = PrivacyRequest.objects.filter(person=person, status="open")
        twin = waiting.filter(kind=kind, text=words).first()
        if twin is not None:
            return twin
        if waiting.count() >= MOST_OPEN:
            raise DomainError("too_many_requests_open", "kind", limit=MOST_OPEN)
        request = PrivacyRequest.objects.create(
            person=person, unit=school, kind=kind, text=words, made_by=scope.actor, made_at=now,
            due_on=due_after(day_of(now), deadlines()["working_days"][kind], _is_working_day),
        )  # fmt: skip
        audit.record(scope.actor, "privacy.request", f"person:{person.code}", clock=clock,
                     detail={"unit": school.code, "kind": kind, "request": request.pk})  # fmt: skip
    return request


def _is_working_day(day: date) -> bool:
    return expect_queries.national_day(day).day_type == "school_day"


def answer_request(
    scope: Scope, unit_code: str, request_id: int, *, is_granted: bool, answer: str, clock: Clock,
    destroy: Destroy | None = None,
) -> PrivacyRequest:  # fmt: skip
    """Answer a request in a unit's inbox, once, for good. A refusal must say why, an explanation or a correction
    what. An accepted deletion is handed to `destroy`; where there is none it waits, and the page says so.

    Raises DomainError `wrong_role`, `out_of_scope`, `request_answered`, `reasons_required`, `value_required`,
    `value_too_long`.
    """
    words = answer.strip()
    if len(words) > LONGEST:
        raise DomainError("value_too_long", "answer", limit=LONGEST)
    unit = roster_queries.unit_to(RULE, scope, unit_code)
    with transaction.atomic():
        request = PrivacyRequest.objects.select_for_update(of=("self",)).filter(pk=request_id, unit=unit).first()
        if request is None:
            raise DomainError("out_of_scope", "request")
        if request.status != "open":
            raise DomainError("request_answered", "request")
        if not words and not is_granted:
            raise DomainError("reasons_required", "answer")
        if not words and request.kind in ("correct", "explain"):
            raise DomainError("value_required", "answer")
        now, person_id, person_code = clock.now(), request.person_id, request.person.code
        request.status = "accepted" if is_granted else "refused"
        request.answer, request.answered_by, request.answered_at = words, scope.actor, now
        request.save(update_fields=["status", "answer", "answered_by", "answered_at"])
        days = (day_of(now) - day_of(request.made_at)).days
        audit.record(
            scope.actor, "privacy.answer", f"person:{person_code}", clock=clock,
            detail={"unit": unit.code, "kind": request.kind, "request": request.pk, "outcome": request.status,
                    "days": days, "late": now >= instant_on(request.due_on, 1440)},
        )  # fmt: skip
        if is_granted and request.kind == "delete" and destroy is not None:
            # It may take this row with it, so what it did is told by certificate and only then, if at all, here.
            request.certificate = destroy(person_id, request.pk)
            PrivacyRequest.objects.filter(pk=request.pk).update(certificate=request.certificate)
    return request


def may_fetch(scope: Scope, request_id: int, *, clock: Clock) -> PrivacyRequest:
    """An accepted request for access or a copy, of the scope's own household and not too long ago. Raises
    `out_of_scope`."""
    since = clock.now() - timedelta(days=deadlines()["fetch"]["days"])
    request = PrivacyRequest.objects.select_related("person", "unit").filter(
        pk=request_id, person__household_id__in=scope.households, kind__in=("access", "copy"), status="accepted",
        answered_at__gte=since,
    ).first()  # fmt: skip
    if request is None:
        raise DomainError("out_of_scope", "request")
    return request
