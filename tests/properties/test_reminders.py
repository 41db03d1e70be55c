"""Whatever the order and the number of taps, of ticks and of children: one message a household, none in quiet hours,
none to who has reported."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from notoneless.expect.services import open_day
from notoneless.follow.channels import dryrun
from notoneless.follow.channels.contract import Delivery, Message
from notoneless.follow.models import Reminded, Reminder
from notoneless.follow.queries.recipients import Recipient
from notoneless.follow.services import climb, remind_missing, send_waiting
from notoneless.kernel.clock import FixedClock, bureau_zone, instant_on
from notoneless.ledger.models import PersonSlot
from notoneless.roster.scope import SYSTEM
from tests.builders import DAY, clock_at, make_person, make_unit, report, send
from tests.web.cast import make_account

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
HOMES, CLASSES = ("H1", "H2", "H3"), ("K1", "L1")
UNITS = ("C", "S", "T", *CLASSES)

children = st.lists(st.tuples(st.sampled_from(HOMES), st.sampled_from(CLASSES)), min_size=1, max_size=6)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("tap"), st.sampled_from(UNITS)),
        st.tuples(st.just("tick"), st.just("")),
        st.tuples(st.just("report"), st.sampled_from(HOMES)),
        st.tuples(st.just("wait"), st.sampled_from([10, 60, 300])),
    ),
    min_size=2, max_size=12,
)  # fmt: skip
edges = st.sampled_from([6 * 60, 6 * 60 + 58, 9 * 60, 20 * 60 + 50, 20 * 60 + 58, 21 * 60 + 1, 23 * 60 + 50])
"""Around the hours at which something begins or ends."""


def build(who: list[tuple[str, str]]) -> None:
    city = make_unit("C", "city")
    units = {"S": make_unit("S", "primary", city), "T": make_unit("T", "junior", city)}
    units |= {"K1": make_unit("K1", "class", units["S"]), "L1": make_unit("L1", "class", units["T"])}
    for number, (home, code) in enumerate(who):
        make_person(f"p{number}", units[code], household=home)
    for home in sorted({home for home, _ in who}):
        make_account(f"guardian-{home}", ("guardian", home))
    open_day(DAY, clock=clock_at(0))


class Counting(dryrun.DryRun):
    """The dry run, which remembers what passed through it. Messages go one by one: a batch has one line."""

    def __init__(self) -> None:
        self.sent = 0

    def send(self, to: Recipient, message: Message) -> Delivery:
        self.sent += 1
        return super().send(to, message)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(who=[("H1", "K1")], todo=[("tap", "K1"), ("report", "H1"), ("tick", "")], begins=9 * 60)
@example(who=[("H1", "K1")], todo=[("tap", "K1"), ("wait", 10), ("tick", "")], begins=20 * 60 + 58)
@example(who=[("H1", "K1"), ("H1", "L1")], todo=[("tap", "K1"), ("tick", ""), ("tap", "C"), ("tick", "")], begins=415)
@given(who=children, todo=acts, begins=edges)
def test_at_most_one_none_in_quiet_hours_none_after_reporting(
    who: list[tuple[str, str]], todo: list[tuple[str, str | int]], begins: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic():
        build(who)
        channel = Counting()
        monkeypatch.setattr("notoneless.follow.services.sending.channels", lambda: (channel,))
        monkeypatch.setattr("notoneless.follow.services.sending.THREADS", 1)
        reported: dict[str, datetime] = {}
        now = instant_on(DAY, begins)
        for act, what in todo:
            clock = FixedClock(now)
            if act == "wait":
                now += timedelta(minutes=int(what))
            elif act == "tap" and now < instant_on(DAY, 1440):
                remind_missing(SYSTEM, str(what), DAY, "daily-health", clock=clock)
            elif act == "tick":
                climb(clock=clock)
                send_waiting(clock=clock)
            elif act == "report" and now < instant_on(DAY, 1440):
                mine = [f"p{number}" for number, (home, _) in enumerate(who) if home == what]
                send(*(report(code, made_at=now.isoformat()) for code in mine), clock=clock)
                for code in mine:
                    reported.setdefault(code, now)
            now += timedelta(minutes=1)
        rows = list(Reminder.objects.filter(duty_id=PersonSlot.objects.filter(day=DAY).order_by("duty_id")[0].duty_id,
                                            rung="family"))  # fmt: skip
        assert len({row.household_id for row in rows}) == len(rows)
        for row in Reminder.objects.filter(state="sent"):
            settled: datetime = row.settled_at
            local = settled.astimezone(bureau_zone())
            assert 7 <= local.hour < 21
            if row.rung == "family":
                named = Reminded.objects.filter(reminder=row).values_list("person__code", flat=True)
                assert any(code not in reported or reported[code] > settled for code in named)
        assert channel.sent == Reminder.objects.filter(channel="dry-run").count()
        transaction.set_rollback(True)
