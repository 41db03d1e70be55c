"""The same report through the lane, through the API's own route and through a page leaves the same rows."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from notoneless.collect.models import Report
from notoneless.kernel.clock import SystemClock
from notoneless.ledger.models import PersonSlot
from notoneless.rollup.services import recount
from notoneless.roster import tokens
from notoneless.roster.models import Account, Person
from tests.builders import DAY, clock_at, opened_city, report
from tests.serving.database import Database
from tests.serving.lines import REPORTS, Line
from tests.serving.server import Server, serving
from tests.web.cast import draft_in, make_account, signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
CHILDREN = ("K1", "K2", "L1")
ANSWERS: tuple[dict[str, Any], ...] = (
    {"condition": "well", "temperature": 365},
    {"condition": "unwell", "temperature": 384, "symptoms": ["fever", "cough"], "note": "昨晚开始"},
    {"condition": "ill_at_home"},
)


@pytest.fixture
def server(transactional_db: None, settings: Settings, tmp_path: Path) -> Iterator[Server]:
    """A server on the tests' own database, at nine of the same day, with the same keys."""
    named = connection.settings_dict
    url = f"sqlite:///{named['NAME']}"
    if connection.vendor == "postgresql":
        url = f"postgres://{named['USER']}@{named['HOST']}:{named['PORT']}/{named['NAME']}"
    database = Database(settings.VAR_DIR, url)
    with serving(database, tmp_path / "server.log", workers=1, NOL_NOW=clock_at(9).now().isoformat()) as server:
        yield server


def household(number: int) -> list[dict[str, Any]]:
    made_at = clock_at(9).now().isoformat()
    return [
        report(f"{unit}-{number}", answers=answers, made_at=made_at)
        for unit, answers in zip(CHILDREN, ANSWERS, strict=True)
    ]


def rows(number: int) -> list[tuple[object, ...]]:
    """What is kept of a household, without what names it."""
    kept: list[tuple[object, ...]] = []
    for unit in CHILDREN:
        person = Person.objects.get(code=f"{unit}-{number}").pk
        slot = PersonSlot.objects.filter(respondent_id=person, day=DAY, revision__gt=0).values_list(
            "district_id", "duty_id", "session", "unit_id", "population", "state", "reason", "filled_at", "declared",
            "on_time", "by", "made_at", "revision", "answers", "measures",
        )  # fmt: skip
        sent = Report.objects.filter(respondent_id=person).values_list(
            "district_id", "duty_id", "session", "revision", "first_id", "made_at", "received_at", "by",
            "form_version", "answers", "measures", "state", "on_time",
        )  # fmt: skip
        kept += [*slot, *sent]
    return kept


def token_of(name: str) -> str:
    return tokens.issue(Account.objects.get(username=name), clock=SystemClock())


def test_lane_route_and_page_leave_the_same_rows(server: Server) -> None:
    opened_city()
    for number in (1, 2, 3):
        make_account(f"parent{number}", ("guardian", f"H{number}"))

    line = Line(server.port, token_of("parent1"))
    by_lane = line.post(household(1))
    line.close()
    by_route = Client(headers={"authorization": f"Bearer {token_of('parent2')}"}).post(
        REPORTS, json.dumps(household(2)), content_type="application/json"
    )
    page = signed_in("parent3")
    sent: dict[str, Any] = {"draft": draft_in(page.get("/family/"))}
    for unit, answers in zip(CHILDREN, ANSWERS, strict=True):
        prefix = f"p{Person.objects.get(code=f'{unit}-3').pk}-"
        shown = answers | ({"temperature": f"{answers['temperature'] / 10}"} if "temperature" in answers else {})
        sent |= {prefix + name: value for name, value in shown.items()}
    by_page = page.post("/family/", sent)

    assert by_lane.codes == ["reported"] * 3
    told = [{**one, "id": ""} for one in by_lane.results]
    assert [{**one, "id": ""} for one in by_route.json()["results"]] == told
    assert by_page.status_code == 302
    assert len(rows(1)) == 6
    assert rows(1) == rows(2) == rows(3)
    assert recount(DAY).is_exact


def test_refusals_of_lane_and_route_are_the_same_words(server: Server) -> None:
    opened_city()
    make_account("parent1", ("guardian", "H1"))
    wrong = [report("K1-2"), {"id": "x"}, 7, report("K1-1", answers={"condition": "purple"}), report("K1-1", id="x")]
    token = token_of("parent1")
    for language in ("zh", "en", "fr"):
        headers = {"authorization": f"Bearer {token}", "accept-language": language}
        by_route = Client(headers=headers).post(REPORTS, json.dumps(wrong), content_type="application/json")
        line = Line(server.port, token)
        by_lane = line.post(wrong, Accept_Language=language)
        line.close()
        assert (by_lane.status, by_lane.body) == (by_route.status_code, by_route.json())
