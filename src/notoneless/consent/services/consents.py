"""Reading a notice, giving a consent, withdrawing it; and the basis on which a duty's data are held."""

from collections.abc import Collection, Sequence

from django.db import transaction

from notoneless.collect.queries import form_in_force
from notoneless.consent.models import Consent, NoticeSeen, NoticeText
from notoneless.consent.queries.notices import ToldChild, notices_of_households
from notoneless.consent.rules import Notice
from notoneless.expect import queries as expect_queries
from notoneless.expect.models import Duty
from notoneless.kernel import audit
from notoneless.kernel.clock import Clock, day_of
from notoneless.kernel.errors import DomainError
from notoneless.kernel.sql import lock_exclusively
from notoneless.roster.models import Placement, Unit
from notoneless.roster.scope import Scope

BASES = ("statutory", "consent")


def note_read(scope: Scope, digests: Collection[str], *, clock: Clock) -> int:
    """Write down that this guardian has read these notices, for each child of theirs that they concern.

    How many readings are new. Raises DomainError `notice_changed` for a digest that no child's notice has now.
    """
    now = clock.now()
    children = notices_of_households(scope, day_of(now))
    if not set(digests) <= {notice.digest for child in children for notice in child.notices}:
        raise DomainError("notice_changed", "item")
    new = [(child, notice) for child in children for notice in child.unread if notice.digest in digests]
    with transaction.atomic():
        for child, notice in new:
            seen = {"person_id": child.id, "notice": _text_of(notice, clock=clock), "by": scope.actor}
            if NoticeSeen.objects.get_or_create(**seen, defaults={"at": now})[1]:
                _tell(scope, "privacy.notice", child, clock=clock, duty=notice.duty, notice=notice.digest)
    return len(new)


def _text_of(notice: Notice, *, clock: Clock) -> NoticeText:
    fields = {"duty_id": notice.duty_id, "body": notice.as_json(), "first_shown_at": clock.now()}
    return NoticeText.objects.get_or_create(digest=notice.digest, defaults=fields)[0]


def give(
    scope: Scope, person_id: int, duty_code: str, items: Sequence[str], *, capacity: str, digest: str, clock: Clock
) -> int:
    """Agree, for one child, to a duty (item "") or to separate fields of it, as the notice with `digest` told them.

    How many are new: what is in force already stays as it is. Raises DomainError `out_of_scope`, `notice_changed`,
    `bad_capacity`, `nothing_to_consent`.
    """
    now = clock.now()
    child, notice = _told(scope, person_id, duty_code, clock=clock)
    if notice.digest != digest:
        raise DomainError("notice_changed", "item")
    if capacity not in child.capacities:
        raise DomainError("bad_capacity", "capacity")
    if not items or not set(items) <= set(notice.items):
        raise DomainError("nothing_to_consent", "item")
    fresh = 0
    with transaction.atomic():
        lock_exclusively(f"consent:{person_id}")
        _text_of(notice, clock=clock)
        for item in dict.fromkeys(items):
            held = _open(person_id, notice.duty_id, item)
            if held is not None and held.terms == notice.terms:
                continue
            if held is not None:  # given to other terms: it spoke for those, and ends where the new one begins
                held.withdrawn_at, held.withdrawn_by = now, "terms"
                held.save(update_fields=["withdrawn_at", "withdrawn_by"])
            Consent.objects.create(
                person_id=person_id, duty_id=notice.duty_id, item=item, terms=notice.terms, capacity=capacity,
                given_by=scope.actor, given_at=now,
            )  # fmt: skip
            _tell(scope, "consent.give", child, clock=clock, duty=duty_code, item=item, capacity=capacity)
            fresh += 1
    return fresh


def withdraw(scope: Scope, person_id: int, duty_code: str, item: str, *, clock: Clock) -> bool:
    """Take a consent back, at once and for what comes. False where there is none: nothing is changed then.

    Works for what was agreed to under older terms too. Raises DomainError `out_of_scope`, `unknown_duty`.
    """
    child, duty = _child(scope, person_id, clock=clock), expect_queries.duty_by_code(duty_code)
    with transaction.atomic():
        lock_exclusively(f"consent:{person_id}")
        held = _open(person_id, duty.id, item)
        if held is None:
            return False
        held.withdrawn_at, held.withdrawn_by = clock.now(), scope.actor
        held.save(update_fields=["withdrawn_at", "withdrawn_by"])
        _tell(scope, "consent.withdraw", child, clock=clock, duty=duty_code, item=item)
    return True


def set_basis(scope: Scope, duty_code: str, basis: str, separate: Collection[str], *, clock: Clock) -> None:
    """Say on which basis a duty's data are held, and which of its optional fields need a separate consent.

    For the machine alone. Raises DomainError `unknown_duty`, `bad_basis`, `bad_separate`.
    """
    duty = expect_queries.duty_by_code(duty_code)
    if basis not in BASES or duty.respondent != "person":
        raise DomainError("bad_basis", "basis")
    form = form_in_force(duty.form)
    for code in separate:
        if code not in form.fields or form.fields[code].is_required:
            raise DomainError("bad_separate", "separate", name=code)
    with transaction.atomic():
        Duty.objects.filter(pk=duty.id).update(basis=basis, separate=sorted(set(separate)))
        audit.record(scope.actor, "duty.basis", duty_code, clock=clock,
                     detail={"basis": basis, "separate": sorted(set(separate))})  # fmt: skip


def _open(person_id: int, duty_id: int, item: str) -> Consent | None:
    return Consent.objects.filter(person_id=person_id, duty_id=duty_id, item=item, withdrawn_at=None).first()


def _child(scope: Scope, person_id: int, *, clock: Clock) -> ToldChild:
    for child in notices_of_households(scope, day_of(clock.now())):
        if child.id == person_id:
            return child
    raise DomainError("out_of_scope", "person")


def _told(scope: Scope, person_id: int, duty_code: str, *, clock: Clock) -> tuple[ToldChild, Notice]:
    child = _child(scope, person_id, clock=clock)
    for notice in child.notices:
        if notice.duty == duty_code:
            return child, notice
    raise DomainError("nothing_to_consent", "duty")


def _tell(scope: Scope, act: str, child: ToldChild, *, clock: Clock, **detail: str) -> None:
    audit.record(scope.actor, act, f"person:{child.code}", clock=clock,
                 detail={"unit": school_of(child.id).code, **detail})  # fmt: skip


def school_of(person_id: int) -> Unit:
    """The school at which a pupil is placed now; the unit itself where it belongs to none. Raises `no_school`."""
    placement = Placement.objects.select_related("unit").filter(person_id=person_id, to_day=None).first()
    if placement is None:
        raise DomainError("no_school", "person")
    unit = placement.unit
    return Unit.objects.get(pk=unit.school_id) if unit.school_id else unit
