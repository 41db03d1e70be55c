"""Bad reports, as a table: each has a stable code, names its field in both languages, and changes nothing."""

from typing import Any

import pytest

from notoneless.collect.models import Report
from notoneless.ledger.models import DaySession, PersonSlot, Tally, UnitSlot
from notoneless.roster.scope import Scope
from tests.builders import DAY, SATURDAY, check, clock_at, codes, make_person, opened_city, report, send, unit_report

ID = "0d4e6a3e-1111-4222-8333-444455556666"

TABLE: list[tuple[str, Any, str, str]] = [
    ("not an object", [1], "invalid_report", "report"),
    ("unknown key", report("K1-1", colour="red"), "invalid_report", "colour"),
    ("no respondent", unit_report(unit=None), "person_or_unit", "person"),
    ("two respondents", report("K1-1", unit="S"), "person_or_unit", "person"),
    ("unit for a person's duty", unit_report(unit="S"), "person_or_unit", "person"),
    ("unknown person", report("nobody"), "unknown_person", "person"),
    ("unknown duty", report("K1-1", duty="dance"), "unknown_duty", "duty"),
    ("no duty", report("K1-1", duty=None), "invalid_report", "duty"),
    ("unknown session", report("K1-1", session="evening"), "unknown_session", "session"),
    ("bad day", report("K1-1", day="23.11.2026"), "bad_day", "day"),
    ("impossible day", report("K1-1", day="2026-02-30"), "bad_day", "day"),
    ("a day never opened", report("K1-1", day="2026-11-20"), "day_not_open", "day"),
    ("a day to come", report("K1-1", day="2026-11-24"), "day_not_begun", "day"),
    ("bad id", report("K1-1", id="7"), "bad_id", "id"),
    ("bad by", report("K1-1", by="robot"), "bad_by", "by"),
    ("no answers", report("K1-1", answers=None), "invalid_report", "answers"),
    ("answer missing", report("K1-1", answers={"temperature": 365}), "answer_required", "answers.condition"),
    ("no such question", report("K1-1", answers={"condition": "well", "shoe": 4}), "unknown_answer", "answers.shoe"),
    ("Fahrenheit", report("K1-1", answers={"condition": "well", "temperature": 98.6}),
     "temperature_not_tenths", "answers.temperature"),
    ("Fahrenheit in tenths", report("K1-1", answers={"condition": "well", "temperature": 986}),
     "temperature_out_of_range", "answers.temperature"),
    ("degrees, not tenths", report("K1-1", answers={"condition": "well", "temperature": 36}),
     "temperature_out_of_range", "answers.temperature"),
    ("true is no temperature", report("K1-1", answers={"condition": "well", "temperature": True}),
     "temperature_not_tenths", "answers.temperature"),
    ("no such option", report("K1-1", answers={"condition": "so-so"}), "answer_not_an_option", "answers.condition"),
    ("no such symptom", report("K1-1", answers={"condition": "unwell", "symptoms": ["hiccup"]}),
     "answer_not_an_option", "answers.symptoms"),
    ("symptoms not a list", report("K1-1", answers={"condition": "unwell", "symptoms": "cough"}),
     "answer_wrong_type", "answers.symptoms"),
    ("trips without leaving", report("K1-1", answers={"condition": "well", "trips": [
        {"place": "徐州", "from": "2026-11-01"}]}), "answer_not_applicable", "answers.trips"),
    ("a trip that ends before it begins", report("K1-1", answers={"condition": "well", "left_city": True, "trips": [
        {"place": "徐州", "from": "2026-11-03", "to": "2026-11-01"}]}), "days_out_of_order", "answers.trips.0"),
    ("not an area", report("K1-1", answers={"condition": "well", "area": "Jinan"}),
     "answer_wrong_type", "answers.area"),
    ("note too long", report("K1-1", answers={"condition": "well", "note": "长" * 201}),
     "answer_too_long", "answers.note"),
    ("made in the future", report("K1-1", made_at=f"{DAY}T09:00:00+08:00"), "made_at_in_future", "made_at"),
    ("no offset", report("K1-1", made_at=f"{DAY}T07:00:00"), "bad_instant", "made_at"),
    ("attendance over 100 %", unit_report(unit="S", duty="attendance", answers={"rate": 10001}),
     "answer_out_of_range", "answers.rate"),
    ("unknown unit", unit_report(unit="X", duty="attendance", answers={"rate": 9000}), "unknown_unit", "unit"),
    ("a class owes no attendance", unit_report(unit="K1", duty="attendance", answers={"rate": 9000}),
     "not_owed", "unit"),
    ("a zero while classes are silent", unit_report(unit="S", duty="school-daily", answers={"statement": "zero"}),
     "class_silent", "answers.statement"),
    ("abnormal without anyone", unit_report(unit="S", duty="school-daily", answers={"statement": "abnormal"}),
     "nothing_abnormal", "answers.statement"),
]  # fmt: skip


def _everything() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (PersonSlot, UnitSlot, Tally, Report, DaySession)]


@pytest.mark.django_db
@pytest.mark.parametrize(("bad", "code", "field"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_bad_report_is_refused_alone_and_changes_nothing(bad: Any, code: str, field: str) -> None:
    opened_city()
    before = _everything()

    (outcome,) = send(bad)

    assert outcome.error is not None
    assert (outcome.error.code, outcome.error.field) == (code, field)
    assert field in outcome.error.sentence("zh") and field in outcome.error.sentence("en")
    assert _everything() == before


@pytest.mark.django_db
def test_good_reports_beside_bad_ones_are_kept() -> None:
    opened_city()
    outcomes = send(report("K1-1"), report("nobody"), report("K1-2"), "junk", check("K1-1"))
    assert codes(outcomes) == ["reported", "unknown_person", "reported", "invalid_report", "reported"]


@pytest.mark.django_db
def test_one_id_with_two_bodies_is_refused_in_one_batch_and_later() -> None:
    opened_city()
    first = report("K1-1", id=ID)
    assert codes(send(first, report("K1-2", id=ID))) == ["reported", "id_reused"]
    assert codes(send(first | {"answers": {"condition": "unwell"}})) == ["id_reused"]
    assert codes(send(first | {"day": str(SATURDAY)})) == ["id_reused"]


@pytest.mark.django_db
def test_locked_day_takes_no_report_but_still_answers_a_repeat() -> None:
    opened_city()
    kept = report("K1-1")
    send(kept)
    late = clock_at(8 * 24 - 1)
    assert codes(send(report("K1-2"), clock=late)) == ["reported"]
    locked = clock_at(8 * 24)
    again, refused = send(kept, report("K1-3"), clock=locked)
    assert again.is_duplicate and again.state == "reported"
    assert refused.error is not None and refused.error.code == "day_locked"


@pytest.mark.django_db
def test_reporting_outside_the_subtree_looks_like_reporting_for_nobody() -> None:
    units = opened_city()
    teacher = Scope(actor="k1", paths=(units["K1"].path,))
    outcomes = send(report("K1-1"), report("K2-1"), report("nobody"), scope=teacher)
    assert codes(outcomes) == ["reported", "out_of_scope", "out_of_scope"]


@pytest.mark.django_db
def test_guardian_reaches_the_household_alone_and_takes_no_class_check() -> None:
    units = opened_city()
    child = make_person("K9", units["K1"], household="HX")
    guardian = Scope(actor="mum", households=frozenset([child.household_id or 0]))
    outcomes = send(report("K9"), report("K1-1"), check("K9"), report("K9", by="import"), scope=guardian)
    assert codes(outcomes) == ["voluntary", "out_of_scope", "by_not_allowed", "by_not_allowed"]
