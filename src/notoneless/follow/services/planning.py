"""Write planned reminders: for each household or unit at most one a day, duty and rung, whoever asks and how often."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count

from notoneless.follow.models import Reminded, Reminder
from notoneless.follow.queries.pack import rules
from notoneless.follow.queries.recipients import reachable
from notoneless.follow.queries.standing import quiet_end
from notoneless.follow.queries.waiting import CHUNK, Silent, waiting_of_homes
from notoneless.follow.rules import Earlier, Fate, fates
from notoneless.kernel.clock import Clock, day_of
from notoneless.kernel.sql import lock_exclusively

LADDER = ""
"""Who asks where nobody tapped."""


@dataclass(frozen=True)
class Ask:
    """One act of reminding: a tap by `by`, or a step of the ladder."""

    day: date
    duty_id: int
    rung: str
    by: str
    now: datetime

    @property
    def is_ladder(self) -> bool:
        return self.by == LADDER


@dataclass
class Tallied:
    """What became of the readers of one ask. `until`: when those that wait will be told."""

    fates: Counter[Fate] = field(default_factory=Counter)
    until: datetime | None = None
    earlier_at: datetime | None = None

    def add(self, other: "Tallied") -> None:
        self.fates.update(other.fates)
        self.until = self.until or other.until
        self.earlier_at = max(filter(None, (self.earlier_at, other.earlier_at)), default=None)


def ask_of(day: date, duty_id: int, rung: str, by: str, *, clock: Clock) -> Ask:
    return Ask(day, duty_id, rung, by, clock.now())


def plan_families(homes: Collection[int], ask: Ask) -> Tallied:
    """Of households somebody of whom is not heard from."""
    told, wanted = Tallied(), sorted(set(homes))
    for start in range(0, len(wanted), CHUNK):
        told.add(_plan_families(wanted[start : start + CHUNK], ask))
    return told


def _plan_families(homes: Collection[int], ask: Ask) -> Tallied:
    pack, until = rules(), quiet_end(ask.now)
    starts = until or ask.now
    with transaction.atomic():
        lock_exclusively(f"remind:{ask.day}")  # so that two taps on two duties both know of a household's day
        rows = Reminder.objects.filter(day=ask.day, household_id__in=homes)
        mine = rows.filter(duty_id=ask.duty_id, rung="family")
        before = {
            home: (Earlier(state, reason), at)
            for home, state, reason, at in mine.values_list("household_id", "state", "reason", "settled_at")
        }
        had = rows.filter(state__in=("planned", "sent")).exclude(duty_id=ask.duty_id, rung="family")
        counted = had.values_list("household_id").annotate(n=Count("pk"))
        found = fates(
            homes, earlier={home: one for home, (one, _) in before.items()},
            had_today={home: n for home, n in counted if home is not None}, reachable=reachable(homes, ask.day),
            most=pack.most_a_day, is_too_late=day_of(starts) != ask.day, may_repeat=not ask.is_ladder,
        )  # fmt: skip
        _write_families(found, ask, starts)
    return Tallied(
        Counter(found.values()), until,
        max((at for home, (_, at) in before.items() if at and found[home] == "earlier"), default=None),
    )  # fmt: skip


_SUPPRESSED: frozenset[Fate] = frozenset({"no_way", "too_many"})
"""Kept as rows, so that a list says what became of the family. What is too late leaves none: there is tomorrow."""


def _write_families(found: Mapping[int, Fate], ask: Ask, starts: datetime) -> None:
    rows = [
        _row(ask, starts, fate if fate in _SUPPRESSED else "", household_id=home)
        for home, fate in found.items()
        if fate == "plan" or fate in _SUPPRESSED
    ]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    again = [home for home, fate in found.items() if fate == "again"]
    mine = Reminder.objects.filter(day=ask.day, duty_id=ask.duty_id, rung="family")
    mine.filter(household_id__in=again).update(
        state="planned", reason="", channel="", answer="", by=ask.by, asked_at=ask.now, not_before=starts,
        tried_at=None, settled_at=None,
    )  # fmt: skip
    written = mine.filter(household_id__in=list(found), state__in=("planned", "suppressed"))
    _name_people(dict(written.values_list("household_id", "pk")), ask)


def _name_people(reminders: Mapping[int | None, int], ask: Ask) -> None:
    """All of a household's children who are awaited, wherever they go to school: one message is about them all."""
    homes = [home for home in reminders if home is not None]
    people = waiting_of_homes(homes, ask.day, ask.duty_id, now=ask.now)
    named = [
        Reminded(reminder_id=reminders[one.household], person_id=one.person, unit_id=one.unit)
        for one in people
        if one.household in reminders
    ]
    Reminded.objects.bulk_create(named, ignore_conflicts=True)


def plan_units(asked: Iterable[tuple[int, Silent]], ask: Ask) -> Tallied:
    """Of units below which somebody is not heard from: their own pages show it, and a message goes where one can."""
    until = quiet_end(ask.now)
    starts = until or ask.now
    wanted = dict(asked)
    with transaction.atomic():
        lock_exclusively(f"remind:{ask.day}")
        rows = Reminder.objects.filter(day=ask.day, duty_id=ask.duty_id, rung=ask.rung, unit_id__in=list(wanted))
        before = dict(rows.values_list("unit_id", "settled_at"))
        is_too_late = day_of(starts) != ask.day
        new = [] if is_too_late else [unit for unit in wanted if unit not in before]
        Reminder.objects.bulk_create(
            [_row(ask, starts, "", unit_id=unit, people=wanted[unit].people, since=wanted[unit].since) for unit in new],
            ignore_conflicts=True,
        )
    late = len(wanted) - len(before) - len(new)
    return Tallied(
        Counter[Fate]({"plan": len(new), "earlier": len(before), "too_late": late}), until,
        max(filter(None, before.values()), default=None),
    )  # fmt: skip


def _row(ask: Ask, starts: datetime, reason: str, **reader: object) -> Reminder:
    return Reminder(
        day=ask.day, duty_id=ask.duty_id, rung=ask.rung, state="suppressed" if reason else "planned", reason=reason,
        by=ask.by, rules=rules().version, asked_at=ask.now, not_before=starts,
        settled_at=ask.now if reason else None, **reader,
    )  # fmt: skip
