"""Send what is planned and may leave now; write down what became of it. Nothing goes to who has reported since.

A row is marked as tried, in a transaction of its own, before its message leaves: of two processes one has it, and a
message whose end nobody saw counts as failed and is not sent again.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext, override

from notoneless.expect import queries as expect_queries
from notoneless.follow.channels import Channel, Delivery, Message, channels
from notoneless.follow.models import PushSubscription, Reminder
from notoneless.follow.queries.pack import rules
from notoneless.follow.queries.recipients import Recipient, families, staff
from notoneless.follow.queries.standing import quiet_end
from notoneless.follow.queries.waiting import silent_below, waiting_of_homes
from notoneless.kernel.clock import Clock, bureau_zone, day_of
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import DayUnitRef

log = logging.getLogger(__name__)
BATCH = 200
THREADS = 16
LOST_AFTER = timedelta(minutes=10)
PAGE = "page"
"""The channel of a unit's rung where no other reaches: what was asked stands on its own page."""


@dataclass(frozen=True)
class Letter:
    """A row that is claimed, and where it goes."""

    reminder: int
    is_family: bool
    to: Recipient | None
    message: Message


def send_waiting(*, clock: Clock, limit: int = BATCH) -> int:
    """Send up to `limit`; how many left. Outside of any transaction: messages wait for nobody's locks."""
    now, today = clock.now(), day_of(clock.now())
    planned = Reminder.objects.filter(state="planned")
    planned.filter(day__lt=today, tried_at=None).update(state="suppressed", reason="too_late", settled_at=now)
    planned.filter(tried_at__lt=now - LOST_AFTER).update(state="failed", reason="interrupted", settled_at=now)
    if quiet_end(now) is not None:
        return 0
    letters = _claim(today, now, limit)
    ways = channels()
    if len(letters) > 1:
        with ThreadPoolExecutor(THREADS) as threads:
            ends = list(threads.map(lambda letter: _deliver(letter, ways), letters))
    else:
        ends = [_deliver(letter, ways) for letter in letters]
    return sum(_settle(letter, *end, now=clock.now()) for letter, end in zip(letters, ends, strict=True))


def send_rehearsal(*, clock: Clock) -> int:
    """What the dry run would send, at once: nothing leaves, so that no page waits for a provider. With any other
    channel the jobs send, some seconds later."""
    return send_waiting(clock=clock) if list(settings.REMINDER_CHANNELS) == ["dry-run"] else 0


@transaction.atomic
def _claim(today: date, now: datetime, limit: int) -> list[Letter]:
    """The next rows, but for those that nobody is awaited for any more."""
    waiting = Reminder.objects.filter(state="planned", tried_at=None, day=today, not_before__lte=now)
    rows = list(waiting.order_by("not_before", "pk").select_for_update(skip_locked=True)[:limit])
    letters: list[Letter] = []
    for duty_id in sorted({row.duty_id for row in rows}):
        mine = [row for row in rows if row.duty_id == duty_id]
        letters += _to_families([row for row in mine if row.household_id is not None], today, duty_id, now)
        letters += _to_units([row for row in mine if row.unit_id is not None], today, duty_id, now)
    claimed = {letter.reminder for letter in letters}
    settled = [row.pk for row in rows if row.pk not in claimed]
    Reminder.objects.filter(pk__in=settled).update(state="suppressed", reason="reported", settled_at=now)
    Reminder.objects.filter(pk__in=claimed).update(tried_at=now)
    return letters


def _to_families(rows: Sequence[Reminder], day: date, duty_id: int, now: datetime) -> list[Letter]:
    homes = [row.household_id for row in rows if row.household_id is not None]
    awaited = {one.household for one in waiting_of_homes(homes, day, duty_id, now=now)}
    found = families(homes, day)
    letters = []
    for row in rows:
        if row.household_id in awaited and row.household_id is not None:
            to = found.get(row.household_id)
            language = to.language if to is not None else "zh"
            letters.append(Letter(row.pk, True, to, _message("family", language, "/family/")))
    return letters


def _to_units(rows: Sequence[Reminder], day: date, duty_id: int, now: datetime) -> list[Letter]:
    if not rows:
        return []
    duty = next(one for one in expect_queries.duties().values() if one.id == duty_id)
    units = ledger_queries.day_units(day, [row.unit_id for row in rows if row.unit_id is not None])
    letters = []
    for rung in sorted({row.rung for row in rows}):
        mine = [row for row in rows if row.rung == rung]
        found = staff([row.unit_id or 0 for row in mine], rules().roles[rung], day)
        for row in mine:
            unit = units.get(row.unit_id or 0)
            if unit is None or not silent_below((unit.unit_id, unit.path), rung, day, duty, now=now).people:
                continue
            to = found[unit.unit_id]
            letters.append(Letter(row.pk, False, to, _staff_message(row, unit, to.language)))
    return letters


def _staff_message(row: Reminder, unit: DayUnitRef, language: str) -> Message:
    since = row.since.astimezone(bureau_zone()) if row.since is not None else localtime(row.asked_at)
    place = {"teacher": "class", "school": "school", "bureau": "bureau"}[row.rung]
    return _message(
        row.rung, language, f"/{place}/{unit.code}/", unit=unit.label(language), people=row.people,
        since=f"{since:%H:%M}",
    )  # fmt: skip


def _message(rung: str, language: str, place: str, **told: object) -> Message:
    with override("en" if language.startswith("en") else "zh-hans"):
        title = gettext("Not One Less")
    link = f"{settings.PUBLIC_ADDRESS.rstrip('/')}{place}" if settings.PUBLIC_ADDRESS else ""
    return Message(title, rules().text(rung, language, **told), link)


def _deliver(letter: Letter, ways: Sequence[Channel]) -> tuple[str, Delivery]:
    """The name of the channel that took it, or of the last that did not, and its answer. In a thread: no database."""
    last: tuple[str, Delivery] | None = None
    gone: tuple[int, ...] = ()
    for way in ways:
        if letter.to is not None and way.can_reach(letter.to):
            answer = _send(way, letter.to, letter.message)
            gone += answer.gone
            last = way.name, Delivery(answer.reason, answer.answer, gone)
            if answer.is_sent:
                return last
    if last is not None:
        return last
    return ("", Delivery("no_way")) if letter.is_family else (PAGE, Delivery())


def _send(way: Channel, to: Recipient, message: Message) -> Delivery:
    """A channel answers and raises nothing; if a library does all the same, one message fails, and not its batch."""
    try:
        return way.send(to, message)
    except Exception as error:
        log.error("channel %s: %s", way.name, type(error).__name__)  # its words may hold an address
        return Delivery("unanswered", type(error).__name__)


def _settle(letter: Letter, channel: str, answer: Delivery, *, now: datetime) -> int:
    """A unit's entry stands on its page whatever became of the message about it, so that it has been asked."""
    state = "sent" if answer.is_sent else "failed"
    if answer.reason == "no_way":
        state = "suppressed"
    elif not letter.is_family and not answer.is_sent:
        state, channel = "sent", PAGE
    Reminder.objects.filter(pk=letter.reminder, state="planned").update(
        state=state, reason=answer.reason, channel=channel, answer=answer.answer[:40], settled_at=now
    )
    if answer.gone:
        PushSubscription.objects.filter(pk__in=answer.gone).delete()
    return int(state == "sent")
