"""A check by exceptions, and a report on a child's behalf."""

import pytest

from notoneless.collect.models import Report
from notoneless.expect.services import open_day
from notoneless.ledger.models import PersonSlot
from notoneless.roster.models import Person
from tests.builders import DAY, SATURDAY, clock_at, opened_city, report, send
from tests.web.cast import draft_in, make_cast, signed_in, text_of
from tests.web.conftest import SetTime

pytestmark = pytest.mark.django_db


def lines(**presences: str) -> dict[str, object]:
    """What the browser sends: everyone's presence, by the number of the pupil in K1."""
    codes = {f"n{number}": Person.objects.get(code=f"K1-{number}").pk for number in (1, 2, 3)}
    return {f"p{pk}-presence": presences.get(number, "present") for number, pk in codes.items()}


def states(duty_number: int) -> list[tuple[str, str]]:
    duties = sorted(set(PersonSlot.objects.values_list("duty_id", flat=True)))
    rows = PersonSlot.objects.filter(day=DAY, duty_id=duties[duty_number], unit_id=PersonSlot.objects.get(
        respondent_id=Person.objects.get(code="K1-1").pk, duty_id=duties[0]).unit_id)  # fmt: skip
    return [(row.state, row.answers) for row in rows.order_by("respondent_id")]


def test_check_reports_the_whole_class_and_marks_the_exceptions() -> None:
    opened_city()
    make_cast()
    client = signed_in("teacher")
    second = Person.objects.get(code="K1-2").pk
    sent = {"draft": draft_in(client.get("/class/K1/")), **lines(n2="sick")}
    sent |= {f"p{second}-temperature": "38.5", f"p{second}-symptoms": ["cough"]}
    answer = client.post("/class/K1/", sent)
    assert answer.status_code == 302
    assert states(1) == [
        ("reported", '{"presence":"present"}'),
        ("reported", '{"presence":"sick","temperature":385,"symptoms":["cough"]}'),
        ("reported", '{"presence":"present"}'),
    ]
    assert "The check has been received." in text_of(client.get(answer["Location"]))


def test_check_sent_twice_changes_nothing() -> None:
    opened_city()
    make_cast()
    client = signed_in("teacher")
    sent = {"draft": draft_in(client.get("/class/K1/")), **lines(n1="injured")}
    for _ in range(2):
        assert client.post("/class/K1/", sent).status_code == 302
    assert Report.objects.count() == 3


def test_correction_sends_only_what_was_changed() -> None:
    opened_city()
    make_cast()
    client = signed_in("teacher")
    client.post("/class/K1/", {"draft": draft_in(client.get("/class/K1/")), **lines()})
    page = client.get("/class/K1/")
    assert "data-confirm" in text_of(page)
    client.post("/class/K1/", {"draft": draft_in(page), **lines(n3="personal_leave")})
    assert Report.objects.count() == 4
    assert states(1)[2] == ("reported", '{"presence":"personal_leave"}')


def test_wrong_line_is_told_and_nothing_of_the_check_is_sent() -> None:
    opened_city()
    make_cast()
    client = signed_in("teacher")
    second = Person.objects.get(code="K1-2").pk
    sent = {"draft": draft_in(client.get("/class/K1/")), **lines(n2="sick"), f"p{second}-temperature": "365"}
    answer = client.post("/class/K1/", sent)
    assert answer.status_code == 422
    assert "must be between 34.0 and 43.0" in text_of(answer)
    assert Report.objects.count() == 0


def test_symptoms_of_a_pupil_on_leave_are_told_not_to_apply() -> None:
    opened_city()
    make_cast()
    client = signed_in("teacher")
    second = Person.objects.get(code="K1-2").pk
    sent = {"draft": draft_in(client.get("/class/K1/")), **lines(n2="personal_leave"), f"p{second}-symptoms": ["cough"]}
    assert "Symptoms: does not apply, given the other answers." in text_of(client.post("/class/K1/", sent))


def test_noon_check_is_its_own_duty() -> None:
    opened_city()
    make_cast()
    client = signed_in("teacher")
    address = "/class/K1/?duty=noon-check"
    client.post(address, {"draft": draft_in(client.get(address)), **lines()})
    assert [state for state, _ in states(2)] == ["reported"] * 3
    assert [state for state, _ in states(1)] == ["due"] * 3


def test_report_on_behalf_is_by_the_teacher_and_leads_back() -> None:
    opened_city()
    make_cast()
    client = signed_in("teacher")
    send(report("K1-2"))
    page = text_of(client.get("/class/K1/?duty=daily-health"))
    assert page.count("Report for them") == 2
    first = Person.objects.get(code="K1-1").pk
    address = f"/class/K1/people/{first}/"
    sent = {"draft": draft_in(client.get(address)), f"p{first}-condition": "well"}
    assert client.post(address, sent)["Location"] == f"/class/K1/?duty=daily-health&day={DAY}"
    slot = PersonSlot.objects.filter(respondent_id=first).order_by("duty_id")[0]
    assert (slot.state, slot.by) == ("reported", "teacher")


def test_pupil_of_another_class_cannot_be_reported_for() -> None:
    opened_city()
    make_cast()
    other = Person.objects.get(code="K2-1").pk
    assert signed_in("teacher").get(f"/class/K1/people/{other}/").status_code == 404


def test_saturday_owes_no_check_and_says_so() -> None:
    opened_city()
    open_day(SATURDAY, clock=clock_at(0, day=SATURDAY))
    make_cast()
    page = text_of(signed_in("teacher").get(f"/class/K1/?day={SATURDAY}"))
    assert "Nothing is owed by this class on this day." in page


def test_earlier_day_can_be_filled_until_it_is_locked(at: SetTime) -> None:
    opened_city()
    make_cast()
    client = signed_in("teacher")
    at(24 * 2)
    client = signed_in("teacher")  # a session does not last so long
    address = f"/class/K1/?day={DAY}"
    assert "Send: all others present" in text_of(client.get(address))
    client.post(address, {"draft": draft_in(client.get(address)), **lines()})
    assert PersonSlot.objects.filter(state="reported", on_time=False).count() == 3
    at(24 * 9)
    page = text_of(signed_in("teacher").get(address))
    assert "This day is locked and takes no more reports." in page
    assert '<button class="btn btn-primary btn-lg w-100">' not in page


def test_principal_may_take_the_check_of_a_class() -> None:
    opened_city()
    make_cast()
    client = signed_in("principal")
    sent = {"draft": draft_in(client.get("/class/K1/")), **lines()}
    assert client.post("/class/K1/", sent).status_code == 302
