"""Give a role, end it, hand it over. Each is written to the audit with its reason."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from notoneless.kernel import audit
from notoneless.kernel.clock import Clock, day_of
from notoneless.kernel.errors import DomainError
from notoneless.kernel.sql import lock_exclusively
from notoneless.roster import queries as roster_queries
from notoneless.roster.models import Account, Grant, Unit
from notoneless.roster.roles import GRANT, ROLES, clash_of, giving
from notoneless.roster.rules import tidy
from notoneless.roster.scope import Scope

LONGEST_REASON = 200


@dataclass(frozen=True)
class Term:
    """For how long a role is given: until the day before `to_day`, or until further notice."""

    from_day: date
    to_day: date | None = None


def give(
    scope: Scope, username: str, role: str, unit_code: str, term: Term, *, reason: str, clock: Clock,
    qualification: str = "", qualified_until: date | None = None,
) -> Grant:  # fmt: skip
    """Give an account a role at a unit.

    Raises DomainError `no_such_role`, `role_not_yours`, `own_grant`, `role_level`, `days_out_of_order`, `term_needed`,
    `value_required`, `value_too_long`, `not_qualified`, `roles_apart`, `role_held`, `unknown_account`,
    `account_off`, or what `unit_to` raises.
    """
    today = day_of(clock.now())
    unit = roster_queries.unit_to(GRANT, scope, unit_code)
    found = ROLES.get(role)
    if found is None or not found.levels:
        raise DomainError("no_such_role", "role")
    if not scope.may(giving(role), unit.path):
        raise DomainError("role_not_yours", "role")
    if unit.level not in found.levels:
        raise DomainError("role_level", "role")
    _check_term(role, term, today)
    why = checked_reason(reason)
    if found.qualified and (not qualification.strip() or qualified_until is None or qualified_until < today):
        raise DomainError("not_qualified", "qualified_until")
    account = roster_queries.account_named(username)
    if username == scope.actor:
        raise DomainError("own_grant", "username")
    if not account.is_active:
        raise DomainError("account_off", "username")
    with transaction.atomic():
        lock_exclusively(f"grants:{account.pk}")  # two givers at once would each see no clash
        _refuse_clash(account, role, unit, term)
        grant = Grant.objects.create(
            account=account, role=role, unit=unit, from_day=term.from_day, to_day=term.to_day,
            granted_by=scope.actor, reason=why, made_at=clock.now(), qualification=qualification.strip()[:80],
            qualified_until=qualified_until if found.qualified else None,
        )  # fmt: skip
        audit.record(scope.actor, "grant.give", f"account:{account.pk}", clock=clock, detail=_told(grant, why))
    return grant


def end_grant(scope: Scope, grant_id: int, *, reason: str, clock: Clock) -> Grant:
    """Take a role away, from this instant on: sessions see it at the next request, tokens within seconds.

    Raises DomainError `out_of_scope`, `role_not_yours`, `grant_ended`, `own_grant`, `value_required`, `value_too_long`.
    """
    why = checked_reason(reason)
    with transaction.atomic():
        grant = _grant_of(scope, grant_id)
        if grant.account.get_username() == scope.actor:
            raise DomainError("own_grant", "username")
        grant.ended_at, grant.ended_by = clock.now(), scope.actor
        grant.save()
        audit.record(scope.actor, "grant.end", f"account:{grant.account_id}", clock=clock, detail=_told(grant, why))
    return grant


def hand_over(
    scope: Scope, grant_id: int, username: str, on: date, *, reason: str, clock: Clock, qualification: str = "",
    qualified_until: date | None = None,
) -> Grant:  # fmt: skip
    """From a day on, somebody else holds this role at its unit: the old grant ends as the new one begins.

    Raises what `give` and `end_grant` raise.
    """
    if on < day_of(clock.now()):
        raise DomainError("day_past", "on", day=on)
    with transaction.atomic():
        old = _grant_of(scope, grant_id)
        unit = old.unit
        if unit is None:
            raise DomainError("out_of_scope", "grant")
        if old.to_day is not None and old.to_day <= on:
            raise DomainError("days_out_of_order", "on")
        new = give(
            scope, username, old.role, unit.code, Term(on, old.to_day), reason=reason, clock=clock,
            qualification=qualification, qualified_until=qualified_until,
        )  # fmt: skip
        if on <= old.from_day or on == day_of(clock.now()):
            end_grant(scope, old.pk, reason=reason, clock=clock)
        else:
            old.to_day = on
            old.save()
        audit.record(scope.actor, "grant.hand-over", f"account:{old.account_id}", clock=clock,
                     detail={"to": new.account_id, "role": old.role, "unit": unit.code})  # fmt: skip
    return new


def checked_reason(reason: str) -> str:
    """Raises DomainError `value_required`, `value_too_long`, `bad_text`."""
    words = reason.strip()
    if not words:
        raise DomainError("value_required", "reason")
    if len(words) > LONGEST_REASON:
        raise DomainError("value_too_long", "reason", limit=LONGEST_REASON)
    kept = tidy(words)
    if kept is None:
        raise DomainError("bad_text", "reason")
    return kept


def _check_term(role: str, term: Term, today: date) -> None:
    longest = ROLES[role].most_days
    if term.to_day is not None and (term.to_day <= term.from_day or term.to_day <= today):
        raise DomainError("days_out_of_order", "to_day")
    if longest is not None and (term.to_day is None or (term.to_day - term.from_day).days > longest):
        raise DomainError("term_needed", "to_day", days=longest)


def _refuse_clash(account: Account, role: str, unit: Unit, term: Term) -> None:
    """Raises DomainError `roles_apart` or `role_held`. Future terms count too: they would come true by themselves."""
    others = Grant.objects.filter(account=account, ended_at=None).exclude(to_day__lte=term.from_day)
    other = clash_of(others.values_list("role", flat=True), role)
    if other:
        raise DomainError("roles_apart", "role", other=f"{ROLES[other].zh} {ROLES[other].en}")
    twins = others.filter(role=role, unit=unit)
    if (twins if term.to_day is None else twins.filter(from_day__lt=term.to_day)).exists():
        raise DomainError("role_held", "role")


def _grant_of(scope: Scope, grant_id: int) -> Grant:
    grant = Grant.objects.select_for_update(of=("self",)).filter(pk=grant_id).first()
    unit = None if grant is None else grant.unit
    if grant is None or unit is None or not scope.may(GRANT, unit.path):
        raise DomainError("out_of_scope", "grant")
    if not scope.may(giving(grant.role), unit.path):
        raise DomainError("role_not_yours", "role")
    if grant.ended_at is not None:
        raise DomainError("grant_ended", "grant")
    return grant


def _told(grant: Grant, why: str) -> dict[str, str]:
    unit = grant.unit
    return {
        "role": grant.role, "unit": unit.code if unit else "", "from": str(grant.from_day),
        "to": str(grant.to_day or ""), "why": why,
    }  # fmt: skip
