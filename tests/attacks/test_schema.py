"""The API asked everything that its own description allows, and what it does not, as each role: schemathesis."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from notoneless.collect.queries import form_in_force
from notoneless.kernel.clock import SystemClock
from notoneless.roster import queries as roster_queries
from notoneless.roster import tokens
from notoneless.roster.models import Person
from notoneless.web.api.routes import api
from notoneless.web.api.shapes import Report
from tests.attacks.hostile import PAYLOADS, worked
from tests.builders import DAY, report
from tests.web.cast import ROLES, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city"), pytest.mark.slow]
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
UNITS = ["C", "D", "E", "S", "T", "K1", "L1", "NO-SUCH"]
PEOPLE = ["K1-1", "K1-2", "L1-1", "S-t", "NO-SUCH"]
TRUE: dict[str, list[Any]] = {
    "day": [str(DAY), "2026-11-21", "0001-01-01", "9999-12-31"], "until": [str(DAY), "0001-01-01", "9999-12-31"],
    "duty": ["daily-health", "morning-check", "school-daily", "attendance"], "days": [1, 30, 366],
    "level": ["", "person", "class", "school", "district"],
}  # fmt: skip
"""What a question must hold to come past the first refusal."""
PLAIN = {"Accept-Encoding": "identity"}
"""Schemathesis announces gzip and does not unpack what the application then packs."""


@pytest.fixture(autouse=True)
def kept_connection() -> Iterator[None]:
    """A request that ends closes old connections; here that would be the test's own transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def described() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    return found


def schema() -> Any:
    loaded = schemathesis.openapi.from_dict(described())
    loaded.app = get_wsgi_application()
    return loaded


SCHEMA = schema()
OPERATIONS = [(one.ok().method.upper(), one.ok().path) for one in SCHEMA.get_all_operations()]


def bearer(name: str) -> dict[str, str]:
    token = tokens.issue(roster_queries.account_named(name), clock=SystemClock())
    return {"Authorization": f"Bearer {token}"}


def true_or_made_up(data: st.DataObject, case: Any) -> None:
    """Half of the questions are about what exists; the description alone would hardly ever hit it."""
    codes = PEOPLE if "people" in case.path else UNITS
    if "code" in (case.path_parameters or {}) and data.draw(st.booleans()):
        case.path_parameters["code"] = data.draw(st.sampled_from(codes))
    for name, values in TRUE.items():
        if name in (case.query or {}) and data.draw(st.booleans()):
            case.query[name] = data.draw(st.sampled_from(values))
    for one in case.body if isinstance(case.body, list) else [case.body]:
        if isinstance(one, dict) and data.draw(st.booleans()):
            one |= {"duty": "daily-health", "day": str(DAY), "person": data.draw(st.sampled_from(PEOPLE))}
            one.pop("unit", None)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["allowed", "forbidden"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one[0]} {one[1]}")
def test_api_keeps_to_its_description(operation: tuple[str, str], mode: GenerationMode) -> None:
    """As every role, as who has none, and as nobody: one city for all of them, since they are to change nothing."""
    for name in (*ROLES, "nobody", ""):
        _keeps(operation, name, mode)


def _keeps(operation: tuple[str, str], name: str, mode: GenerationMode) -> None:
    method, path = operation
    found = SCHEMA[path][method]
    headers = PLAIN | (bearer(name) if name else {})

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
    @given(data=st.data(), case=found.as_strategy(generation_mode=mode))
    def ask(data: st.DataObject, case: Any) -> None:
        true_or_made_up(data, case)
        note(f"as {name or 'nobody'}")
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)

    ask()


def parameters(operation: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((one["in"], one["name"]) for one in operation["parameters"])


@pytest.mark.parametrize("name", ["parent", "teacher", "principal", "city_officer", "program"])
def test_hostile_text_in_every_parameter_of_every_operation(name: str) -> None:
    headers = PLAIN | bearer(name)
    usual = {"day": str(DAY), "until": str(DAY), "duty": "daily-health", "code": "C"}
    asked = 0
    for path, known in described()["paths"].items():
        for method, operation in known.items():
            for where, parameter in parameters(operation):
                for kind, payload in PAYLOADS.items():
                    given_ = usual | {parameter: payload[:2000]}
                    case = SCHEMA[path][method.upper()].Case(
                        path_parameters={"code": given_.pop("code")} if where == "path" or "{code}" in path else {},
                        query=given_,
                    )
                    answer = case.call(headers=headers)
                    asked += 1
                    assert answer.status_code < 500, (path, parameter, kind)
                    assert worked(answer.text) == [], (path, parameter, kind)
                    assert "x-forged" not in {header.lower() for header in answer.headers}, (path, parameter, kind)
    assert asked > 100


def texts_of(code: str) -> Iterator[dict[str, Any]]:
    """Right answers to a form, each with one text in them that `PAYLOAD` stands for."""
    form = form_in_force(code)
    first = form.definition["fields"][0]
    lead: dict[str, Any] = {first["code"]: first["options"][1]["code"]} | (
        {"temperature": 365} if "temperature" in form.required else {}
    )
    for entry in form.definition["fields"]:
        if entry["type"] == "trips":
            yield lead | {"left_city": True, entry["code"]: [{"place": "PAYLOAD", "from": str(DAY), "to": str(DAY)}]}
        else:
            yield lead | {entry["code"]: "PAYLOAD"}
    yield lead | {"PAYLOAD": "x"}


@pytest.mark.parametrize("name", ["program", "parent"])
def test_hostile_text_in_every_field_of_a_report_and_of_its_answers(name: str) -> None:
    client = Client(headers={"authorization": bearer(name)["Authorization"]})
    whole = report("K1-1", by="guardian")
    bodies = [whole | {field: "PAYLOAD"} for field in Report.model_fields]
    bodies += [whole | {"PAYLOAD": 1}, whole | {"person": None, "unit": "PAYLOAD"}]
    for duty, form in (("daily-health", "daily-health"), ("morning-check", "class-check")):
        bodies += [whole | {"duty": duty, "answers": answers} for answers in texts_of(form)]
    assert len(bodies) > 20
    states = []
    for body in bodies:
        for kind, payload in PAYLOADS.items():
            text = json.dumps(payload)[1:-1]
            sent = json.dumps(body | {"id": body["id"] if body["id"] == "PAYLOAD" else str(uuid.uuid4())})
            answer = client.post("/api/v1/reports", sent.replace("PAYLOAD", text), content_type="application/json")
            assert answer.status_code == 200, (kind, body)
            (result,) = answer.json()["results"]
            states.append(result.get("state"))
            # An answer may quote the id that was sent: no browser reads this type as a page.
            assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/json", "nosniff")
    assert "reported" in states  # else every one was refused for something else
    page = signed_in("city_officer").get(f"/bureau/K1/people/{Person.objects.get(code='K1-1').pk}/").content.decode()
    assert worked(page) == []


def test_body_that_is_no_report_is_told() -> None:
    client = Client(headers={"authorization": bearer("program")["Authorization"]})
    bodies = [
        "[" * 100_000, "{" * 5000, '{"a":' * 5000 + "1" + "}" * 5000, "[]", "null", "7", '"x"', "\0", "[1e999]",
        json.dumps([1] * 1001), '{"id": 1e400}', b"\xff\xfe\x00", "\ufeff[]", f'{{"answers":{{"a":{"9" * 5000}}}}}',
    ]  # fmt: skip
    for body in bodies:
        answer = client.post("/api/v1/reports", body, content_type="application/json")
        assert answer.status_code in (200, 400, 413), body[:40]
