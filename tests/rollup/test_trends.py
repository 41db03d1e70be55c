"""A unit over many days: sums of locked days are the tallies' own, and are kept only of locked days."""

from datetime import timedelta

import pytest

from notoneless.expect.queries import duty_by_code
from notoneless.expect.services import close_day, open_day
from notoneless.jobs import tick
from notoneless.ledger import queries as ledger_queries
from notoneless.rollup.models import DaySum
from notoneless.rollup.sums import sum_locked_days
from notoneless.rollup.trends import TrendPoint, trend_of, weeks
from notoneless.roster.scope import SYSTEM
from tests.builders import DAY, clock_at, make_city, report, send

pytestmark = pytest.mark.django_db
ILL = {"condition": "unwell", "temperature": 385, "symptoms": ["fever"]}


def lived(*backs: int) -> None:
    """Days before DAY, each with one more well child at S than the one after it, and one ill."""
    make_city()
    for place, back in enumerate(backs):
        day = DAY - timedelta(days=back)
        open_day(day, clock=clock_at(0, day=day))
        made = {"day": str(day), "made_at": f"{day}T07:00:00+08:00"}
        send(*(report(f"K1-{n + 1}", **made) for n in range(place)), clock=clock_at(8, day=day))
        send(report("K2-1", answers=ILL, **made), clock=clock_at(8, day=day))
        if back:
            close_day(day, clock=clock_at(24, day=day))


def trend(code: str, *, is_masked: bool = False) -> tuple[TrendPoint, ...]:
    unit = ledger_queries.day_unit(SYSTEM, DAY, code)
    return trend_of(unit, DAY, duty_by_code("daily-health"), "abnormal", days=14, is_masked=is_masked)


def test_kept_sums_are_what_the_tallies_say() -> None:
    lived(10, 9, 1, 0)
    before = {code: trend(code) for code in ("C", "D", "E", "S", "K1")}
    assert [one.counts.reported for one in before["C"]] == [1, 2, 3, 4] and [one.n for one in before["C"]] == [1] * 4
    assert sum_locked_days(clock=clock_at(9)) > 0
    assert set(DaySum.objects.values_list("day", flat=True)) == {DAY - timedelta(days=back) for back in (10, 9)}
    assert {code: trend(code) for code in before} == before
    assert sum_locked_days(clock=clock_at(9)) == 0, "once is enough"


def test_kept_sums_are_what_is_read() -> None:
    lived(10, 0)
    sum_locked_days(clock=clock_at(9), most=100)
    DaySum.objects.filter(unit_id=ledger_queries.day_unit(SYSTEM, DAY, "C").unit_id).update(on_time=77)
    assert [one.counts.on_time for one in trend("C")] == [77, 2]


def test_jobs_sum_what_is_locked() -> None:
    lived(9, 0)
    tick(clock=clock_at(9))
    assert DaySum.objects.exists()


def test_small_counts_are_gaps_for_who_sees_counts() -> None:
    lived(1, 0)
    assert [one.n for one in trend("C", is_masked=True)] == [None, None]


def test_week_begins_on_monday() -> None:
    this, last = weeks(DAY + timedelta(days=6))
    assert this[0] == DAY and last == [DAY - timedelta(days=7 - n) for n in range(7)]
    assert weeks(DAY)[0][0] == DAY
