"""The nation's years as officers enter them, and what a day is in one line."""

from datetime import date

import pytest

from notoneless.expect.models import CalendarDay
from notoneless.expect.queries import is_known_year, tree_on
from notoneless.expect.services import Holiday, enter_override, enter_year, read_holidays, read_makeups
from notoneless.expect.words import day_sentence
from notoneless.kernel.errors import DomainError
from notoneless.kernel.models import AuditEntry
from notoneless.roster.models import Unit
from notoneless.roster.scope import SYSTEM
from notoneless.roster.tree import ids_of
from tests.builders import clock_at, make_city

pytestmark = pytest.mark.django_db
CLOCK = clock_at(8)
NEW_YEAR = Holiday(date(2027, 1, 1), date(2027, 1, 3), "元旦", "New Year's Day")


def test_lines_are_read_as_people_write_them() -> None:
    text = "2027-01-01 2027-01-03 元旦 / New Year's Day\n\n 2027-04-05  清明节\r\n2027-06-09 2027-06-09"
    assert read_holidays(text) == [
        NEW_YEAR, Holiday(date(2027, 4, 5), date(2027, 4, 5), "清明节"),
        Holiday(date(2027, 6, 9), date(2027, 6, 9), ""),
    ]  # fmt: skip
    assert read_makeups("2027-01-09 上班\n2027-02-20\n") == [date(2027, 1, 9), date(2027, 2, 20)]


@pytest.mark.parametrize(
    "line", ["元旦", "2027-1-1 元旦", "2027-02-30 2027-03-01 x", "2027-01-01 2027-13-01 元旦", "2027-W01-1"]
)
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(DomainError, match="bad_calendar_line") as refused:
        read_holidays(f"2027-01-01 2027-01-03 元旦\n{line}")
    assert refused.value.params["line"] == 2
    with pytest.raises(DomainError, match="bad_calendar_line"):
        read_makeups("2027-01-09 2027-01-10")


def test_a_known_year_is_replaced_only_on_purpose() -> None:
    make_city()
    october = Holiday(date(2026, 10, 1), date(2026, 10, 5), "国庆节")
    with pytest.raises(DomainError, match="year_known"):
        enter_year(SYSTEM, "C", 2026, [october], [], source="国办", clock=CLOCK)
    assert CalendarDay.objects.get(day=date(2026, 10, 6)).kind == "holiday"
    assert enter_year(SYSTEM, "C", 2026, [october], [], source="国办", clock=CLOCK, is_replacing=True) == 365
    assert CalendarDay.objects.get(day=date(2026, 10, 6)).kind == "workday"
    assert AuditEntry.objects.get(act="calendar.year").detail == {"source": "国办", "replaced": True}


@pytest.mark.parametrize(
    ("year", "holidays", "makeups", "code"),
    [
        (2027, [], [], "value_required"),
        (0, [NEW_YEAR], [], "bad_parameter"),
        (9999, [NEW_YEAR], [], "bad_parameter"),
        (2028, [NEW_YEAR], [], "bad_calendar_day"),
        (2027, [NEW_YEAR], [date(2027, 1, 2)], "bad_calendar_day"),
        (2027, [Holiday(date(2027, 1, 3), date(2027, 1, 1), "元旦")], [], "days_out_of_order"),
        (2027, [Holiday(date(2027, 1, 1), date(2027, 1, 1), "元" * 41)], [], "value_too_long"),
    ],
)
def test_a_year_that_cannot_be_is_refused(year: int, holidays: list[Holiday], makeups: list[date], code: str) -> None:
    make_city()
    with pytest.raises(DomainError, match=code):
        enter_year(SYSTEM, "C", year, holidays, makeups, source="国办", clock=CLOCK)
    assert not is_known_year(2027)


@pytest.mark.parametrize(
    ("day", "zh", "en"),
    [
        ("2020-09-27", "2020年9月27日（星期日）虽是周末，但全国调休上班（补国庆节），是上课日。",
         "Sunday, 27 September 2020 is a weekend day that the whole country works to make up for National Day: "
         "a school day."),
        ("2020-10-09", "2020年10月9日（星期五）是上课日。", "Friday, 09 October 2020 is a school day."),
        ("2020-10-01", "2020年10月1日（星期四）是节假日：", "Thursday, 01 October 2020 is a public holiday: "),
        ("2020-11-23", "2020年11月23日（星期一）是停课期间，由S设定：诺如病毒聚集（泉教〔2020〕8号）。",
         "Monday, 23 November 2020 is a day on which classes are suspended, as S has entered: 诺如病毒聚集."),
        ("2027-01-04", "2027年1月4日（星期一）按星期判断为上课日：日历里还没有 2027 年，请录入。",
         "Monday, 04 January 2027 counts as a school day by its weekday: "
         "the calendar does not know 2027 yet; enter it."),
    ],
)  # fmt: skip
def test_a_day_says_in_one_line_what_it_is(day: str, zh: str, en: str) -> None:
    make_city()
    closed = date(2020, 11, 23)
    enter_override(SYSTEM, "S", kind="closure", first_day=closed, last_day=closed, reason_zh="诺如病毒聚集",
                   document="泉教〔2020〕8号", clock=CLOCK)  # fmt: skip
    unit = Unit.objects.get(code="S")
    tree = tree_on(date.fromisoformat(day), within=unit.path)
    judgement = tree.judgement(ids_of(unit.path), unit.stage)
    by = tree.nodes[judgement.by.unit_id] if judgement.by else None
    for language, said in (("zh", zh), ("en", en)):
        assert day_sentence(judgement, by.label(language) if by else "", language).startswith(said)
