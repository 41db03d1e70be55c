"""What happens by itself: outbox events to tasks, days opened and windows closed on time. One screen."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from notoneless.collect import services as collect
from notoneless.expect import queries as expect_queries
from notoneless.expect import services as expect
from notoneless.kernel.clock import Clock, day_of
from notoneless.kernel.models import OutboxEvent
from notoneless.roster.grants import end_grants_of_leavers

log = logging.getLogger(__name__)
MAX_FAILURES = 10
KEEP = timedelta(days=7)


def _on_roster_changed(payload: Mapping[str, Any], clock: Clock) -> None:
    only = None if payload["units_changed"] else payload["people"]
    end_grants_of_leavers(only, clock=clock)
    expect.refresh_open_days(
        date.fromisoformat(payload["day"]), None, clock=clock, only=only, opened_by=payload.get("at")
    )


def _on_calendar_changed(payload: Mapping[str, Any], clock: Clock) -> None:
    first, last = (date.fromisoformat(payload[name]) for name in ("first_day", "last_day"))
    expect.refresh_open_days(first, last, clock=clock, only=None, within=payload.get("within", ""))


def _on_policy_changed(payload: Mapping[str, Any], clock: Clock) -> None:
    expect.refresh_open_days(
        date.fromisoformat(payload["first_day"]), None, clock=clock, only=None, within=payload["within"],
        duty_codes=[payload["duty"]],
    )  # fmt: skip


def _on_state_changed(payload: Mapping[str, Any], clock: Clock) -> None:
    expect.refresh_open_days(date.fromisoformat(payload["first_day"]), None, clock=clock, only=payload["people"])


def _on_checks_filled(payloads: Sequence[Mapping[str, Any]], clock: Clock) -> None:
    filled = {(date.fromisoformat(day), duty, unit) for payload in payloads for day, duty, unit in payload["filled"]}
    collect.follow_checks(filled, clock=clock)


HANDLERS: Mapping[str, Callable[[Mapping[str, Any], Clock], None]] = {
    "roster.changed": _on_roster_changed,
    "calendar.changed": _on_calendar_changed,
    "policy.changed": _on_policy_changed,
    "state.changed": _on_state_changed,
}
TOGETHER: Mapping[str, Callable[[Sequence[Mapping[str, Any]], Clock], None]] = {"checks.filled": _on_checks_filled}
"""Kinds of which a morning has thousands, and which are cheaper heard many at once."""
UNHEARD = ("slots.filled",)
"""Kinds that nobody listens to yet (detection will): swept in one statement, since a morning has thousands."""


def drain_outbox(*, clock: Clock) -> int:
    """Handle what waits, oldest first; an event that fails is tried again later, behind the others."""
    handled = OutboxEvent.objects.filter(handled_at=None, kind__in=UNHEARD).update(handled_at=clock.now())
    handled += sum(_drain_together(kind, clock=clock) for kind in TOGETHER)
    waiting = OutboxEvent.objects.filter(handled_at=None, failures__lt=MAX_FAILURES).order_by("failures", "id")
    for event in waiting.exclude(kind__in=(*UNHEARD, *TOGETHER))[:1000]:  # more of those have come in since
        try:
            with transaction.atomic():
                taken = OutboxEvent.objects.filter(pk=event.pk, handled_at=None).update(handled_at=clock.now())
                if taken:
                    HANDLERS[event.kind](event.payload, clock)
                    handled += 1
        except Exception:
            log.exception("outbox event %s %s failed", event.pk, event.kind)
            OutboxEvent.objects.filter(pk=event.pk).update(failures=event.failures + 1)
    OutboxEvent.objects.filter(handled_at__lt=clock.now() - KEEP).delete()
    return handled


def _drain_together(kind: str, *, clock: Clock) -> int:
    """Handle up to a thousand events of a kind as one; if that fails, all of them are tried again later."""
    waiting = OutboxEvent.objects.filter(handled_at=None, failures__lt=MAX_FAILURES, kind=kind).order_by("id")
    ids = list(waiting.values_list("pk", flat=True)[:1000])
    if not ids:
        return 0
    events = OutboxEvent.objects.filter(pk__in=ids)
    try:
        with transaction.atomic():
            taken = list(events.select_for_update().filter(handled_at=None).values_list("payload", flat=True))
            TOGETHER[kind](taken, clock)
            return events.filter(handled_at=None).update(handled_at=clock.now())
    except Exception:
        log.exception("outbox events %s, %s of them, failed", kind, len(ids))
        events.update(failures=F("failures") + 1)
        return 0


def tick(*, clock: Clock) -> None:
    """Open today if nobody has, wholly; hear the outbox, close what has ended."""
    today = day_of(clock.now())
    if not expect_queries.is_open(today, expect_queries.duties().values()):
        expect.open_day(today, clock=clock)
    drain_outbox(clock=clock)
    expect.close_due_sessions(clock=clock)
    expect.place_queued(clock=clock)
