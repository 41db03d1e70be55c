"""Requests that are forged, replayed or come from another site."""

import json
import re
from collections.abc import Iterator, Sequence

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver
from django.views.decorators.csrf import csrf_exempt

from notoneless.collect.models import Report
from notoneless.follow.models import Reminder
from notoneless.kernel.clock import SystemClock
from notoneless.roster import queries as roster_queries
from notoneless.roster import tokens
from notoneless.urls import urlpatterns
from tests.attacks.forms import Form, read_page, walk
from tests.attacks.test_pages import STARTS, starts
from tests.builders import report
from tests.web.cast import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
EXEMPT = {"/api/v1/reports"}
"""Take a token in a header, which no other site can send; with a session they ask for the CSRF token themselves."""


def addresses(patterns: Sequence[URLPattern | URLResolver], start: str = "/") -> Iterator[tuple[str, object]]:
    """Every address of the site, its parameters filled with something, and its view."""
    for pattern in patterns:
        route = start + str(pattern.pattern).lstrip("^").rstrip("$")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            filled = re.sub(r"<int:\w+>", "1", route)
            yield re.sub(r"\(\?P<\w+>[^)]*\)|<(?:str:)?\w+>", "S", filled).replace("\\", ""), pattern.callback


def guarded(client: Client) -> Client:
    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    strict.cookies = client.cookies
    return strict


@pytest.mark.parametrize("name", ["principal", "parent", "security_admin"])
def test_every_address_refuses_to_be_posted_to_by_another_site(name: str) -> None:
    client = guarded(signed_in(name))
    client.get("/no-role/")
    token = client.get("/").wsgi_request.META.get("CSRF_COOKIE", "")
    seen = 0
    for address, view in addresses(urlpatterns):
        without = client.post(address, {"x": "1"})
        foreign = client.post(address, {"csrfmiddlewaretoken": token}, headers={"origin": "https://elsewhere.example"})
        seen += 1
        is_exempt = getattr(view, "csrf_exempt", False)
        for answer in (without, foreign):
            assert answer.status_code in ((401, 403, 404, 405) if is_exempt else (403, 404)), address
    assert seen > 40


def test_views_without_the_check_are_known() -> None:
    """A new one is named here with its reason, or is a hole."""
    exempt = {address for address, view in addresses(urlpatterns) if getattr(view, "csrf_exempt", False)}
    assert getattr(csrf_exempt(lambda request: None), "csrf_exempt", False)
    assert {address for address in exempt if not address.startswith("/api/v1/")} == set()


def test_session_at_the_api_needs_the_token_and_our_own_origin() -> None:
    client = guarded(signed_in("principal"))
    body = json.dumps(report("K1-1", by="teacher"))
    refused = client.post("/api/v1/reports", body, content_type="application/json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "csrf_failed")
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        assert client.post("/api/v1/reports", body, content_type=kind).status_code == 403
    assert not Report.objects.exists()


def forms_with_drafts() -> list[tuple[Client, Form]]:
    found = []
    for name in STARTS:
        client = signed_in(name)
        found += [(client, form) for form in walk(client, starts(name)).forms.values() if "draft" in form.fields]
    return found


@pytest.mark.slow
def test_draft_that_was_altered_or_belongs_elsewhere_is_refused() -> None:
    forms = forms_with_drafts()
    assert len(forms) >= 5
    for client, form in forms:
        (draft,) = form.fields["draft"]
        others = [other.fields["draft"][0] for _, other in forms if other.key != form.key]
        head, _, tail = draft.partition(":")
        for forged in ("", "x", head, f"{head}A:{tail}", draft[:-1] + ("A" if draft[-1] != "A" else "B"), *others[:2]):
            answer = client.post(form.action, form.fields | {"draft": [forged]})
            if answer.status_code == 302:
                # The one act of a page that needs none, and the button that tells its refusal on the list it stands on.
                assert form.fields.get("act") == ["limit"] or form.action.endswith("/reminders/")
            else:
                assert answer.status_code == 422, (form.action, forged[:20])
    assert not Report.objects.exists()
    assert not Reminder.objects.exists()
    client, button = next(each for each in forms if each[1].action.endswith("/reminders/"))
    client.post(button.action, button.fields)
    assert Reminder.objects.exists(), "as it stands on the page it is taken"


def test_page_that_is_sent_again_changes_nothing_again() -> None:
    client = signed_in("teacher")
    (form,) = [one for one in read_page("/class/K1/", client.get("/class/K1/")).forms if "draft" in one.fields][-1:]
    sent = {name: values[0] for name, values in form.fields.items() if name == "draft" or name.endswith("-presence")}
    assert client.post("/class/K1/", sent).status_code == 302
    kept = sorted(Report.objects.values_list("id", flat=True))
    assert kept
    for _ in range(3):
        client.post("/class/K1/", sent)
    assert sorted(Report.objects.values_list("id", flat=True)) == kept


def test_report_under_anothers_id_is_told_and_changes_nothing() -> None:
    token = tokens.issue(roster_queries.account_named("program"), clock=SystemClock())
    client = Client(headers={"authorization": f"Bearer {token}"})
    first = report("K1-1", by="import")
    forged = report("K1-2", by="import") | {"id": first["id"]}
    answers = [
        client.post("/api/v1/reports", json.dumps(body), content_type="application/json").json()["results"][0]
        for body in (first, forged, first)
    ]
    assert answers[1]["error"]["code"] == "id_reused"
    assert Report.objects.count() == 1
    assert answers[2]["duplicate"] is True


@pytest.mark.parametrize("change", ["payload", "signature", "cut", "none", "two"])
def test_forged_token_is_refused_alike(change: str) -> None:
    token = tokens.issue(roster_queries.account_named("principal"), clock=SystemClock())
    parts = token.split(".") if "." in token else [token]
    forged = {
        "payload": ("A" if parts[0][0] != "A" else "B") + token[1:],
        "signature": token[:-2] + ("AA" if token[-2:] != "AA" else "BB"),
        "cut": token[: len(token) // 2], "none": "", "two": f"{token}, {token}",
    }[change]  # fmt: skip
    answer = Client(headers={"authorization": f"Bearer {forged}"}).get(
        "/api/v1/units/S/completeness?day=2026-11-23&duty=daily-health"
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token_unreadable")
