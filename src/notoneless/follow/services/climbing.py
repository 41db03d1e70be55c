"""The ladder: some minutes after a thing was due the next rung is asked, in small batches, for the whole tree.

Each step is a walk over the units with anybody unheard, by the tallies; a walk begins anew every quarter of an hour
while the day lasts, for those whose own hours end later. Nobody is asked twice (services/planning.py).
"""

from datetime import date, datetime, timedelta

from notoneless.expect import queries as expect_queries
from notoneless.expect.queries import DutyInfo
from notoneless.follow.models import Walk
from notoneless.follow.queries.pack import rules
from notoneless.follow.queries.standing import households_in
from notoneless.follow.queries.waiting import silent_below, units_asked, waiting_in
from notoneless.follow.services.planning import LADDER, ask_of, plan_families, plan_units
from notoneless.kernel.clock import Clock, day_of
from notoneless.ledger import queries as ledger_queries

UNITS_A_BATCH = 50
PEOPLE_A_UNIT = 5000


def climb(*, clock: Clock) -> int:
    """Begin the steps whose time has come, and take a batch of every walk that is under way. How many were asked."""
    today, now = day_of(clock.now()), clock.now()
    duties = {duty.id: duty for duty in expect_queries.duties().values()}
    _begin(today, now, duties)
    walks = Walk.objects.filter(day=today, next_at__lte=now).order_by("next_at", "pk")
    return sum(_walk(walk, duties[walk.duty_id], clock=clock) for walk in walks if walk.duty_id in duties)


def _begin(today: date, now: datetime, duties: dict[int, DutyInfo]) -> None:
    known = set(Walk.objects.filter(day=today, path="").values_list("duty_id", "rung"))
    for row in ledger_queries.sessions_on(today):
        duty = duties.get(row.duty_id)
        for step in rules().steps(duty.asked) if duty is not None else ():
            if (row.duty_id, step.rung) not in known and row.due_at + timedelta(minutes=step.minutes) <= now:
                Walk.objects.get_or_create(
                    day=today, duty_id=row.duty_id, rung=step.rung, path="",
                    defaults={"by": LADDER, "minutes": step.minutes, "next_at": now},
                )  # fmt: skip


def _walk(walk: Walk, duty: DutyInfo, *, clock: Clock) -> int:
    """One batch. The place is kept after it: cut short, the batch is walked again and nobody is asked again."""
    now = clock.now()
    units = units_asked(walk.rung, walk.day, walk.duty_id, path=walk.path, after=walk.after, limit=UNITS_A_BATCH)
    ask = ask_of(walk.day, walk.duty_id, walk.rung, walk.by, clock=clock)
    due_by = now - timedelta(minutes=walk.minutes) if walk.by == LADDER else None
    if walk.rung == "family":
        refs = ledger_queries.day_units(walk.day, [unit_id for unit_id, _ in units])
        homes = [
            home
            for ref in refs.values()
            for home in households_in(
                waiting_in(ref, walk.day, walk.duty_id, now=now, limit=PEOPLE_A_UNIT, due_by=due_by, is_own=True)
            )
        ]
        told = plan_families(homes, ask)
    else:
        asked = [(one[0], silent_below(one, walk.rung, walk.day, duty, now=now, due_by=due_by)) for one in units]
        told = plan_units([one for one in asked if one[1].people], ask)
    walk.after = units[-1][1] if units else ""
    if len(units) < UNITS_A_BATCH:
        again = timedelta(minutes=rules().again_minutes)
        walk.after, walk.next_at = "", now + again if walk.by == LADDER else None
    walk.save(update_fields=["after", "next_at"])
    return told.fates["plan"]
