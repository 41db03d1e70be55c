"""Notices and surveys: sent to the households of a subtree, within what they may be asked on a day."""

import uuid
from datetime import date, timedelta

from django.db import transaction

from notoneless.expect.models import AskLimit, Notice
from notoneless.expect.queries.reach import limit_above, reach_of
from notoneless.kernel import audit
from notoneless.kernel.clock import Clock, day_of
from notoneless.kernel.errors import DomainError
from notoneless.kernel.sql import lock_exclusively
from notoneless.roster import queries as roster_queries
from notoneless.roster.models import Unit
from notoneless.roster.roles import RULE
from notoneless.roster.scope import Scope
from notoneless.roster.tree import SEGMENT

KINDS = ("notice", "survey")
WAIT_DAYS = 14
"""Days for which a queued notice looks for room."""
TRIED = "tried"
"""In a notice's reason: the ordinal of the day on which room was last looked for."""
LATEST = 366
"""Days ahead for which a notice can be sent: families' asks cannot be foreseen further."""


def send_notice(
    scope: Scope, unit_code: str, *, kind: str, title_zh: str, day: date, clock: Clock, title_en: str = "",
    body_zh: str = "", body_en: str = "", link: str = "", draft: uuid.UUID | None = None,
) -> Notice:  # fmt: skip
    """Send on a day, today or later; over the limit it is queued for a day with room, or refused, as the limit says.

    `draft` names this act: sent twice, it is one. A refusal is kept too, so that the level above sees who asks how
    much. It waits only where every limit that it would break lets it. Raises DomainError `unknown_choice`,
    `value_required`, `value_too_long`, `bad_link`, `day_past`, `day_far`, `asks_over_budget` (with how many
    households are over).
    """
    if kind not in KINDS:
        raise DomainError("unknown_choice", "kind", value=kind[:20], known=", ".join(KINDS))
    if not title_zh.strip():
        raise DomainError("value_required", "title_zh")
    for name, value, most in (("title_zh", title_zh, 120), ("title_en", title_en, 120), ("body_zh", body_zh, 2000),
                              ("body_en", body_en, 2000), ("link", link, 300)):  # fmt: skip
        if len(value) > most:
            raise DomainError("value_too_long", name, limit=most)
    if link and not link.startswith("https://"):
        raise DomainError("bad_link", "link")
    today = day_of(clock.now())
    if day < today:
        raise DomainError("day_past", "day", day=day)
    if (day - today).days > LATEST:
        raise DomainError("day_far", "day", day=day, days=LATEST)
    unit = roster_queries.unit_to(RULE, scope, unit_code)
    with transaction.atomic():
        notice = _ask(
            unit, kind=kind, title_zh=title_zh.strip(), title_en=title_en.strip(), body_zh=body_zh.strip(),
            body_en=body_en.strip(), link=link, wanted_day=day, sent_by=scope.actor, draft=draft.hex if draft else "",
            clock=clock,
        )  # fmt: skip
    if notice.status == "refused":
        raise DomainError("asks_over_budget", "day", **notice.reason)
    return notice


def ask_by_letter(
    unit: Unit, *, title_zh: str, title_en: str, sent_by: str, draft: uuid.UUID | None, clock: Clock
) -> Notice:
    """Count a letter that asks for a receipt as an ask of today, within the caller's transaction. Whoever calls this
    has seen to the power. Over the limit it is kept as refused and never waits: the same letter may go for information.
    """
    return _ask(
        unit, kind="letter", title_zh=title_zh, title_en=title_en, wanted_day=day_of(clock.now()), sent_by=sent_by,
        draft=draft.hex if draft else "", may_wait=False, clock=clock,
    )  # fmt: skip


def take_back_ask(notice_id: int) -> None:
    """The letter behind an ask was withdrawn: it asks nothing any more, and leaves room for another."""
    Notice.objects.filter(pk=notice_id, status="sent").update(status="recalled")


def _ask(unit: Unit, *, wanted_day: date, clock: Clock, may_wait: bool = True, **fields: str) -> Notice:
    """Keep an ask as sent, queued or refused; the same draft sent twice is one, unless it was refused."""
    lock_exclusively("notices")  # two senders at once would each see room for one
    twins = Notice.objects.filter(unit=unit, draft=fields["draft"]).exclude(status="refused")
    twin = twins.first() if fields["draft"] else None
    if twin is not None:
        return twin
    reach = reach_of(unit.path, wanted_day)
    is_over = reach.over > 0
    is_queued = is_over and may_wait and not reach.refusing
    reason = {"households": reach.households, "over": reach.over, "limit": reach.limit or 0}
    notice = Notice.objects.create(
        unit=unit, wanted_day=wanted_day, day=None if is_over else wanted_day, reason=reason, made_at=clock.now(),
        status="queued" if is_queued else "refused" if is_over else "sent", **fields,
    )  # fmt: skip
    audit.record(fields["sent_by"], f"notice.{notice.status}", unit.code, clock=clock, detail=reason)
    return notice


def place_queued(*, clock: Clock) -> int:
    """Give queued notices the first day with room; refuse those that found none in a fortnight. Returns how many were
    placed. Each is tried once a day: a whole city's fortnight takes a minute to count.
    """
    today = day_of(clock.now())
    waiting = Notice.objects.select_related("unit").filter(status="queued").order_by("made_at", "pk")
    return sum(_place(notice, today, clock) for notice in waiting if notice.reason.get(TRIED) != today.toordinal())


def _place(notice: Notice, today: date, clock: Clock) -> bool:
    path = notice.unit.path
    last = notice.wanted_day + timedelta(days=WAIT_DAYS)
    day = max(notice.wanted_day, today)
    while day <= last and reach_of(path, day).over:
        day += timedelta(days=1)
    with transaction.atomic():
        lock_exclusively("notices")
        notice = Notice.objects.select_related("unit").get(pk=notice.pk)
        if notice.status != "queued":
            return False  # another process was quicker
        if day > last:
            notice.reason |= {TRIED: today.toordinal()}
            notice.status = "refused" if today >= last else "queued"
        elif reach_of(path, day).over:
            return False  # someone has sent meanwhile; the next round looks again
        else:
            notice.day, notice.status = day, "sent"
        notice.save(update_fields=["day", "status", "reason"])
        if notice.status != "queued":
            audit.record("system", f"notice.{notice.status}", notice.unit.code, clock=clock,
                         detail={"notice": notice.pk})  # fmt: skip
    return notice.status == "sent"


def set_ask_limit(scope: Scope, unit_code: str, asks_a_day: int, *, over: str, clock: Clock) -> AskLimit:
    """A unit's own limit from today on; it may be stricter than the one above it, not looser.

    Raises DomainError `unknown_choice`, `bad_parameter`, `limit_above`.
    """
    if over not in ("refuse", "queue"):
        raise DomainError("unknown_choice", "over", value=over[:20], known="refuse, queue")
    if not 0 <= asks_a_day <= 50:
        raise DomainError("bad_parameter", "asks_a_day")
    unit = roster_queries.unit_to(RULE, scope, unit_code)
    today = day_of(clock.now())
    above = limit_above(unit.path[:-SEGMENT], today)
    if above is not None and asks_a_day > above.asks_a_day:
        raise DomainError("limit_above", "asks_a_day", limit=above.asks_a_day)
    with transaction.atomic():
        lock_exclusively("notices")
        AskLimit.objects.filter(unit=unit, effective_to=None, effective_from__gte=today).delete()
        AskLimit.objects.filter(unit=unit, effective_to=None).update(effective_to=today - timedelta(days=1))
        limit = AskLimit.objects.create(unit=unit, asks_a_day=asks_a_day, over=over, effective_from=today)
        audit.record(scope.actor, "asks.limit", unit.code, clock=clock, detail={"asks_a_day": asks_a_day, "over": over})
    return limit
