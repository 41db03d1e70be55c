"""The bureau's first page: what is new, last week, who needs attention, and the sentence that says the same numbers."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from notoneless.expect.services import close_day, open_day
from notoneless.rollup.rules import Counts
from notoneless.web.bureau.sentence import Facts, sentence_in
from tests.builders import DAY, check, clock_at, make_city, opened_city, report, send
from tests.web.cast import make_cast, signed_in, text_of
from tests.web.conftest import SetTime

pytestmark = pytest.mark.django_db
BEFORE = DAY - timedelta(days=3)
"""The Friday before."""
ILL = {"condition": "unwell", "temperature": 385, "symptoms": ["fever"]}
PAGE = "/bureau/C/situation/"


def two_days(*, pupils: int = 3) -> None:
    """Friday: everyone at S reported and nobody at T; Monday is open."""
    make_city(pupils=pupils)
    make_cast()
    open_day(BEFORE, clock=clock_at(0, day=BEFORE))
    for class_code in ("K1", "K2"):
        send(*(on_friday(f"{class_code}-{n}") for n in range(1, pupils + 1)), clock=clock_at(8, day=BEFORE))
    close_day(BEFORE, clock=clock_at(24, day=BEFORE))
    open_day(DAY, clock=clock_at(0))


def on_friday(person: str) -> dict[str, object]:
    return report(person, day=str(BEFORE), made_at=f"{BEFORE}T07:40:00+08:00")


def kinds(page: str) -> list[tuple[str, str]]:
    """(kind, unit) of each line of news."""
    return re.findall(r'class="badge nol-news-(\w+)">.*?href="/bureau/(\w+)/', page, re.DOTALL)


def test_silent_school_is_named_first_and_silence_is_judged_from_the_due_time_on(at: SetTime) -> None:
    two_days()
    client = signed_in("city_officer")
    assert kinds(text_of(client.get(PAGE))) == [("silent_still", "T")], "at nine the reports are not due yet"
    at(10, 1)
    client = signed_in("city_officer")  # an hour idle has ended the session
    page = text_of(client.get(PAGE))
    assert kinds(page) == [("silent_still", "T"), ("silent", "S")]
    assert 'href="/bureau/T/missing/"' in page
    assert kinds(text_of(client.get(f"{PAGE}?kind=silent"))) == [("silent", "S")]
    assert client.get(f"{PAGE}?kind=galaxy").status_code == 400


def test_new_abnormal_figures_open_the_school_and_compare_with_the_day_before() -> None:
    two_days()
    send(*(report(f"K1-{n}", answers=ILL) for n in (1, 2, 3)), report("L1-1"))
    page = text_of(signed_in("city_officer").get(PAGE))
    assert kinds(page) == [("new", "S")]
    assert "Abnormal 0 → <b>3</b>" in page and 'href="/bureau/S/"' in page
    assert "(6/11)" in page, "Friday's figures stand beside today's"


def test_same_weekday_last_week_is_shown_with_its_number() -> None:
    make_city()
    make_cast()
    for back in (7, 3, 0):
        day = DAY - timedelta(days=back)
        open_day(day, clock=clock_at(0, day=day))
    page = text_of(signed_in("city_officer", "zh").get(PAGE))
    assert "上周同日" in page and "11-16" in page and "(0/11)" in page


def test_school_sees_its_classes_and_a_class_has_no_situation() -> None:
    opened_city()
    make_cast()
    assert signed_in("principal").get("/bureau/S/situation/").status_code == 200
    assert signed_in("teacher").get("/bureau/K1/situation/")["Location"] == "/bureau/K1/"


def test_leader_gets_no_small_count_on_the_page_nor_in_the_sentence() -> None:
    two_days()
    send(*(report(f"K1-{n}", answers=ILL) for n in (1, 2, 3)))
    page = text_of(signed_in("city_leader").get(PAGE))
    assert kinds(page)[-1] == ("new", "S") and "＊" in page
    assert "Abnormal: fewer than five" in page and "Abnormal: 3" not in page and "<b>3</b>" not in page
    officers = text_of(signed_in("city_officer").get(PAGE))
    assert "Abnormal: 3" in officers and "异常3" in officers


def test_check_counts_those_absent_sick() -> None:
    opened_city()
    make_cast()
    send(check("K1-1", "sick"))
    page = text_of(signed_in("officer", "zh").get("/bureau/D/situation/?duty=morning-check"))
    assert "因病缺勤1" in page and "应报6人，已报1人（16.6%），未报5人" in page


@pytest.mark.parametrize("pupils", [1, 3])
def test_situation_costs_the_same_whatever_its_size(
    pupils: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    two_days(pupils=pupils)
    client = signed_in("city_officer")
    client.get(PAGE)
    with django_assert_num_queries(20):
        client.get(PAGE)


def test_page_before_anything_was_opened_is_an_answer() -> None:
    make_city()
    make_cast()
    assert signed_in("officer").get("/bureau/D/situation/").status_code == 404


small = st.integers(0, 2_000_000)


@given(small, small, small, small, small, st.none() | small, st.none() | small, st.booleans(), st.booleans())
def test_sentence_says_the_numbers_of_the_page_and_no_others(
    on_time: int, late: int, excused: int, missing: int, due: int, n: int | None, before: int | None,
    is_over: bool, is_of_units: bool,
) -> None:  # fmt: skip
    counts = Counts(on_time, late, excused, missing, due)
    facts = Facts(
        "某区教育局", "晨检", date(2026, 11, 23), None if is_over else clock_at(9, 5).now(), counts, "异常", n,
        date(2026, 11, 20) if before is not None else None, before, is_of_units,
    )  # fmt: skip
    for language, opening in (("zh", r"(截至)?2026年11月23日"), ("en", r"(As of|On) (09:05 on )?23 November 2026")):
        said = sentence_in(language, facts)
        assert re.match(opening, said)
        rest = said.replace("09:05", "").replace("2026年11月23日", "").replace("23 November 2026", "")
        rest = rest.replace("11月20日", "").replace("20 November", "").replace("不足5例", "")
        numbers = [int(found) for found in re.findall(r"\d+", re.sub(r"[\d.]+ ?%", "", rest))]
        expected = [counts.expected, counts.reported, counts.unheard, *([counts.excused] if excused else [])]
        if n is not None:
            expected.append(n)
            if before is not None and n != before:
                expected.extend([abs(n - before), before] if language == "en" else [before, abs(n - before)])
        assert numbers == expected
        if counts.rate is not None and counts.rate < 1:
            assert not re.search(r"100 ?%", said), "nothing is rounded up"
