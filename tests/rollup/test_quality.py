"""Hints of what may be wrong with the figures: told where there is reason, silent where there is none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from notoneless.expect.queries import duty_by_code
from notoneless.expect.services import open_day
from notoneless.kernel import audit
from notoneless.rollup import quality
from notoneless.rollup.quality import Quality, quality_of
from notoneless.rollup.rules.news import pack
from notoneless.roster.scope import SYSTEM
from tests.builders import DAY, check, clock_at, make_city, opened_city, report, send, unit_report
from tests.web.cast import make_cast, signed_in, text_of
from tests.web.conftest import at_nine, compiled_messages

__all__ = ["at_nine", "compiled_messages"]
pytestmark = pytest.mark.django_db


def of(code: str, duty: str = "daily-health") -> Quality:
    return quality_of(SYSTEM, code, DAY, duty_by_code(duty))


def attendance(unit: str, enrolled: int) -> dict[str, object]:
    return unit_report(
        unit, duty="attendance", answers={"rate": 9900, "enrolled": enrolled}, made_at=f"{DAY}T08:00:00+08:00"
    )


def test_lateness_in_minutes_is_told_for_a_school() -> None:
    opened_city()
    late = {"made_at": f"{DAY}T10:30:00+08:00"}
    send(report("K1-1"), *(report(f"K1-{n}", **late) for n in (2, 3)), clock=clock_at(10, 30))
    send(report("K2-1", made_at=f"{DAY}T11:00:00+08:00"), clock=clock_at(11))
    found = of("S").lateness
    assert (found.counts.late, found.median, found.longest) == (4, 30, 60), "an early report that came in late is late"
    assert of("D").lateness == replace(found, median=None, longest=None)
    assert of("T").lateness.counts.late == 0


def test_stated_pupils_are_held_against_the_classes() -> None:
    opened_city(pupils=5)
    send(attendance("S", 13), attendance("T", 5))
    assert [(one.unit.code, one.stated, one.counted) for one in of("C").mismatches] == [("S", 13, 10)]
    assert of("E").mismatches == ()


def test_zero_for_ten_days_by_a_large_school_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    make_city(pupils=1)
    few = replace(pack(), even_days=2, even_people=3)
    monkeypatch.setattr(quality, "pack", lambda: few)
    for back in (1, 0):
        day = DAY - timedelta(days=back)
        open_day(day, clock=clock_at(0, day=day))
        said = {"day": str(day), "made_at": f"{day}T15:00:00+08:00"}
        people = ("K1-1", "K2-1", "S-t", "L1-1", "T-t")
        send(*(report(one, **said) for one in people), clock=clock_at(15, day=day))
        for code in ("S", "T"):
            send(
                unit_report(code, duty="school-daily", answers={"statement": "zero"}, **said),
                clock=clock_at(15, day=day),
            )
    assert [(one.unit.code, one.days, one.people) for one in of("C").too_even] == [("S", 2, 3)]
    monkeypatch.setattr(quality, "pack", lambda: replace(few, even_days=3))
    assert of("C").too_even == (), "two days are not three"


def test_age_of_the_roster() -> None:
    opened_city(pupils=1)
    assert of("C").imported_at is None
    audit.record("clerk", "roster.import", "a.csv", clock=clock_at(7))
    assert of("C").imported_at == clock_at(7).now()


def test_panel_says_its_hints() -> None:
    opened_city(pupils=5)
    make_cast()
    send(attendance("S", 13), check("K1-1"))
    page = text_of(signed_in("city_leader", "zh").get("/bureau/C/quality/"))
    assert 'href="/bureau/S/?duty=morning-check"' in page and "没有导入记录" in page
