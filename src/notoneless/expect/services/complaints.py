"""“I think this is wrong”: a doubt about one ask goes to the unit that made the rule, and must be answered."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from notoneless.expect.models import Complaint, Policy
from notoneless.expect.queries.duties import duty_by_code
from notoneless.kernel import audit
from notoneless.kernel.clock import Clock
from notoneless.kernel.errors import DomainError
from notoneless.kernel.sql import lock_exclusively
from notoneless.roster import queries as roster_queries
from notoneless.roster.models import Unit
from notoneless.roster.roles import RULE
from notoneless.roster.scope import Scope
from notoneless.roster.tree import ids_of

LONGEST = 1000
MOST_OPEN = 5


def complain(
    scope: Scope, *, person_id: int, day: date, duty_code: str, session: str, policy_id: int | None,
    trace: Sequence[str], text: str, clock: Clock,
) -> Complaint:  # fmt: skip
    """Keep a complaint about what one person is asked on a day; it goes to the unit whose policy decides, and for a
    standing rule of the system to the topmost unit above the person.

    Raises DomainError `value_required`, `value_too_long`, `too_many_complaints`, or what `placed_on` raises.
    """
    words = text.strip()
    if not words:
        raise DomainError("value_required", "text")
    if len(words) > LONGEST:
        raise DomainError("value_too_long", "text", limit=LONGEST)
    placed = roster_queries.placed_on(scope, person_id, day)
    duty = duty_by_code(duty_code)
    policy = None if policy_id is None else Policy.objects.filter(pk=policy_id, duty_id=duty.id).first()
    unit_id = policy.unit_id if policy is not None and policy.unit_id else ids_of(placed.path)[0]
    with transaction.atomic():
        lock_exclusively(f"complaints:{placed.id}")
        waiting = Complaint.objects.filter(person_id=placed.id, answered_at=None)
        twin = waiting.filter(day=day, duty_id=duty.id, text=words).first()
        if twin is not None:
            return twin  # sent twice
        if waiting.count() >= MOST_OPEN:
            raise DomainError("too_many_complaints", "text", limit=MOST_OPEN)
        complaint = Complaint.objects.create(
            person_id=placed.id, day=day, duty_id=duty.id, session=session[:20], policy=policy, unit_id=unit_id,
            text=words, trace=list(trace), made_by=scope.actor, made_at=clock.now(),
        )  # fmt: skip
        unit = Unit.objects.get(pk=unit_id)
        audit.record(scope.actor, "complaint.made", unit.code, clock=clock, detail={"complaint": complaint.pk})
    return complaint


def answer_complaint(scope: Scope, unit_code: str, complaint_id: int, text: str, *, clock: Clock) -> Complaint:
    """Answer a complaint in a unit's inbox, once, for good. Whoever calls this has seen to the role at that unit.

    Raises DomainError `value_required`, `value_too_long`, `complaint_answered`, and `out_of_scope` for what is not in
    that inbox.
    """
    words = text.strip()
    if not words:
        raise DomainError("value_required", "answer")
    if len(words) > LONGEST:
        raise DomainError("value_too_long", "answer", limit=LONGEST)
    unit = roster_queries.unit_to(RULE, scope, unit_code)
    with transaction.atomic():
        complaint = Complaint.objects.select_for_update(of=("self",)).filter(pk=complaint_id, unit=unit).first()
        if complaint is None:
            raise DomainError("out_of_scope", "complaint")
        if complaint.answered_at is not None:
            raise DomainError("complaint_answered", "complaint")
        complaint.answer, complaint.answered_by, complaint.answered_at = words, scope.actor, clock.now()
        complaint.save(update_fields=["answer", "answered_by", "answered_at"])
        audit.record(scope.actor, "complaint.answered", str(complaint.pk), clock=clock)
    return complaint
