"""Nobody keeps a role that they lost: who leaves a school leaves their roles in it."""

from collections.abc import Collection
from datetime import date

from notoneless.kernel import audit
from notoneless.kernel.clock import Clock, day_of
from notoneless.roster.models import Grant, Placement


def end_grants_of_leavers(people: Collection[int] | None, *, clock: Clock) -> int:
    """End the roles, at schools and classes, of accounts whose person no longer belongs to that school; how many.

    `people`: ids of those who moved, None for everybody. Roles at bureaus do not follow a placement: those are ended by
    whoever gave them. Accounts that are bound to no person of the roster are not known to have left.
    """
    today = day_of(clock.now())
    held = Grant.objects.filter(ended_at=None, unit__school_id__gt=0, account__person__isnull=False)
    if people is not None:
        held = held.filter(account__person_id__in=list(people))
    ended = 0
    for grant in held.select_related("account", "unit"):
        unit, person_id = grant.unit, grant.account.person_id
        if unit is None or person_id is None or _belongs(person_id, unit.school_id, today):
            continue
        grant.ended_at, grant.ended_by = clock.now(), "system"
        grant.save()
        audit.record("system", "grant.end", f"account:{grant.account_id}", clock=clock,
                     detail={"role": grant.role, "unit": unit.code, "why": "left the school"})  # fmt: skip
        ended += 1
    return ended


def _belongs(person_id: int, school_id: int, today: date) -> bool:
    placed = Placement.objects.filter(person_id=person_id, unit__school_id=school_id, from_day__lte=today)
    return placed.exclude(to_day__lte=today).exists()
