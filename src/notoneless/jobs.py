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
from notoneless.expect.services.day import OpenedDay
from notoneless.expect.services.day import Progress as OpeningProgress
from notoneless.follow import tasks as follow
from notoneless.kernel import works
from notoneless.kernel.clock import Clock, day_of
from notoneless.kernel.errors import DomainError
from notoneless.kernel.models import OutboxEvent, Work
from notoneless.rollup.sums import sum_locked_days
from notoneless.roster import exporting, importing
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


def _unseen(duty: str, done: int, total: int) -> None:
    """Progress for nobody but the work itself."""


def _opening(then: OpeningProgress = _unseen, told: list[OpenedDay] | None = None) -> works.Handler:
    """Opens the day of the parameters; a second time it adds what is missing, so it may be cut short anywhere."""

    def run(work: Work, control: works.Control, clock: Clock) -> Mapping[str, Any]:
        def progress(duty: str, done: int, total: int) -> None:
            control.progress(duty, done, total)
            then(duty, done, total)

        opened = expect.open_day(date.fromisoformat(work.params["day"]), clock=clock, progress=progress)
        if told is not None:
            told.append(opened)
        return {"day": work.params["day"], "added": sum(merged.added for merged in opened.duties.values())}

    return run


def open_day(day: date, *, clock: Clock, actor: str = "system", progress: OpeningProgress = _unseen) -> OpenedDay:
    """Open a day now, where others can see how far it is. Another opening under way is no reason not to."""
    try:
        work = works.begin(OPENING, actor=actor, clock=clock, params={"day": day.isoformat()})
    except DomainError:
        return expect.open_day(day, clock=clock, progress=progress)
    told: list[OpenedDay] = []
    works.run(work, _opening(progress, told), clock=clock, is_raising=True)
    return told[0] if told else OpenedDay(day)


OPENING = "day.open"
WORKS: Mapping[str, works.Handler] = {
    OPENING: _opening(),
    importing.CHECK: importing.run_check,
    importing.APPLY: importing.run_import,
    exporting.KIND: exporting.run_export,
}
"""Kinds of long work, done beside the tick (commands/server.py)."""
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
    """Open today if nobody has, wholly; hear the outbox; close, sum up and remind what is due."""
    today = day_of(clock.now())
    if not expect_queries.is_open(today, expect_queries.duties().values()):
        open_day(today, clock=clock)
    drain_outbox(clock=clock)
    expect.close_due_sessions(clock=clock)
    expect.place_queued(clock=clock)
    sum_locked_days(clock=clock)
    follow.remind(clock=clock)


def do_works(*, clock: Clock) -> int:
    """What was left by workers that are gone, and everything that waits, one after the other. Returns how many."""
    works.recover(clock=clock)
    done = 0
    while works.run_one(WORKS, clock=clock) is not None:
        done += 1
    return done
