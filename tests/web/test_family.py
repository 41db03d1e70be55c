"""All children on one screen, reported once."""

import json

import pytest

from notoneless.collect.models import Report
from notoneless.expect.services import close_day
from notoneless.ledger.models import PersonSlot
from notoneless.roster.models import Person
from tests.builders import DAY, clock_at, make_city, make_person, opened_city, report, send
from tests.web.cast import draft_in, make_account, make_cast, signed_in, text_of
from tests.web.conftest import SetTime

pytestmark = pytest.mark.django_db


def child(code: str) -> Person:
    return Person.objects.get(code=code)


def sheet(code: str, **answers: object) -> dict[str, object]:
    """What the browser sends for one child."""
    return {f"p{child(code).pk}-{name.replace('__', '-')}": value for name, value in answers.items()}


def slot(code: str) -> PersonSlot:
    return PersonSlot.objects.filter(respondent_id=child(code).pk, day=DAY).order_by("duty_id")[0]


def answers_of(code: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(slot(code).answers)
    return found


def test_two_children_are_reported_by_one_form_and_told_one_by_one() -> None:
    opened_city()
    make_cast()
    client = signed_in("parent")
    page = client.get("/family/")
    sent = {
        "draft": draft_in(page),
        **sheet("K1-1", condition="well", temperature="36.5"),
        **sheet("K2-1", condition="unwell", temperature="38.4", symptoms=["cough", "fever"], note="昨晚开始"),
    }
    assert client.post("/family/", sent)["Location"] == "/family/done/"
    assert answers_of("K1-1") == {"condition": "well", "temperature": 365}
    assert answers_of("K2-1") == {
        "condition": "unwell", "temperature": 384, "symptoms": ["fever", "cough"], "note": "昨晚开始",
    }  # fmt: skip
    assert slot("K1-1").by == "guardian" and slot("K1-1").on_time
    done = text_of(client.get("/family/done/"))
    assert done.count("Reported on time") == 2
    assert done.count("Not yet reported") == 1  # L1-1, the third child, was left blank
    assert "Received, and somebody is still waited for" in done


def test_form_sent_twice_is_one_report() -> None:
    opened_city()
    make_cast()
    client = signed_in("parent")
    sent = {"draft": draft_in(client.get("/family/")), **sheet("K1-1", condition="well")}
    for _ in range(2):
        assert client.post("/family/", sent).status_code == 302
    assert Report.objects.count() == 1
    assert slot("K1-1").revision == 1


def test_second_click_changes_nothing_though_another_report_came_between(at: SetTime) -> None:
    opened_city()
    make_cast()
    client = signed_in("parent")
    sent = {"draft": draft_in(client.get("/family/")), **sheet("K1-1", condition="well")}
    client.post("/family/", sent)
    at(9, 5)
    changed = report("K1-1", answers={"condition": "unwell"}, by="teacher", made_at=f"{DAY}T09:04:00+08:00")
    send(changed, clock=clock_at(9, 5))
    at(9, 6)
    client.post("/family/", sent)
    assert answers_of("K1-1") == {"condition": "unwell"}
    assert slot("K1-1").revision == 2


def test_page_left_open_does_not_lose_against_what_came_meanwhile(at: SetTime) -> None:
    opened_city()
    make_cast()
    client = signed_in("parent")
    page = client.get("/family/")
    send(report("K1-1", answers={"condition": "unwell"}, made_at=f"{DAY}T09:20:00+08:00"), clock=clock_at(9, 20))
    at(9, 40)
    client.post("/family/", {"draft": draft_in(page), **sheet("K1-1", condition="well")})
    assert answers_of("K1-1") == {"condition": "well"}


def test_unchanged_answers_make_no_revision() -> None:
    opened_city()
    make_cast()
    client = signed_in("parent")
    client.post("/family/", {"draft": draft_in(client.get("/family/")), **sheet("K1-1", condition="well")})
    again = {"draft": draft_in(client.get("/family/")), **sheet("K1-1", condition="well")}
    again |= sheet("K2-1", condition="well")
    client.post("/family/", again)
    assert (slot("K1-1").revision, slot("K2-1").revision) == (1, 1)


@pytest.mark.parametrize(
    ("typed", "tenths"),
    [("36.5", 365), ("37", 370), ("３６．８", 368), (" 36,6 ", 366), ("36.5℃", 365), ("39.0°C", 390)],
)
def test_temperature_is_read_exactly(typed: str, tenths: int) -> None:
    opened_city(pupils=1)
    make_cast()
    client = signed_in("parent")
    sent = {"draft": draft_in(client.get("/family/")), **sheet("K1-1", condition="well", temperature=typed)}
    assert client.post("/family/", sent).status_code == 302
    assert answers_of("K1-1")["temperature"] == tenths


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("98.6", "Temperature: must be between 34.0 and 43.0 °C; 98.6 looks like Fahrenheit."),
        ("36.55", "Temperature: give degrees Celsius with at most one decimal, such as 36.5."),
        ("hot", "Temperature: give degrees Celsius with at most one decimal, such as 36.5."),
    ],
)
def test_wrong_temperature_is_told_beside_the_child_and_the_other_child_is_kept(typed: str, said: str) -> None:
    opened_city(pupils=1)
    make_cast()
    client = signed_in("parent")
    sent = {
        "draft": draft_in(client.get("/family/")),
        **sheet("K1-1", condition="well", temperature=typed),
        **sheet("K2-1", condition="well"),
    }
    answer = client.post("/family/", sent)
    assert answer.status_code == 422
    card = text_of(answer).split(f'id="card-{child("K1-1").pk}"')[1].split("</section>")[0]
    assert said in card
    assert f'value="{typed}"' in card
    assert (slot("K1-1").state, slot("K2-1").state) == ("due", "reported")
    assert "Came in at 09:00" in text_of(answer)


def test_child_begun_but_without_its_condition_is_told_so() -> None:
    opened_city(pupils=1)
    make_cast()
    client = signed_in("parent", "zh-CN")
    answer = client.post("/family/", {"draft": draft_in(client.get("/family/")), **sheet("K1-1", temperature="36.5")})
    assert answer.status_code == 422
    assert "今天身体怎样：必须填写。" in text_of(answer)


def test_no_thermometer_trips_and_yes_no_are_read() -> None:
    opened_city(pupils=1)
    make_cast()
    client = signed_in("parent")
    sent = {"draft": draft_in(client.get("/family/"))} | sheet(
        "K1-1", condition="well", temperature="", temperature__also="no_thermometer", left_city="yes", family_ill="no",
        trips__0__place="南京", trips__0__from="2026-11-20", trips__0__to="2026-11-21", trips__1__place="",
    )  # fmt: skip
    assert client.post("/family/", sent).status_code == 302
    assert answers_of("K1-1") == {
        "condition": "well", "temperature": "no_thermometer", "left_city": True, "family_ill": False,
        "trips": [{"place": "南京", "from": "2026-11-20", "to": "2026-11-21"}],
    }  # fmt: skip
    page = text_of(client.get("/family/"))
    assert "No thermometer" in page and "南京 2026-11-20 – 2026-11-21" in page


def test_empty_form_is_told_so() -> None:
    opened_city(pupils=1)
    make_cast()
    client = signed_in("parent")
    answer = client.post("/family/", {"draft": draft_in(client.get("/family/"))})
    assert answer.status_code == 422
    assert "Nothing has been filled in." in text_of(answer)


def test_draft_of_another_page_or_made_up_is_refused() -> None:
    opened_city(pupils=1)
    make_cast()
    make_account("both", ("teacher", "K1"), ("guardian", "H1"))
    client = signed_in("both")
    for draft in ("", "made-up", draft_in(client.get("/class/K1/"))):
        answer = client.post("/family/", {"draft": draft, **sheet("K1-1", condition="well")})
        assert answer.status_code == 422
        assert "This form has expired" in text_of(answer)
    assert Report.objects.count() == 0


def test_someone_elses_child_in_the_form_is_ignored() -> None:
    opened_city(pupils=2)
    make_cast()
    client = signed_in("parent")
    sent = {"draft": draft_in(client.get("/family/")), **sheet("K1-2", condition="well")}
    assert client.post("/family/", sent).status_code == 422
    assert slot("K1-2").state == "due"


def test_late_and_missing_are_said_and_can_still_be_sent(at: SetTime) -> None:
    opened_city(pupils=1)
    make_cast()
    at(11)
    close_day(DAY, clock=clock_at(11))
    client = signed_in("parent")
    page = client.get("/family/")
    assert "The window has closed; it can still be sent late." in text_of(page)
    client.post("/family/", {"draft": draft_in(page), **sheet("K1-1", condition="well")})
    assert "Reported late" in text_of(client.get("/family/done/"))


def test_nothing_owed_is_said_plainly() -> None:
    units = opened_city(pupils=1)
    make_cast()
    make_person("K1-new", units["K1"], household="H1", name="新同学")
    page = text_of(signed_in("parent").get("/family/"))
    assert page.count("Nothing to do today.") == 1


def test_day_not_yet_opened_is_said_plainly() -> None:
    make_city(pupils=1)
    make_cast()
    page = text_of(signed_in("parent").get("/family/"))
    assert "ledger is not open yet. Please come back later." in page
    assert '<button class="btn btn-primary btn-lg w-100">' not in page


def test_page_is_whole_in_chinese() -> None:
    opened_city(pupils=1)
    make_cast()
    page = text_of(signed_in("parent", "zh-CN").get("/family/"))
    assert "我的孩子" in page and "一切正常" in page and "请在 10:00 前上报。" in page and "体温、症状等" in page
