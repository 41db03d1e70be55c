"""A check taken on an old page: opened before somebody else sent it, or before midnight."""

import re

import pytest
from django.test import Client

from notoneless.collect.models import Report
from notoneless.expect.services import open_day
from notoneless.ledger.models import PersonSlot
from notoneless.roster.models import Person
from tests.builders import DAY, check, clock_at, make_city, make_person, opened_city, send
from tests.web.cast import draft_in, make_cast, signed_in, text_of
from tests.web.conftest import SetTime

pytestmark = pytest.mark.django_db
TOMORROW = DAY.replace(day=DAY.day + 1)


def pk(code: str) -> int:
    return Person.objects.get(code=code).pk


def form_of(client: Client, **presences: str) -> dict[str, object]:
    """What a browser would send of the page as it is shown to this client, with these lines of K1 changed."""
    page = client.get("/class/K1/")
    text = text_of(page)
    sent: dict[str, object] = {"draft": draft_in(page)}
    sent |= dict(re.findall(r'name="(rev-\d+)" value="(\d+)"', text))
    for name in re.findall(r'<select class="form-select nol-presence" name="([^"]+)"', text):
        chosen = re.search(rf'name="{name}".*?value="(\w+)" selected', text, re.DOTALL)
        sent[name] = chosen[1] if chosen else "present"
    return sent | {f"p{pk(f'K1-{name[1:]}')}-presence": value for name, value in presences.items()}


def held(code: str) -> str:
    slots = PersonSlot.objects.filter(respondent_id=pk(code), state="reported").order_by("duty_id")
    return ",".join(slot.answers for slot in slots)


def test_second_window_does_not_undo_what_the_first_has_sent() -> None:
    opened_city()
    make_cast()
    client = signed_in("teacher")
    first, second = form_of(client, n1="sick"), form_of(client, n2="personal_leave")
    assert client.post("/class/K1/", first).status_code == 302
    answer = client.post("/class/K1/", second)
    assert answer.status_code == 422
    assert "has been sent meanwhile" in text_of(answer)
    assert held("K1-1") == '{"presence":"sick"}'
    shown = text_of(answer)
    for code, value in (("K1-1", "sick"), ("K1-2", "personal_leave"), ("K1-3", "present")):
        assert re.search(rf'name="p{pk(code)}-presence".*?value="{value}" selected', shown, re.DOTALL), code
    again = {"draft": draft_in(answer), **dict(re.findall(r'name="(rev-\d+)" value="(\d+)"', shown))}
    lines = {f"p{pk(c)}-presence": v for c, v in (("K1-1", "sick"), ("K1-2", "personal_leave"), ("K1-3", "present"))}
    assert client.post("/class/K1/", again | lines).status_code == 302
    assert [held(f"K1-{n}") for n in (1, 2, 3)] == [
        '{"presence":"sick"}', '{"presence":"personal_leave"}', '{"presence":"present"}',
    ]  # fmt: skip


def test_same_form_twice_is_one_check() -> None:
    opened_city()
    make_cast()
    client = signed_in("teacher")
    sent = form_of(client, n1="late")
    for _ in range(2):
        assert client.post("/class/K1/", sent).status_code == 302
    assert Report.objects.count() == 3
    assert held("K1-1") == '{"presence":"late"}'


def test_second_window_that_agrees_changes_nothing() -> None:
    opened_city()
    make_cast()
    client = signed_in("teacher")
    first, second = form_of(client), form_of(client)
    assert client.post("/class/K1/", first).status_code == client.post("/class/K1/", second).status_code == 302
    assert Report.objects.count() == 3


def test_page_from_before_midnight_is_refused_and_keeps_the_marks(at: SetTime) -> None:
    opened_city()
    make_cast()
    at(23, 58)
    client = signed_in("teacher")
    sent = form_of(client, n2="sick")
    at(24, 5)
    open_day(TOMORROW, clock=clock_at(24, 4))
    answer = client.post("/class/K1/", sent)
    assert answer.status_code == 422
    text = text_of(answer)
    assert f"This page was opened on {DAY} and today is {TOMORROW}" in text
    assert re.search(rf'name="p{pk("K1-2")}-presence".*?value="sick" selected', text, re.DOTALL)
    assert Report.objects.count() == 0


def test_page_tells_a_browser_when_it_is_old() -> None:
    opened_city()
    make_cast()
    client = signed_in("teacher")
    before = client.head("/class/K1/")["X-Check"]
    assert client.head("/class/K1/")["X-Check"] == before
    send(check("K1-2", "late"))
    assert client.head("/class/K1/")["X-Check"] != before


@pytest.mark.parametrize("pupils", [0, 120])
def test_class_of_any_size_opens_and_is_checked(pupils: int) -> None:
    units = make_city(pupils=1)
    for number in range(pupils):
        make_person(f"K3-{number}", units["K1"], name=f"欧阳{number}")
    Person.objects.get(code="K1-1").delete()
    open_day(DAY, clock=clock_at(0))
    make_cast()
    client = signed_in("teacher")
    page = client.get("/class/K1/")
    if not pupils:
        assert "Nothing is owed by this class on this day." in text_of(page)
        return
    assert text_of(page).count("nol-row check-row") == pupils
    assert len(page.content) < 500_000
    people = Person.objects.filter(code__startswith="K3").values_list("pk", flat=True)
    sent = {f"p{person}-presence": "present" for person in people}
    assert client.post("/class/K1/", {"draft": draft_in(page), **sent}).status_code == 302
    assert Report.objects.count() == pupils
