"""What a phone kept while it had no line: taken once, dated as it was written, refused in words; and the key for it."""

import json
import uuid
from datetime import timedelta

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from notoneless.collect.models import Report
from notoneless.ledger.models import PersonSlot
from notoneless.roster.accounts.offline import offline_key
from notoneless.roster.models import Account, Person
from tests.builders import DAY, clock_at, make_city, opened_city, report, send
from tests.web.cast import make_cast, signed_in, text_of
from tests.web.conftest import SetTime

pytestmark = pytest.mark.django_db


def name_of(code: str, field: str = "condition") -> str:
    return f"p{Person.objects.get(code=code).pk}-{field}"


def kept(made: str = "08:10:00", day: str = str(DAY), **fields: str) -> dict[str, str]:
    return {"item": str(uuid.uuid4()), "made": f"{DAY}T{made}+08:00", "day": day, **fields}


def told(client: Client, body: dict[str, str]) -> tuple[str, list[tuple[str, str]]]:
    answer = client.post("/family/send/", body)
    assert answer.status_code == 200
    said = json.loads(text_of(answer))
    return said["state"], [(line["name"], line["text"]) for line in said["told"]]


def slot(code: str) -> PersonSlot:
    return PersonSlot.objects.filter(respondent_id=Person.objects.get(code=code).pk, day=DAY).order_by("duty_id")[0]


@pytest.fixture
def parent() -> Client:
    opened_city()
    make_cast()
    return signed_in("parent")


def test_kept_report_is_taken_once_and_dated_as_it_was_written(parent: Client, at: SetTime) -> None:
    body = kept(**{name_of("K1-1"): "well", name_of("K2-1"): "unwell"})
    for minute in (30, 31, 45):
        at(9, minute)
        assert told(parent, body) == ("sent", [])
    assert Report.objects.count() == 2
    assert {slot(code).made_at for code in ("K1-1", "K2-1")} == {clock_at(8, 10).now()}
    assert slot("K1-1").filled_at == clock_at(9, 30).now()


def test_clock_that_runs_ahead_is_set_back_to_now(parent: Client, at: SetTime) -> None:
    body = kept("23:59:00", **{name_of("K1-1"): "well"})
    for minute in (0, 5):
        at(9, minute)
        assert told(parent, body) == ("sent", [])
    assert slot("K1-1").made_at == clock_at(9).now()
    assert Report.objects.count() == 1


def test_what_came_in_later_stands(parent: Client, at: SetTime) -> None:
    send(
        report("K1-1", answers={"condition": "hospital"}, by="teacher", made_at=f"{DAY}T08:30:00+08:00"),
        clock=clock_at(8, 40),
    )
    at(9)
    assert told(parent, kept("08:10:00", **{name_of("K1-1"): "well"})) == ("sent", [])
    assert json.loads(slot("K1-1").answers) == {"condition": "hospital"}
    assert Report.objects.count() == 2


def test_the_right_ones_of_a_report_come_in_and_the_wrong_one_is_named(parent: Client, at: SetTime) -> None:
    at(9)
    body = kept(**{name_of("K1-1"): "well", name_of("K2-1"): "well", name_of("K2-1", "temperature"): "98.6"})
    state, lines = told(parent, body)
    assert state == "refused"
    assert [name for name, _ in lines] == ["王小明"] and "98.6 looks like Fahrenheit" in lines[0][1]
    assert (slot("K1-1").state, slot("K2-1").state) == ("reported", "due")


def test_day_on_which_nothing_is_asked_is_told(parent: Client, at: SetTime) -> None:
    at(9)
    state, lines = told(parent, kept(day=str(DAY - timedelta(days=2)), **{name_of("K1-1"): "well"}))
    assert state == "refused"
    assert [text for _, text in lines] == ["Nothing is asked for this child on that day, so it was not sent."]


@pytest.mark.parametrize(
    "change",
    [{"item": "1"}, {"made": "2026-11-23"}, {"made": "2026-11-23T08:00:00"}, {"made": "9999-12-31T23:59:59-23:59"},
     {"made": "2026-11-01T08:00:00+08:00"}, {"day": "yesterday"}, {}],
)  # fmt: skip
def test_what_is_no_report_is_refused_and_changes_nothing(parent: Client, at: SetTime, change: dict[str, str]) -> None:
    at(9)
    fields = {name_of("K1-1"): "well"} if change else {}
    state, lines = told(parent, kept(**fields) | change)
    assert (state, len(lines)) == ("refused", 1)
    assert Report.objects.count() == 0


def test_another_households_child_is_not_reached(parent: Client, at: SetTime) -> None:
    at(9)
    assert told(parent, kept(**{name_of("K1-2"): "well"}))[0] == "refused"
    assert Report.objects.count() == 0


def test_as_before_means_what_the_page_offered(parent: Client, at: SetTime) -> None:
    at(9)
    child = Person.objects.get(code="K1-1").pk
    state, lines = told(parent, kept(as_before="1", **{f"offered-p{child}-": "same:000000000000"}))
    assert state == "refused"
    assert "what was reported before has changed" in lines[0][1] or "Nothing" in lines[0][1]
    assert Report.objects.count() == 0


def test_only_a_guardian_sends_and_only_by_post() -> None:
    make_city(pupils=1)
    make_cast()
    assert signed_in("teacher").post("/family/send/", {}).status_code == 403
    assert signed_in("parent").get("/family/send/").status_code == 405
    assert Client().post("/family/send/", {})["Location"].startswith("/sign-in/")


def test_key_is_the_accounts_own_sealed_and_stays() -> None:
    make_city(pupils=1)
    make_cast()
    first, second = (json.loads(text_of(signed_in("parent").get("/family/key/"))) for _ in range(2))
    assert first["key"] == second["key"] and first["account"] == second["account"]
    account = Account.objects.get(username="parent")
    assert offline_key(account) == first["key"]
    assert first["key"].encode() not in bytes(account.offline_key)
    assert offline_key(Account.objects.get(username="teacher")) != first["key"]


def test_page_without_a_line_is_the_same_for_everybody() -> None:
    make_city(pupils=1)
    make_cast()
    readers = (Client(headers={"accept-language": "en"}), signed_in("parent"))
    pages = {text_of(client.get("/family/offline/")) for client in readers}
    (page,) = pages
    assert "csrfmiddlewaretoken" not in page and "Sign out" not in page


def test_phone_is_told_what_the_app_is_and_what_to_keep(client: Client) -> None:
    manifest = json.loads(text_of(client.get("/family/app.webmanifest")))
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/family/", "/family/", "standalone")
    for icon in manifest["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/"))
    worker = client.get("/family/worker.js")
    assert (worker["Content-Type"], worker["Cache-Control"]) == ("text/javascript", "no-cache")
    kept_files = [line for line in text_of(worker).split('"') if line.startswith("/static/")]
    assert len(kept_files) > 5
    assert all(finders.find(address.removeprefix("/static/")) for address in kept_files)
