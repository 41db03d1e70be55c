"""The drill: figures that sum, stay current, and open into people."""

import re

import pytest
from pytest_django import DjangoAssertNumQueries

from notoneless.expect.models import CalendarOverride
from notoneless.expect.services import close_day, open_day
from notoneless.roster.models import Person, Unit
from tests.builders import DAY, check, clock_at, make_city, make_person, opened_city, report, send
from tests.web.cast import make_cast, signed_in, text_of

pytestmark = pytest.mark.django_db
POLL = {"hx-request": "true"}


def test_children_link_down_to_the_class_and_the_childs_row() -> None:
    opened_city()
    make_cast()
    client = signed_in("city_officer")
    assert 'href="/bureau/D/?day=2026-11-23"' in text_of(client.get("/bureau/C/?day=2026-11-23"))
    assert 'href="/bureau/S/' in text_of(client.get("/bureau/D/"))
    assert 'href="/bureau/K1/' in text_of(client.get("/bureau/S/"))
    child = Person.objects.get(code="K1-1").pk
    assert f'href="/bureau/K1/people/{child}/' in text_of(client.get("/bureau/K1/"))


def test_crumbs_show_only_what_the_reader_reaches() -> None:
    opened_city(pupils=1)
    make_cast()
    page = text_of(signed_in("officer").get("/bureau/K1/"))
    crumbs = page.split("breadcrumb")[1]
    assert re.findall(r'href="/bureau/(\w+)/', page.split('<div class="nol-head">')[0]) == ["D", "S"]
    assert "/bureau/C/" not in crumbs


def test_poll_answers_304_until_a_report_comes() -> None:
    opened_city()
    make_cast()
    client = signed_in("officer")
    first = client.get("/bureau/D/", headers=POLL)
    assert first.status_code == 200
    assert "<html" not in text_of(first) and text_of(first).strip().startswith('<div id="figures"')
    again = client.get("/bureau/D/", headers={**POLL, "if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["X-As-Of"] == "09:00:00"
    send(report("K1-1"))
    after = client.get("/bureau/D/", headers={**POLL, "if-none-match": first["ETag"]})
    assert after.status_code == 200
    assert after["ETag"] != first["ETag"]


def test_other_units_reports_do_not_wake_the_poll() -> None:
    opened_city()
    make_cast()
    client = signed_in("officer")
    etag = client.get("/bureau/D/", headers=POLL)["ETag"]
    send(report("L1-1"))
    assert client.get("/bureau/D/", headers={**POLL, "if-none-match": etag}).status_code == 304


def test_etag_in_the_page_is_that_of_the_poll() -> None:
    opened_city()
    make_cast()
    client = signed_in("officer")
    page = text_of(client.get("/bureau/D/"))
    etag = client.get("/bureau/D/", headers=POLL)["ETag"]
    assert etag.strip('"') in page


def test_rates_are_never_rounded_up() -> None:
    units = make_city(pupils=1)
    make_unit_of(1999, units["K1"])
    open_day(DAY, clock=clock_at(0))
    make_cast()
    send(*(report(f"many-{n}") for n in range(1000)))
    send(*(report(f"many-{n}") for n in range(1000, 1999)))
    page = text_of(signed_in("officer").get("/bureau/K1/"))
    assert "99.9\u2009%" in page and "100\u2009%" not in page


def make_unit_of(count: int, unit: Unit) -> None:
    for number in range(count):
        make_person(f"many-{number}", unit)


def test_closed_school_has_a_badge_and_no_rate() -> None:
    make_city(pupils=1)
    CalendarOverride.objects.create(
        unit=Unit.objects.get(code="S"), first_day=DAY, last_day=DAY, kind="closure", reason_zh="停课"
    )
    open_day(DAY, clock=clock_at(0))
    make_cast()
    client = signed_in("officer", "zh-CN")
    page = text_of(client.get("/bureau/D/?duty=morning-check"))
    assert page.count("停课/放假") == 2  # the district, all of it, and the school
    assert "—" in page
    assert "停课/放假" not in text_of(client.get("/bureau/D/?duty=daily-health"))
    assert "停课/放假" not in text_of(signed_in("city_officer").get("/bureau/E/?duty=morning-check"))


def places_in(page: str) -> list[tuple[str, str]]:
    """(place/peers, unit) of each line of the ranking."""
    rows = re.findall(r'nol-place">(.*?)</td>.*?href="/bureau/(\w+)/', page, re.DOTALL)
    return [(re.sub(r"<[^>]*>|\s", "", place), unit) for place, unit in rows]


def test_ranking_shares_places() -> None:
    opened_city(pupils=1)
    make_cast()
    client = signed_in("city_officer")
    assert places_in(text_of(client.get("/bureau/C/ranking/"))) == [("1/2", "S"), ("1/2", "T")]
    send(report("L1-1"))
    assert places_in(text_of(client.get("/bureau/C/ranking/"))) == [("1/2", "T"), ("2/2", "S")]


def test_small_schools_are_ranked_among_small_ones() -> None:
    units = make_city(pupils=1)
    make_unit_of(110, units["L1"])
    open_day(DAY, clock=clock_at(0))
    make_cast()
    send(*(report(f"many-{n}") for n in range(109)))
    client = signed_in("city_officer")
    assert places_in(text_of(client.get("/bureau/C/ranking/"))) == [("1/1", "T"), ("1/1", "S")]
    page = text_of(client.get("/bureau/C/ranking/?size=0"))
    assert places_in(page) == [("1/1", "S")] and "under 100 people" in page
    for wrong in ("?size=9", "?by=name"):
        assert client.get(f"/bureau/C/ranking/{wrong}").status_code == 400


def test_ranking_by_what_came_on_time() -> None:
    opened_city(pupils=1)
    make_cast()
    send(report("L1-1"), report("T-t"))
    send(report("K1-1", made_at=f"{DAY}T11:00:00+08:00"), report("K2-1"), clock=clock_at(11))
    client = signed_in("city_officer")
    assert places_in(text_of(client.get("/bureau/C/ranking/?by=on_time"))) == [("1/2", "T"), ("2/2", "S")]


@pytest.mark.parametrize(
    ("level", "shown"), [("district", ["D", "E"]), ("school", ["S", "T"]), ("class", ["K1", "K2", "L1"])]
)
def test_missing_at_every_level(level: str, shown: list[str]) -> None:
    opened_city(pupils=2)
    make_cast()
    page = text_of(signed_in("city_officer").get(f"/bureau/C/missing/?level={level}"))
    assert sorted(set(re.findall(r'scope="row"><a href="/bureau/(\w+)/missing/', page))) == shown


def test_missing_people_are_paged() -> None:
    units = make_city(pupils=1)
    make_unit_of(60, units["K1"])
    open_day(DAY, clock=clock_at(0))
    make_cast()
    client = signed_in("officer")
    first, second = (text_of(client.get(f"/bureau/D/missing/?page={page}")) for page in (1, 2))
    assert (first.count('scope="row"'), second.count('scope="row"')) == (50, 13)
    assert "Page 1 of 2, 63 in all" in first


def test_missing_schools_of_a_schools_duty() -> None:
    opened_city(pupils=1)
    make_cast()
    close_day(DAY, clock=clock_at(9))
    page = text_of(signed_in("city_officer").get("/bureau/C/missing/?duty=school-daily"))
    assert page.count("Missing</span>") == 2
    assert signed_in("city_officer").get("/bureau/C/missing/?level=galaxy").status_code == 400


def test_nobody_missing_is_said() -> None:
    opened_city(pupils=1)
    make_cast()
    send(report("K1-1"))
    assert "Nobody is missing" in text_of(signed_in("teacher").get("/bureau/K1/missing/"))


def test_childs_row_shows_answers_with_labels_and_every_revision() -> None:
    opened_city(pupils=1)
    make_cast()
    send(report("K1-1", answers={"condition": "unwell", "temperature": 384, "symptoms": ["fever", "cough"]}))
    send(report("K1-1", made_at=f"{DAY}T07:50:00+08:00", by="teacher"), check("K1-1", "sick"))
    child = Person.objects.get(code="K1-1").pk
    page = text_of(signed_in("officer").get(f"/bureau/K1/people/{child}/"))
    assert "36.5\u2009℃" in page and "38.4\u2009℃" in page and "Fever, Cough" in page
    assert "2 revisions" in page and "Absent: sick" in page
    chinese = text_of(signed_in("officer", "zh").get(f"/bureau/K1/people/{child}/"))
    assert "发热、咳嗽" in chinese and "因病缺勤" in chinese and "共 2 次填报" in chinese


def test_measures_are_chips_with_labels() -> None:
    opened_city(pupils=1)
    make_cast()
    send(report("K1-1", answers={"condition": "unwell", "symptoms": ["cough"]}))
    page = text_of(signed_in("officer", "zh").get("/bureau/D/"))
    assert "异常 1" in page and "咳嗽 1" in page and "symptom." not in page


@pytest.mark.parametrize("pupils", [1, 3])
def test_page_costs_the_same_whatever_its_size(pupils: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    opened_city(pupils=pupils)
    make_cast()
    client = signed_in("officer")
    client.get("/bureau/D/")
    with django_assert_num_queries(17):
        client.get("/bureau/D/")
