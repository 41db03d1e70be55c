"""The wall: live, without names, its session kept by its own polls and by nobody else's."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from notoneless.web.account.limits import STAFF, WALL
from tests.builders import DAY, clock_at, opened_city, report, send
from tests.web.cast import make_cast, signed_in, text_of
from tests.web.test_keeper import Ticks, ticks

__all__ = ["ticks"]
pytestmark = pytest.mark.django_db
POLL = {"hx-request": "true"}
ILL = {"condition": "unwell", "temperature": 385, "symptoms": ["fever"]}


def test_wall_account_is_led_to_its_screen_and_others_are_not() -> None:
    opened_city()
    make_cast()
    assert signed_in("wall").get("/screen/")["Location"] == "/screen/C/"
    assert signed_in("city_officer").get("/screen/").status_code == 403


def test_board_answers_304_until_something_comes_in() -> None:
    opened_city()
    make_cast()
    client = signed_in("wall")
    page = text_of(client.get("/screen/C/"))
    first = client.get("/screen/C/", headers=POLL)
    assert "<html" not in text_of(first) and first["X-As-Of"] == "09:00:00"
    assert first["ETag"].strip('"') in page, "the page's own ETag is the poll's"
    again = client.get("/screen/C/", headers={**POLL, "if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    send(report("K1-1"))
    assert client.get("/screen/C/", headers={**POLL, "if-none-match": first["ETag"]}).status_code == 200


def test_nobody_is_named_and_no_small_count_is_shown_whoever_looks() -> None:
    opened_city(pupils=3)
    make_cast()
    send(report("K1-1", answers=ILL))
    for name, unit in (("wall", "C"), ("city_officer", "C"), ("principal", "S")):
        page = text_of(signed_in(name).get(f"/screen/{unit}/"))
        assert "王小明" not in page and "/people/" not in page
        assert "＊" in page, name


def test_unheard_stand_by_district_most_first() -> None:
    opened_city()
    make_cast()
    page = text_of(signed_in("wall").get("/screen/C/"))
    assert page.index("<span>D</span><b>7</b>") < page.index("<span>E</span><b>4</b>")


def test_polls_keep_a_walls_session_and_no_other(settings: Settings) -> None:
    opened_city()
    make_cast()
    wall, officer = signed_in("wall"), signed_in("city_officer")
    for client in (wall, officer):
        assert client.get("/screen/C/").status_code == 200
    began = clock_at(9).now()
    for minutes in range(20, 26 * 60, 20):  # past a wall's own idle limit, without a person
        settings.REHEARSAL_NOW = began + timedelta(minutes=minutes)
        assert wall.get(f"/screen/C/?day={DAY}", headers=POLL).status_code == 200, minutes
        if minutes <= 40:
            status = officer.get(f"/screen/C/?day={DAY}", headers=POLL).status_code
            assert status == (200 if timedelta(minutes=minutes) <= STAFF.idle else 302)
    settings.REHEARSAL_NOW = began + WALL.whole + timedelta(minutes=1)
    assert wall.get("/screen/C/", headers=POLL).status_code == 302, "signed in anew once a month"


def test_thousand_walls_cost_one_computation(ticks: Ticks, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    opened_city()
    make_cast()
    client = signed_in("wall")
    client.get(f"/screen/C/?day={DAY}", headers=POLL)
    with django_assert_num_queries(0):
        for _ in range(20):
            client.get(f"/screen/C/?day={DAY}", headers=POLL)
    ticks.now += 1.1
    with django_assert_num_queries(11):
        client.get(f"/screen/C/?day={DAY}", headers=POLL)  # the figures and who looks; not yet what is compared
