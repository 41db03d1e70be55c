"""The calendar page: what it shows, what it takes, and for whom."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from notoneless.expect.models import CalendarDay, CalendarOverride
from notoneless.expect.services import enter_override
from notoneless.roster.scope import SYSTEM
from tests.builders import DAY, clock_at, opened_city
from tests.expect.test_ical import calendar, event
from tests.web.cast import make_cast, signed_in, text_of

pytestmark = pytest.mark.django_db
YEAR = {"act": "year", "year": "2027", "holidays": "2027-01-01 2027-01-03 元旦 / New Year", "makeups": "2027-01-09",
        "source": "国办"}  # fmt: skip


@pytest.fixture(autouse=True)
def city() -> None:
    opened_city(pupils=1)
    make_cast()


def told(answer: object) -> str:
    assert isinstance(answer, HttpResponse)
    return text_of(answer).split("<title>")[1].split("</title>")[0]


@pytest.mark.parametrize("page", ["calendar/", "calendar.ics"])
def test_another_districts_unit_looks_like_one_that_does_not_exist(page: str) -> None:
    officer = signed_in("officer")
    answers = [officer.get(f"/unit/{code}/{page}?year=2026") for code in ("E", "T", "C", "nowhere")]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({told(answer) for answer in answers}) == 1


@pytest.mark.parametrize("act", ["add", "remove", "import", "check", "year"])
def test_nothing_is_taken_for_a_unit_out_of_reach(act: str) -> None:
    entry = enter_override(SYSTEM, "E", kind="closure", first_day=DAY, last_day=DAY, clock=clock_at(6))
    raw = calendar(event("DTSTART;VALUE=DATE:20261124", "SUMMARY:停课"))
    for name, allowed in (("officer", 404), ("teacher", 404), ("parent", 404)):
        for code in ("E", "nowhere"):
            given = {**YEAR, "act": act, "kind": "closure", "first_day": str(DAY), "entry": entry.pk,
                     "file": SimpleUploadedFile("c.ics", raw)}  # fmt: skip
            assert signed_in(name).post(f"/unit/{code}/calendar/", given).status_code == allowed
    assert list(CalendarOverride.objects.values_list("pk", flat=True)) == [entry.pk]
    assert not CalendarDay.objects.filter(day__year=2027).exists()


def test_days_from_above_name_their_unit_and_cannot_be_removed_below() -> None:
    entry = enter_override(
        SYSTEM, "D", kind="vacation", first_day=DAY, last_day=DAY, clock=clock_at(6), reason_zh="运动会"
    )
    school = signed_in("principal", "zh")
    page = text_of(school.get("/unit/S/calendar/"))
    assert "运动会" in page and "由D录入" in page.replace(" ", "")
    assert f"remove={entry.pk}" not in page
    assert school.post("/unit/S/calendar/", {"act": "remove", "entry": entry.pk}).status_code == 422
    assert CalendarOverride.objects.filter(pk=entry.pk).exists()


def test_a_file_is_checked_first_and_then_read() -> None:
    good = event("DTSTART;VALUE=DATE:20261124", "SUMMARY:停课：流感", uid="good@b")
    bad = event("DTSTART;VALUE=DATE:20261125", "SUMMARY:运动会")
    school = signed_in("principal")
    for act, count in (("check", 0), ("import", 1)):
        sent = SimpleUploadedFile("c.ics", calendar(good, bad))
        page = text_of(school.post("/unit/S/calendar/", {"act": act, "file": sent}))
        assert ("Only checked" in page) == (act == "check")
        assert "1 entered, 0 changed, 0 as they were." in page and "运动会" in page
        assert CalendarOverride.objects.count() == count
    large = SimpleUploadedFile("c.ics", b"x" * 2_000_001)
    refused = school.post("/unit/S/calendar/", {"act": "import", "file": large})
    assert refused.status_code == 422 and "larger than 2 MB" in text_of(refused)
    assert school.post("/unit/S/calendar/", {"act": "import"}).status_code == 422


@pytest.mark.parametrize(
    ("language", "warning"),
    [("zh", "2028 年全国日历尚未录入"), ("en", "The national calendar of 2028 has not been entered")],
)
def test_a_year_that_nobody_has_entered_warns_on_its_page(language: str, warning: str) -> None:
    CalendarDay.objects.create(day=date(2027, 12, 31), kind="workday", source="test")
    officer = signed_in("officer", language)
    assert "alert-warning" not in text_of(officer.get("/unit/D/calendar/?year=2027"))
    page = text_of(officer.get("/unit/D/calendar/?year=2028&day=2028-01-03"))
    assert warning in page
    assert ("日历里还没有 2028 年" if language == "zh" else "the calendar does not know 2028 yet") in page
    assert 'value="year"' not in page


@pytest.mark.parametrize(
    "change", [{"year": "0000"}, {"year": "二"}, {"holidays": ""}, {"holidays": "元旦"}, {"makeups": "2027-01-04"},
               {"source": "国\x07办"}, {"holidays": "2027-01-01 2027-01-03 " + "元" * 41}],
)  # fmt: skip
def test_a_year_that_cannot_be_is_refused_and_what_was_written_stays(change: dict[str, str]) -> None:
    refused = signed_in("city_officer").post("/unit/C/calendar/", YEAR | change)
    assert refused.status_code == 422
    assert (YEAR | change)["makeups"] in text_of(refused)
    assert not CalendarDay.objects.filter(day__year=2027).exists()


def test_the_topmost_officer_enters_the_year_once_with_names_in_both_languages() -> None:
    city = signed_in("city_officer")
    assert 'value="year"' in text_of(city.get("/unit/C/calendar/"))
    city.post("/unit/C/calendar/", YEAR)
    new_year = CalendarDay.objects.get(day=date(2027, 1, 2))
    assert (new_year.name_zh, new_year.name_en, new_year.source) == ("元旦", "New Year", "国办")
    again = city.post("/unit/C/calendar/", YEAR)
    assert again.status_code == 422 and "knows 2027 already" in text_of(again)


@pytest.mark.parametrize("given", [{"day": "x"}, {"year": "99999"}, {"year": "x"}, {"remove": "9" * 30}])
def test_an_address_that_means_nothing_is_answered(given: dict[str, str]) -> None:
    assert signed_in("principal").get("/unit/S/calendar/", given).status_code == (400 if "day" in given else 200)


def test_a_wrong_entry_is_refused_and_what_was_written_stays() -> None:
    given = {"act": "add", "kind": "closure", "first_day": "2026-11-24", "reason_zh": "流\x07感", "document": "8号"}
    refused = signed_in("principal").post("/unit/S/calendar/", given)
    assert refused.status_code == 422 and 'value="8号"' in text_of(refused)
    assert signed_in("principal").post("/unit/S/calendar/", {"act": "party"}).status_code == 422
