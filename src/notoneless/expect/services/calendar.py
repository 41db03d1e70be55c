"""A unit's own days: make-up school days, vacations and closures."""

from datetime import date

from django.db import transaction

from notoneless.expect.models import CalendarOverride
from notoneless.kernel import audit, outbox
from notoneless.kernel.clock import Clock
from notoneless.kernel.errors import DomainError
from notoneless.roster import queries as roster_queries
from notoneless.roster.scope import Scope

KINDS = ("school_day", "vacation", "closure")


def enter_override(
    scope: Scope,
    unit_code: str,
    *,
    kind: str,
    first_day: date,
    last_day: date,
    clock: Clock,
    stage: str = "",
    reason_zh: str = "",
    reason_en: str = "",
    document: str = "",
) -> CalendarOverride:
    """Enter days for a unit and its subtree. Open days hear of it through the outbox.

    Raises DomainError `unknown_calendar_kind`, `days_out_of_order`, or what `unit_by_code` raises.
    """
    if kind not in KINDS:
        raise DomainError("unknown_calendar_kind", "kind", known=", ".join(KINDS))
    if last_day < first_day:
        raise DomainError("days_out_of_order", "last_day")
    unit = roster_queries.unit_by_code(scope, unit_code)
    with transaction.atomic():
        override = CalendarOverride.objects.create(
            unit_id=unit.pk, first_day=first_day, last_day=last_day, kind=kind, stage=stage,
            reason_zh=reason_zh, reason_en=reason_en, document=document,
        )  # fmt: skip
        audit.record(scope.actor, f"calendar.{kind}", unit.code, clock=clock,
                     detail={"first_day": str(first_day), "last_day": str(last_day)})  # fmt: skip
        outbox.post(
            "calendar.changed",
            {"first_day": str(first_day), "last_day": str(last_day), "within": unit.path},
            clock=clock,
        )
    return override
