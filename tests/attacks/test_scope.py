"""Whoever asks for what is not theirs: by id, path, filter, sort, export, include and error message."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern

from notoneless.kernel.clock import SystemClock
from notoneless.ledger.models import PersonSlot
from notoneless.roster import queries as roster_queries
from notoneless.roster import tokens
from notoneless.roster.models import Grant, Person
from notoneless.urls import urlpatterns
from notoneless.web.api.routes import api
from tests.attacks.conftest import SECRETS
from tests.attacks.forms import read_page
from tests.builders import DAY, report
from tests.web.cast import draft_in, signed_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
ASKED = f"day={DAY}&duty=daily-health"
EXTRAS = [
    "unit=L1", "code=L1", "class=L1", "school=T", "district=E", "path=", "scope=all", "all=1", "level=person",
    "level=school", "include=people,answers", "expand=people", "fields=name,id_number,phone", "sort=name",
    "order_by=-name", "export=csv", "format=xlsx", "format=json", "person=L1-1", "person_id=%d", "household=H1",
    "page=2", "limit=1000000", "offset=-1", "as=city_officer", "actor=city_officer", "role=officer", "id=%d", "q=%%",
    "search=L1", "duty=*",
]  # fmt: skip
"""Parameters that some system somewhere obeys."""


def bearer(name: str) -> Client:
    token = tokens.issue(roster_queries.account_named(name), clock=SystemClock())
    return Client(headers={"authorization": f"Bearer {token}", "accept-language": "en"}, enforce_csrf_checks=True)


def neighbour() -> Person:
    """A child of another class, school and household."""
    return Person.objects.exclude(household__code="H1").get(code="L1-2")


def tells_of_the_other_school(answer: Any) -> bool:
    text = answer.content.decode() + str(dict(answer.headers))
    return any(secret in text for secret in SECRETS["T"]) or bool(re.search(r"\bL1-\d", text))


def test_the_other_schools_children_can_be_recognised() -> None:
    """The officer of the whole city sees what nobody else in this file may."""
    assert tells_of_the_other_school(signed_in("city_officer").get("/bureau/L1/missing/"))


@pytest.mark.parametrize("page", ["/class/K1/", "/bureau/K1/", "/bureau/K1/missing/", "/class/K1/states/"])
def test_teacher_asks_for_another_classs_list_by_every_parameter(page: str) -> None:
    client, other = signed_in("teacher"), neighbour().pk
    assert client.get(page).status_code == 200
    for extra in EXTRAS:
        answer = client.get(f"{page}?{extra.replace('%d', str(other)).replace('%%', '%25')}")
        assert answer.status_code < 500, extra
        assert not any(secret in text_of(answer) for secret in SECRETS["T"]), extra
        assert "L1-1" in extra or not tells_of_the_other_school(answer), extra  # an address is echoed in its forms


@pytest.mark.parametrize("operation", ["completeness", "missing", "ranking"])
def test_teachers_token_asks_for_another_classs_list_by_every_parameter(operation: str) -> None:
    client, other = bearer("teacher"), neighbour().pk
    for extra in EXTRAS:
        answer = client.get(f"/api/v1/units/K1/{operation}?{ASKED}&{extra.replace('%d', str(other))}")
        assert answer.status_code < 500, extra
        assert not tells_of_the_other_school(answer), extra


def test_teacher_asks_for_another_class_by_path_and_by_id() -> None:
    client, other = signed_in("teacher"), neighbour().pk
    for page in (
        "/class/L1/", "/class/L1/states/", "/bureau/L1/", "/bureau/L1/missing/", "/school/T/", "/bureau/C/missing/",
        f"/class/L1/people/{other}/", f"/class/K1/people/{other}/", f"/bureau/K1/people/{other}/",
        f"/bureau/L1/people/{other}/", f"/why/{other}/{DAY}/", "/class/K1/../L1/", "/class/K1%2F..%2FL1/",
        "/class/k1/../../bureau/L1/missing/", "/class/L1%20/", "/class/ L1/", "/class/l1/",
    ):  # fmt: skip
        answer = client.get(page)
        assert answer.status_code in (301, 302, 403, 404), page
        assert not tells_of_the_other_school(answer), page


def test_teacher_writes_into_another_class() -> None:
    client, other = signed_in("teacher"), neighbour()
    draft = draft_in(client.get("/class/K1/"))
    for sent in (
        {"draft": draft, f"p{other.pk}-presence": "absent"},
        {"draft": draft, "person": other.code, "state": "sick_home"},
    ):
        for page in ("/class/K1/", "/class/L1/", "/class/K1/states/", "/class/L1/states/",
                     f"/class/L1/people/{other.pk}/", f"/class/K1/people/{other.pk}/"):  # fmt: skip
            answer = client.post(page, sent)
            assert not tells_of_the_other_school(answer), page
    assert not PersonSlot.objects.filter(respondent_id=other.pk, state="reported").exists()
    assert not other.states.exists()


def test_guardian_reports_for_a_neighbours_child() -> None:
    """By the page with the neighbour's number, by the page's own token at the API, and by its own API token."""
    client, other = signed_in("parent"), neighbour()
    draft = draft_in(client.get("/family/"))
    own = Person.objects.get(code="K1-1").pk
    answer = client.post("/family/", {
        "draft": draft, f"p{other.pk}-condition": "well", f"p{other.pk}-temperature": "36.5",
        f"p{own}-condition": "well", f"p{own}-temperature": "36.5",
    })  # fmt: skip
    assert answer.status_code == 302
    assert PersonSlot.objects.filter(respondent_id=own, state="reported").exists()
    assert not PersonSlot.objects.filter(respondent_id=other.pk, state="reported").exists()
    for sender in (bearer("parent"),):
        unknown, theirs = (
            sender.post("/api/v1/reports", json.dumps(report(code)), content_type="application/json")
            for code in ("L1-2", "NO-SUCH")
        )
        assert unknown.json()["results"][0]["error"] == theirs.json()["results"][0]["error"]
        assert unknown.json()["results"][0]["error"]["code"] == "out_of_scope"
    assert client.get(f"/why/{other.pk}/{DAY}/").status_code == 404
    assert client.post(f"/why/{other.pk}/{DAY}/", {"item": "daily-health:day", "text": "x"}).status_code == 404
    assert client.get(f"/api/v1/people/{other.code}/days?until={DAY}&duty=daily-health").status_code == 404


def test_schools_token_is_refused_by_the_bureaus_api() -> None:
    client = bearer("principal")
    assert client.get(f"/api/v1/units/S/completeness?{ASKED}").status_code == 200
    for unit in ("C", "D", "E", "T", "L1"):
        for operation in ("completeness", "missing", "ranking"):
            for more in ("", "&level=school", "&level=person", "&level=galaxy", "&limit=0", "&offset=5"):
                answer = client.get(f"/api/v1/units/{unit}/{operation}?{ASKED}{more}")
                assert answer.status_code in (400, 404), (unit, operation, more)
                assert not tells_of_the_other_school(answer)
    assert client.get(f"/api/v1/people/L1-2/days?until={DAY}&duty=daily-health").status_code == 404
    sent = client.post("/api/v1/reports", json.dumps([report("L1-2", by="teacher")]), content_type="application/json")
    assert sent.json()["results"][0]["error"]["code"] == "out_of_scope"


def plain(answer: Any, *asked: str) -> tuple[int, str]:
    """An answer without the code that was asked for and the token of its form."""
    text = answer.content.decode()
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
    for one in asked:
        text = text.replace(one, "…")
    return answer.status_code, text


def named_pages() -> list[str]:
    """Every address of the site with a code or a number in it."""
    found = [str(one.pattern) for one in urlpatterns if isinstance(one, URLPattern)]
    names = {"<str:code>": "{code}", "<int:person_id>": "{person}", "<int:grant_id>": "{grant}",
             "<str:policy_code>": "{policy}", "<str:day>": str(DAY), "<int:request_id>": "{number}",
             "<str:form>": "json", "<str:table>": "figures", "<int:letter_id>": "{number}",
             "<int:work_id>": "{number}"}  # fmt: skip
    for written, name in names.items():
        found = [route.replace(written, name) for route in found]
    pages = [f"/{route}" for route in found if "{" in route or "<" in route]
    unfilled = [page for page in pages if "<" in page]
    assert unfilled == [], "a new kind of parameter: say here what to fill in"
    return pages


def operations() -> list[tuple[str, str]]:
    """Method and address of every operation of the API's description that names something in its path."""
    described = api.get_openapi_schema()["paths"]
    return [(method, path) for path, known in described.items() for method in known if "{" in path]


@pytest.mark.parametrize("name", ["parent", "teacher", "other_principal", "officer", "security_admin", "nobody"])
def test_outside_and_unknown_are_told_alike_on_every_page(name: str) -> None:
    client, other = signed_in(name), neighbour() if name != "other_principal" else Person.objects.get(code="K1-2")
    outside_unit = "E" if name != "other_principal" else "K1"
    if name == "security_admin":
        outside_unit = "NO-OTHER"  # the whole city is within; numbers and policies are still compared
    grant = Grant.objects.get(account__username="city_officer").pk
    pages = named_pages()
    assert len(pages) > 12
    for page in pages:
        outside = page.format(code=outside_unit, person=other.pk, grant=grant, policy="national-daily-health",
                              number=99999998)  # fmt: skip
        unknown = page.format(code="NO-SUCH", person=99999999, grant=99999999, policy="no-such-policy",
                              number=99999999)  # fmt: skip
        asked = [outside, unknown, outside_unit, "NO-SUCH", "national-daily-health", "no-such-policy", "99999999"]
        for method in ("get", "post"):
            one, two = (getattr(client, method)(address) for address in (outside, unknown))
            assert one.status_code != 200, (page, method)
            assert plain(one, *asked, f"/{other.pk}/", f"/{grant}/") == plain(two, *asked, "/99999999/"), (page, method)


@pytest.mark.parametrize("name", ["parent", "teacher", "other_principal", "officer", "nobody"])
def test_outside_and_unknown_are_told_alike_by_every_operation(name: str) -> None:
    known = ["E", "L1-2"] if name != "other_principal" else ["S", "K1-2"]
    for client in (bearer(name), signed_in(name)):
        assert len(operations()) >= 4
        for method, path in operations():
            outside, unknown = (
                getattr(client, method)(f"{path.format(code=code)}?{ASKED}&until={DAY}")
                for code in (known[1] if "people" in path else known[0], "NO-SUCH")
            )
            assert outside.status_code == 404, path
            assert (outside.content, dict(outside.headers)) == (unknown.content, dict(unknown.headers)), path


def test_figures_of_ones_own_are_no_reason_to_name_anothers() -> None:
    """An error's words: what is said of a wrong level, day or duty does not depend on whether the unit exists."""
    client = bearer("teacher")
    for wrong in ("day=2020-01-06&duty=daily-health", f"day={DAY}&duty=none", f"{ASKED}&level=galaxy", "day=x&duty=x"):
        for operation in ("completeness", "missing", "ranking"):
            one, two = (client.get(f"/api/v1/units/{unit}/{operation}?{wrong}") for unit in ("E", "NO-SUCH"))
            assert (one.status_code, one.content) == (two.status_code, two.content), (operation, wrong)


def test_page_of_a_family_names_no_other_family() -> None:
    page = read_page("/family/", signed_in("parent").get("/family/"))
    numbers = {int(found) for form in page.forms for name in form.fields for found in re.findall(r"^p(\d+)-", name)}
    assert numbers
    assert set(Person.objects.filter(pk__in=numbers).values_list("household__code", flat=True)) == {"H1"}
