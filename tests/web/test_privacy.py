"""What a family reads and decides about its children's data, and where the school answers."""

import json
import re
from datetime import date

import pytest
from django.http.response import HttpResponseBase

from notoneless.consent.models import Consent, NoticeSeen, PrivacyRequest
from notoneless.consent.services import set_basis
from notoneless.expect.models import Duty
from notoneless.roster.models import Person
from notoneless.roster.scope import SYSTEM
from tests.builders import DAY, clock_at, opened_city, report, send
from tests.web.cast import draft_in, make_cast, signed_in, text_of
from tests.web.test_family import sheet

pytestmark = pytest.mark.django_db
DUTY = "daily-health"


def hidden(page: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]+)"', page)


def ask(kind: str = "copy", text: str = "") -> PrivacyRequest:
    pupil = Person.objects.get(code="K1-1")
    answer = signed_in("parent").post("/family/requests/", {"person": pupil.pk, "kind": kind, "text": text})
    assert answer.status_code == 302, text_of(answer)
    return PrivacyRequest.objects.latest("pk")


def decide(request: PrivacyRequest, outcome: str, text: str = "", who: str = "principal") -> HttpResponseBase:
    return signed_in(who).post("/unit/S/requests/", {"request": request.pk, "outcome": outcome, "answer": text})


def test_the_notice_stands_before_the_first_report_and_goes_when_it_is_read() -> None:
    opened_city(pupils=1)
    make_cast()
    client = signed_in("parent")
    page = text_of(client.get("/family/"))
    assert page.index("Before you report: what is collected and why") < page.index('class="nol-send"')
    for told in ("Temperature", "sensitive", "Kept for 30 days, then deleted.", "infectious disease early"):
        assert told in page
    sent = {"act": "read", "from": "family", "digest": hidden(page, "digest")}
    assert client.post("/family/privacy/", sent)["Location"] == "/family/"
    assert NoticeSeen.objects.count() == 3  # three children in one household
    assert "Before you report" not in text_of(client.get("/family/"))
    Duty.objects.filter(code=DUTY).update(retention_days=60)
    assert "Before you report" in text_of(client.get("/family/"))


def test_a_family_that_has_not_read_can_still_report() -> None:
    opened_city(pupils=1)
    make_cast()
    client = signed_in("parent")
    sent = {"draft": draft_in(client.get("/family/")), **sheet("K1-1", condition="well")}
    assert client.post("/family/", sent)["Location"] == "/family/done/"


def test_nothing_is_ticked_before_and_a_consent_is_withdrawn_at_once() -> None:
    opened_city(pupils=1)
    make_cast()
    set_basis(SYSTEM, DUTY, "statutory", ["family_ill"], clock=clock_at(8))
    client, pupil = signed_in("parent"), Person.objects.get(code="K1-1")
    assert f"p{pupil.pk}-family_ill" not in text_of(client.get("/family/"))
    page = text_of(client.get("/family/privacy/"))
    assert "checked" not in page and 'value="family_ill"' in page
    digest = page.split('value="family_ill"')[0].rsplit('name="digest" value="', 1)[1].split('"')[0]
    said = {"person": pupil.pk, "duty": DUTY, "item": "family_ill"}
    given = {"act": "give", "digest": digest, "capacity": "guardian", **said}
    assert client.post("/family/privacy/", given).status_code == 302
    assert Consent.objects.get(withdrawn_at=None).person == pupil
    assert f"p{pupil.pk}-family_ill" in text_of(client.get("/family/"))
    assert client.post("/family/privacy/", {"act": "withdraw", **said}).status_code == 302
    assert f"p{pupil.pk}-family_ill" not in text_of(client.get("/family/"))
    assert "Withdrawn" in text_of(client.get("/family/privacy/"))


def test_a_pupil_of_fourteen_is_asked_who_agrees() -> None:
    opened_city(pupils=1)
    make_cast()
    set_basis(SYSTEM, DUTY, "consent", [], clock=clock_at(8))
    Person.objects.filter(code="K1-1").update(birth_date=date(2010, 1, 1))
    page = text_of(signed_in("parent").get("/family/privacy/"))
    assert page.count("From 14 on the pupil decides.") == 1
    assert page.count("Under 14 a guardian decides") == 2


@pytest.mark.parametrize(
    "sent",
    [{}, {"act": "give", "person": "x"}, {"act": "give", "person": "9" * 30}, {"act": "read", "digest": "0" * 32},
     {"act": "withdraw", "person": "1", "duty": "none"}],
)  # fmt: skip
def test_what_no_page_sends_is_refused(sent: dict[str, str]) -> None:
    opened_city(pupils=1)
    make_cast()
    assert signed_in("parent").post("/family/privacy/", sent).status_code == 422
    assert not Consent.objects.exists()


def test_a_neighbours_child_can_neither_be_asked_about_nor_spoken_for() -> None:
    opened_city(pupils=2)
    make_cast()
    other = Person.objects.get(code="K1-2")
    client = signed_in("parent")
    assert client.post("/family/requests/", {"person": other.pk, "kind": "copy"}).status_code == 422
    sent = {"act": "withdraw", "person": other.pk, "duty": DUTY, "item": ""}
    assert client.post("/family/privacy/", sent).status_code == 422


def test_a_copy_is_asked_granted_and_fetched() -> None:
    opened_city(pupils=1)
    make_cast()
    send(report("K1-1"))
    request = ask()
    address = f"/family/requests/{request.pk}/copy.json"
    client = signed_in("parent")
    assert "An answer is due by 2026-12-14." in text_of(client.get("/family/requests/"))
    assert client.get(address).status_code == 404
    assert decide(request, "grant").status_code == 302
    assert address in text_of(client.get("/family/requests/"))
    answer = client.get(address)
    assert answer["Cache-Control"] == "no-store" and answer["Content-Disposition"].startswith("attachment")
    assert json.loads(text_of(answer))["person"][0]["code"] == "K1-1"
    for name in ("principal", "teacher", "officer", "system_admin"):
        assert signed_in(name).get(address).status_code in (403, 404), name


def test_a_refusal_without_reasons_is_not_sent() -> None:
    opened_city(pupils=1)
    make_cast()
    request = ask("delete")
    answer = decide(request, "refuse")
    assert answer.status_code == 422 and "must give its reasons in writing" in text_of(answer)
    assert decide(request, "refuse", "依法须保存。", who="reporter").status_code == 403
    assert decide(request, "refuse", "依法须保存。").status_code == 302
    assert "依法须保存。" in text_of(signed_in("parent").get("/family/requests/"))


def test_a_deletion_says_plainly_what_happens() -> None:
    opened_city(pupils=1)
    make_cast()
    ask("delete")
    assert "destroyed at once and a certificate is written" in text_of(signed_in("parent").get("/family/requests/"))


def test_what_a_family_writes_is_shown_as_text() -> None:
    opened_city(pupils=1)
    make_cast()
    ask("correct", "<script>alert(1)</script>")
    page = text_of(signed_in("principal").get("/unit/S/requests/"))
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page


def test_overdue_requests_are_counted_for_the_level_above_without_names() -> None:
    opened_city(pupils=1)
    make_cast()
    request = ask()
    PrivacyRequest.objects.filter(pk=request.pk).update(due_on=DAY.replace(day=20))
    page = text_of(signed_in("officer").get("/unit/D/requests/"))
    assert 'nol-alert" data-label="Overdue">1<' in page
    assert "王小明" not in page
    assert "Overdue" in text_of(signed_in("principal").get("/unit/S/requests/"))
