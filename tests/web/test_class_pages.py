"""The pages of a class beside its checks: who is missing, what families sent, who is absent for illness."""

import re

import pytest

from notoneless.collect.models import AbsenceContact, ReportSeen
from notoneless.kernel.models import AuditEntry
from notoneless.roster.models import Grant, Person
from tests.builders import DAY, check, opened_city, report, send
from tests.web.cast import make_account, make_cast, signed_in, text_of
from tests.web.conftest import SetTime

pytestmark = pytest.mark.django_db
ILL = {"condition": "unwell", "symptoms": ["cough"]}


@pytest.fixture(autouse=True)
def city() -> None:
    opened_city()
    make_cast()


def pk(code: str) -> int:
    return Person.objects.get(code=code).pk


def test_missing_are_listed_with_a_call_and_a_report_on_behalf(at: SetTime) -> None:
    send(report("K1-1"), check("K1-1"), check("K1-2"))
    page = text_of(signed_in("teacher").get("/class/K1/missing/"))
    assert "Noon check" not in page.split("class-list")[1], "noon has not begun"
    assert f"/people/{pk('K1-1')}/contact/" not in page
    for code in ("K1-2", "K1-3"):
        assert f'href="/people/{pk(code)}/contact/?why=missing"' in page
        assert f'href="/class/K1/people/{pk(code)}/?day={DAY}"' in page
    at(12)
    assert "Noon check" in text_of(signed_in("teacher").get("/class/K1/missing/")).split("class-list")[1]
    assert AuditEntry.objects.filter(act="names.read", subject="unit:K1").count() == 2


def test_reason_stands_ready_where_a_list_led_there() -> None:
    page = text_of(signed_in("teacher").get(f"/people/{pk('K1-1')}/contact/?why=missing"))
    if "reason-" in page:
        assert 'value="Not heard from today"' in page
    assert "Not heard" not in text_of(signed_in("teacher").get(f"/people/{pk('K1-1')}/contact/?why=%3Cb%3E"))


def test_nobody_missing_says_so() -> None:
    send(*(report(f"K1-{n}") for n in (1, 2, 3)), *(check(f"K1-{n}") for n in (1, 2, 3)))
    assert "everyone has been heard from" in text_of(signed_in("teacher").get("/class/K1/missing/"))


def test_differences_are_said_in_words_and_seen_is_kept() -> None:
    send(report("K1-1"), report("K1-2"), report("K1-3", answers=ILL), check("K1-1", "sick"))
    client = signed_in("teacher")
    page = text_of(client.get("/class/K1/parents/"))
    assert "Family says well, check says absent for illness" in page
    shown = re.findall(r'name="shown" value="([^"]+)"', page)
    assert sorted(shown) == ["K1-1:1", "K1-2:1", "K1-3:1"]
    assert client.post("/class/K1/parents/", {"one": "K1-1:1", "shown": shown}).status_code == 302
    assert [row.person.code for row in ReportSeen.objects.select_related("person")] == ["K1-1"]
    for _ in range(2):
        assert client.post("/class/K1/parents/", {"shown": [*shown, "L1-1:1", "x", "K1-2:"]}).status_code == 302
    assert ReportSeen.objects.count() == 3
    assert "Seen by teacher at 09:00" in text_of(client.get("/class/K1/parents/"))
    assert signed_in("officer").post("/class/K1/parents/", {"shown": shown}).status_code == 422


def test_sick_absence_is_followed_from_the_class_and_from_the_school() -> None:
    send(check("K1-1", "sick"), check("K1-2"))
    client = signed_in("teacher")
    page = text_of(client.get("/class/K1/sick/"))
    assert "The family has not been called yet." in page and f"since {DAY}" in page
    sent = {"person": "K1-1", "outcome": "returning", "back_on": "2026-11-25"}
    assert client.post("/class/K1/sick/", sent).status_code == 302
    school = text_of(signed_in("principal").get("/school/S/sick/"))
    assert "Reached, coming back 2026-11-25" in school and "(teacher)" in school
    assert signed_in("principal").post("/school/S/sick/", {"person": "K1-1", "outcome": "reached"}).status_code == 302
    for sent in ({"person": "K1-2", "outcome": "reached"}, {"person": "K1-1", "outcome": "returning", "back_on": "x"},
                 {"person": "L1-1", "outcome": "reached"}, {}):  # fmt: skip
        assert client.post("/class/K1/sick/", sent).status_code == 422
    assert AbsenceContact.objects.count() == 2
    assert AuditEntry.objects.filter(act="absence.contact").count() == 2


def test_substitute_takes_the_check_and_calls_nobody() -> None:
    make_account("deputy", ("substitute", "K1"))
    send(check("K1-1", "sick"))
    client = signed_in("deputy")
    assert "/contact/" not in text_of(client.get("/class/K1/missing/"))
    assert 'name="outcome"' not in text_of(client.get("/class/K1/sick/"))
    assert client.post("/class/K1/sick/", {"person": "K1-1", "outcome": "reached"}).status_code == 422


def test_class_page_says_what_waits() -> None:
    send(report("K1-1"), check("K1-1", "sick"))
    page = text_of(signed_in("teacher").get("/class/K1/"))
    links = re.search(r'<nav class="class-links".*?</nav>', page, re.DOTALL)
    assert links is not None
    assert re.findall(r"<b>(\d+)</b>", links[0]) == ["2", "1", "1"]


def figures_of(page: str) -> list[list[str]]:
    """The numbers of each line of the form's sums."""
    table = page.split("sheet-sums")[1].split("</table>")[0]
    return [re.findall(r"<td>(\d+)</td>", row) for row in table.split("<tr>")[2:]]


def test_printed_form_adds_up_and_names_who_is_meant() -> None:
    client = signed_in("teacher")
    assert figures_of(text_of(client.get("/class/K1/print/")))[0] == ["3", "0", "0", "0", "0", "0", "0", "0", "3"]
    ill = {"presence": "sick", "symptoms": ["cough"], "temperature": 385, "note": "自家吃药"}
    send(check("K1-1", answers=ill), check("K1-2", "late"))
    page = text_of(client.get("/class/K1/print/"))
    morning, noon = figures_of(page)
    assert morning == ["3", "1", "1", "0", "0", "0", "1", "0", "1"]
    assert int(morning[0]) == sum(map(int, [*morning[1:6], morning[8]])), "expected = here + absent + not checked"
    assert noon[8] == "3"
    for what in ("Fever", "Cough", "自家吃药"):
        assert what in page
    empty = text_of(client.get("/class/K1/print/?empty=1"))
    assert empty.count("王小明") == 3 and "sheet-sums" not in empty and "自家吃药" not in empty


def test_substitute_has_the_class_until_the_end_of_the_day(at: SetTime) -> None:
    make_account("colleague")
    client = signed_in("teacher")
    assert signed_in("colleague").get("/class/K1/").status_code == 404
    sent = {"username": "colleague", "last": str(DAY), "reason": "病假"}
    asked = text_of(client.post("/class/K1/substitute/", {**sent, "act": "ask"}))
    assert f"until the end of {DAY}" in asked
    assert not Grant.objects.filter(role="substitute").exists(), "it was only asked"
    assert client.post("/class/K1/substitute/", {**sent, "act": "give"}).status_code == 302
    assert "colleague" in text_of(client.get("/class/K1/substitute/"))
    assert signed_in("colleague").get("/class/K1/").status_code == 200
    assert signed_in("colleague").get("/class/K1/families/").status_code == 403
    at(23, 59)
    assert signed_in("colleague").get("/class/K1/").status_code == 200
    at(24, 1)
    assert signed_in("colleague").get("/class/K1/").status_code == 404
    assert AuditEntry.objects.filter(act="grant.give").count() == 1


def test_substitute_ends_early_and_only_a_substitute() -> None:
    make_account("colleague", ("substitute", "K1"))
    client = signed_in("teacher")
    own = Grant.objects.get(account__username="teacher").pk
    theirs = Grant.objects.get(account__username="colleague").pk
    assert client.post("/class/K1/substitute/", {"act": "end", "grant": str(theirs)}).status_code == 302
    assert signed_in("colleague").get("/class/K1/").status_code == 404
    other = Grant.objects.get(account__username="other_teacher").pk
    for grant in (str(own), str(other), str(theirs), "x", ""):
        assert client.post("/class/K1/substitute/", {"act": "end", "grant": grant}).status_code == 422, grant


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"username": "nobody-here"}, "no such account"), ({"last": "2026-12-30"}, "14"), ({"last": "x"}, "Ends on"),
     ({"last": "2026-11-22"}, "Ends on"), ({"reason": " "}, "Reason"), ({"username": "teacher"}, "")],
)  # fmt: skip
def test_substitute_that_cannot_be_is_refused(changes: dict[str, str], said: str) -> None:
    make_account("colleague")
    sent = {"username": "colleague", "last": str(DAY), "reason": "病假", "act": "give"} | changes
    answer = signed_in("teacher").post("/class/K1/substitute/", sent)
    assert answer.status_code == 422
    assert said in text_of(answer).split('role="alert"')[1].split("</p>")[0]
    assert not Grant.objects.filter(role="substitute").exists()
