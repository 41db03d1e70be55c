"""The API: shapes, errors, who may, and answers that are not sent twice."""

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from notoneless.kernel.clock import SystemClock
from notoneless.kernel.errors import DomainError
from notoneless.roster import queries as roster_queries
from notoneless.roster import tokens
from notoneless.roster.scope import SYSTEM
from notoneless.web.api import answers
from tests.builders import DAY, opened_city, report, send
from tests.web.cast import make_cast, signed_in

pytestmark = pytest.mark.django_db
REPORTS = "/api/v1/reports"
D = "/api/v1/units/D"
ASKED = f"day={DAY}&duty=daily-health"


def bearer(name: str, **headers: str) -> Client:
    token = tokens.issue(roster_queries.account_named(name), clock=SystemClock())
    return Client(headers={"authorization": f"Bearer {token}", **headers}, enforce_csrf_checks=True)


def post(client: Client, body: object) -> Any:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(REPORTS, text, content_type="application/json")


def test_one_report_and_an_array_answer_alike() -> None:
    opened_city()
    make_cast()
    client = bearer("program")
    one = report("K1-1")
    answer = post(client, one)
    assert answer.status_code == 200
    accepted = {"id": one["id"], "state": "reported", "on_time": True, "revision": 1, "duplicate": False}
    assert answer.json() == {"results": [accepted]}
    again = post(client, [one, report("K1-2")]).json()["results"]
    assert again[0] == accepted | {"duplicate": True}
    assert [result["state"] for result in again] == ["reported", "reported"]


def test_refused_report_fails_alone_and_the_status_is_200() -> None:
    opened_city()
    make_cast()
    answer = post(bearer("program"), [report("NO-SUCH"), {"id": "x"}, 7, report("K1-1")])
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [result.get("error", {}).get("code", "") for result in results] == [
        "out_of_scope", "person_or_unit", "invalid_report", "",
    ]  # fmt: skip
    assert set(results[0]["error"]) == {"code", "field", "message"}


@pytest.mark.parametrize(("header", "language"), [("zh-CN", "zh"), ("en-GB,en", "en"), ("fr", ""), ("", "")])
def test_message_is_in_the_language_asked_for_or_in_both(header: str, language: str) -> None:
    opened_city(pupils=1)
    make_cast()
    client = bearer("officer", **({"accept-language": header} if header else {}))
    error = DomainError("out_of_scope", "person")
    assert post(client, report("L1-1")).json()["results"][0]["error"] == error.shape(language)
    assert client.get(f"/api/v1/units/E/completeness?{ASKED}").json() == {
        "error": DomainError("out_of_scope", "unit").shape(language)
    }


@pytest.mark.parametrize("body", ["", "{", "[1,", b"\xff\xfe", '{"id": NaN}'])
def test_bad_json_is_told_and_changes_nothing(body: str | bytes) -> None:
    opened_city(pupils=1)
    make_cast()
    answer = post(bearer("officer"), body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "not_json")


def test_too_many_reports_are_refused_whole(settings: Settings) -> None:
    opened_city(pupils=1)
    make_cast()
    settings.REPORTS_PER_REQUEST = 2
    answer = post(bearer("program"), [report("K1-1")] * 3)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_many_reports")
    assert post(bearer("officer"), []).json() == {"results": []}


def test_nobody_signed_in_is_401() -> None:
    opened_city(pupils=1)
    for answer in (post(Client(), report("K1-1")), Client().get(f"{D}/completeness?{ASKED}")):
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "sign_in_required")


def test_session_that_writes_needs_the_csrf_token() -> None:
    opened_city(pupils=1)
    make_cast()
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in("principal").cookies
    answer = post(client, report("K1-1"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "csrf_failed")
    assert client.get(f"/api/v1/units/S/completeness?{ASKED}").status_code == 200
    client.get("/sign-in/", headers={"cookie": ""})
    client.get("/bureau/S/")
    token = client.cookies["csrftoken"].value
    sent = client.post(REPORTS, json.dumps(report("K1-1")), content_type="application/json",
                       headers={"x-csrftoken": token})  # fmt: skip
    assert sent.json()["results"][0]["state"] == "reported"


@pytest.mark.parametrize("token", ["", "made-up", "a:b:c"])
def test_token_that_is_not_ours_is_401(token: str) -> None:
    opened_city(pupils=1)
    client = Client(headers={"authorization": f"Bearer {token}"})
    assert client.get(f"{D}/completeness?{ASKED}").status_code == 401


def test_figures_of_a_unit_and_its_children() -> None:
    opened_city()
    make_cast()
    send(report("K1-1"))
    found = bearer("officer").get(f"{D}/completeness?{ASKED}").json()
    assert found == answers.completeness_json(SYSTEM, "D", DAY, "daily-health")
    assert (found["expected"], found["reported"], [child["unit"] for child in found["children"]]) == (7, 1, ["S"])


def test_missing_at_every_level_and_in_pages() -> None:
    opened_city()
    make_cast()
    client = bearer("officer")
    found = client.get(f"{D}/missing?{ASKED}&limit=2&offset=1").json()
    assert (found["level"], found["total"], len(found["items"])) == ("person", 7, 2)
    assert set(found) == {"unit", "day", "duty", "level", "total", "items"}
    for level, units in {"class": ["K1", "K2"], "school": ["S"], "district": ["D"]}.items():
        found = client.get(f"{D}/missing?{ASKED}&level={level}").json()
        assert [item["unit"] for item in found["items"]] == units
    owed = client.get(f"{D}/missing?day={DAY}&duty=school-daily").json()
    assert (owed["level"], [item["unit"] for item in owed["items"]]) == ("school", ["S"])


def test_ranking_in_pages() -> None:
    opened_city()
    make_cast()
    send(report("L1-1"))
    found = bearer("city_officer").get(f"/api/v1/units/C/ranking?{ASKED}").json()
    assert [(item["place"], item["unit"]) for item in found["items"]] == [(1, "T"), (2, "S")]
    assert (found["level"], found["total"]) == ("school", 2)
    second = bearer("city_officer").get(f"/api/v1/units/C/ranking?{ASKED}&limit=1&offset=1").json()
    assert [item["unit"] for item in second["items"]] == ["S"]


@pytest.mark.parametrize("operation", ["completeness", "missing", "ranking"])
def test_unchanged_figures_are_not_sent_twice(operation: str) -> None:
    opened_city()
    make_cast()
    client = bearer("officer")
    first = client.get(f"{D}/{operation}?{ASKED}")
    again = client.get(f"{D}/{operation}?{ASKED}", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    send(report("K1-1"))
    assert client.get(f"{D}/{operation}?{ASKED}", headers={"if-none-match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    ("query", "status", "code", "field"),
    [
        (f"day={DAY}&duty=nothing", 404, "unknown_duty", "duty"),
        ("day=23.11.2026&duty=daily-health", 400, "bad_day", "day"),
        ("day=2026-01-05&duty=daily-health", 404, "day_not_open", "day"),
        ("duty=daily-health", 400, "bad_parameter", "day"),
        (f"{ASKED}&level=galaxy", 400, "unknown_level", "level"),
        (f"{ASKED}&limit=0", 400, "bad_parameter", "limit"),
        (f"{ASKED}&limit=many", 400, "bad_parameter", "limit"),
        (f"{ASKED}&offset=-1", 400, "bad_parameter", "offset"),
    ],
)
def test_bad_question_names_its_field(query: str, status: int, code: str, field: str) -> None:
    opened_city(pupils=1)
    make_cast()
    answer = bearer("officer").get(f"{D}/missing?{query}")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["field"]) == (status, code, field)


def test_a_persons_days_begin_with_the_calendar() -> None:
    opened_city(pupils=1)
    make_cast()
    answer = bearer("officer").get("/api/v1/people/K1-1/days?until=0001-01-05&duty=daily-health&days=30")
    assert answer.status_code in (200, 404)  # nothing of hers stands so far back
    assert bearer("parent").get("/api/v1/people/K1-1/days?until=0001-01-05&duty=daily-health").json()["items"] == []


def test_description_is_open_and_unknown_addresses_answer_in_the_one_shape() -> None:
    described = Client().get("/api/v1/openapi.json").json()
    assert set(described["paths"]) == {
        "/api/v1/reports", "/api/v1/units/{code}/completeness", "/api/v1/units/{code}/missing",
        "/api/v1/units/{code}/ranking", "/api/v1/people/{code}/days", "/api/v1/letters",
        "/api/v1/units/{code}/letters",
    }  # fmt: skip
    answer = Client().get("/api/v1/nothing")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "page_not_found")


def test_failure_inside_is_told_in_the_one_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    opened_city(pupils=1)
    make_cast()
    monkeypatch.setattr("notoneless.web.api.answers.completeness_json", lambda *args: 1 // 0)
    answer = bearer("officer").get(f"{D}/completeness?{ASKED}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "server_error")
