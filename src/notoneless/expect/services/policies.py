"""A policy's life: drafted, approved by somebody else, published, and one day superseded or withdrawn; never edited."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction

from notoneless.expect import queries
from notoneless.expect.models import Document, Policy
from notoneless.expect.queries.policies import AUDIENCE
from notoneless.expect.rules import find_cycle
from notoneless.expect.rules.days import DAY_TYPES
from notoneless.expect.services.policy_bounds import refuse_clashes, warnings_of
from notoneless.expect.services.policy_terms import DocumentTerms, PolicyTerms
from notoneless.kernel import audit, outbox
from notoneless.kernel.clock import Clock, day_of
from notoneless.kernel.errors import DomainError
from notoneless.kernel.sql import lock_exclusively
from notoneless.roster import queries as roster_queries
from notoneless.roster.kinds import GRADES, KINDS, PERSON_STATES, POPULATIONS, STAGES, TAGS
from notoneless.roster.models import Unit
from notoneless.roster.roles import RULE
from notoneless.roster.scope import Scope

_KNOWN: Mapping[str, Iterable[str]] = {
    "populations": POPULATIONS, "stages": STAGES, "kinds": KINDS, "grades": GRADES, "tags": TAGS,
    "states": PERSON_STATES,
}  # fmt: skip


@dataclass
class Published:
    """A policy in force, and what its publication means for others: `warnings` are (code, policy's code)."""

    policy: Policy
    warnings: list[tuple[str, str]] = field(default_factory=list)


def record_document(terms: DocumentTerms) -> Document:
    """The document of this number, new or as it is. Raises DomainError `document_reused` for another text."""
    held = Document.objects.filter(number=terms.number).first()
    digest = hashlib.sha256(terms.text.encode()).hexdigest() if terms.text else ""
    if held is None:
        return Document.objects.create(
            number=terms.number, issuer=terms.issuer, dated=terms.dated, title_zh=terms.title_zh,
            title_en=terms.title_en, link=terms.link, text=terms.text, digest=digest,
        )  # fmt: skip
    told = {"issuer": terms.issuer, "dated": terms.dated, "title_zh": terms.title_zh, "title_en": terms.title_en,
            "link": terms.link, "digest": digest}  # fmt: skip
    for name, value in told.items():
        if value and getattr(held, name) and getattr(held, name) != value:
            raise DomainError("document_reused", "document", number=terms.number, part=name)
    missing = {name: value for name, value in told.items() if value and not getattr(held, name)}
    if missing:
        for name, value in missing.items():
            setattr(held, name, value)
        if "digest" in missing:
            held.text = terms.text
        held.save()
    return held


def draft_policy(scope: Scope, terms: PolicyTerms, *, clock: Clock) -> Policy:
    """Keep a policy as a draft: in force nowhere. A draft of the same code by the same level is replaced.

    Raises DomainError `policy_code_taken`, and what its terms are wrong in.
    """
    duty = queries.duty_by_code(terms.duty)
    unit = _unit(scope, terms.unit)
    _check(terms, [session.code for session in duty.sessions], {s.code: s.minutes for s in duty.sessions})
    with transaction.atomic():
        lock_exclusively("policies")
        held = Policy.objects.filter(code=terms.code).first()
        if held is not None and (
            held.status not in ("draft", "approved") or held.unit_id != (unit.pk if unit else None)
        ):
            raise DomainError("policy_code_taken", "code", name=terms.code)
        policy = _filled(held or Policy(code=terms.code), terms, duty.id, unit)
        policy.supersedes = _superseded(terms, unit)
        policy.document = record_document(terms.document) if terms.document else None
        policy.status, policy.drafted_by, policy.approved_by = "draft", scope.actor, ""
        policy.save()
        audit.record(scope.actor, "policy.draft", policy.code, clock=clock)
    return policy


def unsaved_policy(scope: Scope, terms: PolicyTerms, *, number: int) -> Policy:
    """The policy as it would be, checked and kept nowhere: to look at what it would do. `number`: its id, negative."""
    duty = queries.duty_by_code(terms.duty)
    unit = _unit(scope, terms.unit)
    _check(terms, [session.code for session in duty.sessions], {s.code: s.minutes for s in duty.sessions})
    policy = _filled(Policy(code=terms.code, id=number), terms, duty.id, unit)
    policy.supersedes = _superseded(terms, unit)
    return policy


def _filled(policy: Policy, terms: PolicyTerms, duty_id: int, unit: Unit | None) -> Policy:
    policy.unit, policy.duty_id = unit, duty_id
    policy.effect, policy.strictness = terms.effect, terms.strictness
    policy.audience = {name: sorted(chosen) for name in AUDIENCE if (chosen := getattr(terms, name))}
    policy.days, policy.weekdays = list(terms.days), sorted(terms.weekdays)
    policy.sessions = list(terms.sessions)
    policy.windows = {code: list(window) for code, window in terms.windows.items()}
    policy.effective_from, policy.effective_to = terms.effective_from, terms.effective_to
    policy.title_zh, policy.title_en = terms.title_zh, terms.title_en
    return policy


def _unit(scope: Scope, code: str) -> Unit | None:
    """The unit whose policy it is; only the machine itself writes the rules of the whole system."""
    if code:
        return roster_queries.unit_to(RULE, scope, code)
    if not scope.is_everything:
        raise DomainError("out_of_scope", "unit")
    return None


def _check(terms: PolicyTerms, sessions: Sequence[str], own: Mapping[str, tuple[int, int, int]]) -> None:
    if terms.effect not in ("require", "waive"):
        raise DomainError("unknown_choice", "effect", value=terms.effect, known="require, waive")
    bounds = {"require": ("default", "floor"), "waive": ("default", "ceiling")}[terms.effect]
    if terms.strictness not in bounds:
        raise DomainError("unknown_choice", "strictness", value=terms.strictness, known=", ".join(bounds))
    if not terms.days:
        raise DomainError("value_required", "days")
    choices = {"days": DAY_TYPES, "sessions": sessions, **_KNOWN}
    for name, known in choices.items():
        for value in getattr(terms, name):
            if value not in known:
                raise DomainError("unknown_choice", name, value=value, known=", ".join(known))
    if any(not 0 <= weekday <= 6 for weekday in terms.weekdays):
        raise DomainError("unknown_choice", "weekdays", value=terms.weekdays, known="0 - 6")
    if terms.effective_to is not None and terms.effective_to < terms.effective_from:
        raise DomainError("days_out_of_order", "effective_to")
    for code, (opens, due, closes) in terms.windows.items():
        if code not in own:
            raise DomainError("unknown_choice", "windows", value=code, known=", ".join(own))
        if not 0 <= opens <= due <= closes <= 2880:
            raise DomainError("window_out_of_order", "windows", session=code)


def _superseded(terms: PolicyTerms, unit: Unit | None) -> Policy | None:
    """The policy that this one takes the place of. Raises DomainError `policy_cycle`, `unknown_policy`."""
    if not terms.supersedes:
        return None
    chain = dict(Policy.objects.exclude(supersedes=None).values_list("code", "supersedes__code"))
    circle = find_cycle(chain | {terms.code: terms.supersedes})
    if circle:
        raise DomainError("policy_cycle", "supersedes", circle=" → ".join(circle))
    held = Policy.objects.filter(code=terms.supersedes, unit=unit).first()
    if held is None:
        raise DomainError("unknown_policy", "supersedes", name=terms.supersedes)
    return held


def policy_by_code(scope: Scope, code: str) -> Policy:
    """Raises DomainError `unknown_policy`: also for what lies outside the scope."""
    policy = Policy.objects.select_related("unit", "duty").filter(code=code).first()
    if policy is None or not (scope.is_everything or (policy.unit is not None and scope.may(RULE, policy.unit.path))):
        raise DomainError("unknown_policy", "policy", name=code)
    return policy


def approve_policy(scope: Scope, code: str, *, clock: Clock) -> Policy:
    """A second pair of eyes. Raises DomainError `policy_not_draft`, `policy_own_approval`."""
    with transaction.atomic():
        lock_exclusively("policies")
        policy = policy_by_code(scope, code)
        if policy.status != "draft":
            raise DomainError("policy_not_draft", "policy", name=code)
        if policy.drafted_by == scope.actor and not scope.is_everything:
            raise DomainError("policy_own_approval", "policy", name=code)
        refuse_clashes(policy)
        policy.status, policy.approved_by = "approved", scope.actor
        policy.save(update_fields=["status", "approved_by"])
        audit.record(scope.actor, "policy.approve", code, clock=clock)
    return policy


def publish_policy(scope: Scope, code: str, *, clock: Clock) -> Published:
    """Put an approved policy in force, from its date on; open days follow through the outbox.

    Days that have been closed keep their slots. Raises DomainError `policy_not_approved`, `policy_backdated`, and
    `policy_overlaps`, `policy_below_floor`, `policy_above_ceiling` or `policy_looser_window` naming the other clause.
    """
    today = day_of(clock.now())
    with transaction.atomic():
        lock_exclusively("policies")
        policy = policy_by_code(scope, code)
        if policy.status != "approved":
            raise DomainError("policy_not_approved", "policy", name=code)
        if policy.effective_to is not None and policy.effective_to < today:
            raise DomainError("policy_backdated", "effective_to", day=policy.effective_to)
        refuse_clashes(policy)
        published = Published(policy, warnings_of(policy))
        policy.status, policy.published_by, policy.published_at = "published", scope.actor, clock.now()
        policy.save(update_fields=["status", "published_by", "published_at"])
        if policy.supersedes is not None:
            _end(policy.supersedes, "superseded", policy.effective_from - timedelta(days=1))
        audit.record(scope.actor, "policy.publish", code, clock=clock)
        _tell(policy, max(policy.effective_from, today), clock=clock)
    return published


def withdraw_policy(scope: Scope, code: str, *, on: date, reason: str, clock: Clock) -> Policy:
    """Out of force from `on` (today or later): past days keep their slots, today's are voided with the reason.

    Raises DomainError `policy_not_published`, `policy_backdated`, `value_required`.
    """
    today = day_of(clock.now())
    if not reason.strip():
        raise DomainError("value_required", "reason")
    if on < today:
        raise DomainError("policy_backdated", "on", day=on)
    with transaction.atomic():
        lock_exclusively("policies")
        policy = policy_by_code(scope, code)
        if policy.status != "published" or (policy.effective_to is not None and policy.effective_to < on):
            raise DomainError("policy_not_published", "policy", name=code)
        policy.withdrawn_by, policy.reason = scope.actor, reason.strip()[:300]
        policy.save(update_fields=["withdrawn_by", "reason"])
        _end(policy, "withdrawn", on - timedelta(days=1))
        audit.record(scope.actor, "policy.withdraw", code, clock=clock, detail={"on": str(on)})
        _tell(policy, on, clock=clock)
    return policy


def discard_policy(scope: Scope, code: str, *, clock: Clock) -> None:
    """Throw a draft away. Raises DomainError `policy_not_draft`."""
    with transaction.atomic():
        lock_exclusively("policies")
        policy = policy_by_code(scope, code)
        if policy.status not in ("draft", "approved"):
            raise DomainError("policy_not_draft", "policy", name=code)
        policy.delete()
        audit.record(scope.actor, "policy.discard", code, clock=clock)


def _end(policy: Policy, status: str, last_day: date) -> None:
    if policy.effective_to is None or policy.effective_to > last_day:
        policy.effective_to = last_day
    policy.status = status
    policy.save(update_fields=["effective_to", "status"])


def _tell(policy: Policy, first_day: date, *, clock: Clock) -> None:
    """Later stages re-resolve what the policy can touch: its subtree, its duty, from this day on."""
    duty = Policy.objects.filter(pk=policy.pk).values_list("duty__code", flat=True)[0]
    outbox.post(
        "policy.changed",
        {"policy": policy.code, "duty": duty, "within": policy.unit.path if policy.unit else "",
         "first_day": str(first_day), "at": None},
        clock=clock,
    )  # fmt: skip


__all__ = [
    "Published",
    "approve_policy",
    "discard_policy",
    "draft_policy",
    "policy_by_code",
    "publish_policy",
    "record_document",
    "unsaved_policy",
    "withdraw_policy",
]
