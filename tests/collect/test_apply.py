"""What a report does to its slot."""

import pytest

from notoneless.collect.models import Report
from notoneless.expect.services import close_day, open_day
from notoneless.ledger.models import PersonSlot
from notoneless.rollup.queries import completeness, missing_people, ranking
from notoneless.rollup.services import recount
from notoneless.roster.models import Person
from notoneless.roster.scope import SYSTEM
from tests.builders import (
    DAY,
    SATURDAY,
    check,
    clock_at,
    codes,
    make_person,
    make_unit,
    move_person,
    opened_city,
    report,
    send,
    unit_report,
)

pytestmark = pytest.mark.django_db


def slot(code: str, duty: str = "daily-health") -> PersonSlot:
    person = Person.objects.get(code=code)
    order = ["daily-health", "morning-check", "noon-check"]
    return PersonSlot.objects.filter(respondent_id=person.pk, day=DAY).order_by("duty_id")[order.index(duty)]


def test_report_in_time_and_report_after_due() -> None:
    opened_city()
    early, late = send(report("K1-1"), clock=clock_at(10)), send(report("K1-2"), clock=clock_at(10, 1))
    assert [o.on_time for o in early + late] == [True, False]
    line = completeness(SYSTEM, "K1", DAY, "daily-health").as_json()
    assert (line["expected"], line["reported"], line["on_time"], line["late"], line["due"]) == (3, 2, 1, 1, 1)


def test_a_correction_after_due_stays_on_time_and_raises_the_revision() -> None:
    opened_city()
    send(report("K1-1"))
    fever = report("K1-1", made_at=f"{DAY}T11:00:00+08:00", answers={"condition": "unwell", "temperature": 388})
    (outcome,) = send(fever, clock=clock_at(11))
    assert (outcome.on_time, outcome.revision) == (True, 2)
    assert completeness(SYSTEM, "C", DAY, "daily-health").line.measures == {"abnormal": 1, "fever": 1, "unwell": 1}
    assert Report.objects.count() == 2


def test_an_older_report_that_arrives_later_is_kept_but_does_not_hold_the_slot() -> None:
    opened_city()
    send(report("K1-1", answers={"condition": "unwell"}))
    (outcome,) = send(report("K1-1", made_at=f"{DAY}T06:00:00+08:00"))
    assert outcome.revision == 2
    assert '"unwell"' in slot("K1-1").answers
    assert recount(DAY).is_exact


def test_an_import_is_judged_by_the_instant_it_declares() -> None:
    opened_city()
    paper, too_late = send(
        report("K1-1", by="import"), report("K1-2", by="import", made_at=f"{DAY}T10:30:00+08:00"), clock=clock_at(20)
    )
    assert (paper.on_time, too_late.on_time) == (True, False)
    assert slot("K1-1").declared is True


def test_closing_makes_missing_and_a_late_report_takes_it_back() -> None:
    opened_city()
    close_day(DAY, clock=clock_at(24))
    assert completeness(SYSTEM, "K1", DAY, "daily-health").line.counts.missing == 3
    (outcome,) = send(report("K1-1"), clock=clock_at(33))
    assert (outcome.state, outcome.on_time) == ("reported", False)
    counts = completeness(SYSTEM, "K1", DAY, "daily-health").line.counts
    assert (counts.missing, counts.late, counts.due) == (2, 1, 0)
    assert missing_people(SYSTEM, "K1", DAY, "daily-health").total == 2


def test_what_nobody_owed_is_kept_as_voluntary_and_stays_out_of_rates() -> None:
    opened_city(day=SATURDAY)
    outcomes = send(
        check("K1-1", "sick", day=str(SATURDAY), made_at=f"{SATURDAY}T07:00:00+08:00"),
        unit_report(duty="attendance", day=str(SATURDAY), answers={"rate": 9000}, made_at=f"{SATURDAY}T07:00:00+08:00"),
        clock=clock_at(8, day=SATURDAY),
    )
    assert codes(outcomes) == ["voluntary", "not_owed"]
    line = completeness(SYSTEM, "C", SATURDAY, "morning-check").line
    assert (line.counts.expected, line.counts.rate, line.counts.voluntary) == (0, None, 1)
    assert (line.measures, line.voluntary_measures["absent.sick"]) == ({}, 1)


def test_a_transfer_takes_the_slot_and_its_report_along() -> None:
    units = opened_city()
    send(report("K1-1", answers={"condition": "hospital"}))
    move_person(Person.objects.get(code="K1-1"), units["L1"], DAY)
    opened = open_day(DAY, clock=clock_at(9))
    assert opened.duties["daily-health"].moved == 1
    moved = slot("K1-1")
    assert (moved.unit_id, moved.district_id, moved.state, moved.reason) == (
        units["L1"].id, units["E"].id, "reported", "moved",
    )  # fmt: skip
    assert completeness(SYSTEM, "E", DAY, "daily-health").line.measures["in_hospital"] == 1
    assert completeness(SYSTEM, "K1", DAY, "daily-health").line.counts.expected == 2
    assert recount(DAY).is_exact


def test_a_child_who_leaves_is_voided_and_one_who_comes_is_added_with_a_reason() -> None:
    units = opened_city()
    Person.objects.get(code="K1-1").placements.update(to_day=DAY)
    make_person("K1-9", units["K1"], since=DAY)
    opened = open_day(DAY, clock=clock_at(9))
    merged = opened.duties["daily-health"]
    assert (merged.added, merged.voided) == (1, 1)
    assert (slot("K1-1").state, slot("K1-1").reason) == ("void", "left")
    assert completeness(SYSTEM, "K1", DAY, "daily-health").line.counts.expected == 3


def test_after_the_window_nobody_is_added_to_be_missing_at_once() -> None:
    units = opened_city()
    close_day(DAY, clock=clock_at(24))
    make_person("K1-9", units["K1"])
    assert open_day(DAY, clock=clock_at(25)).duties["daily-health"].added == 0


def test_the_days_tree_does_not_change_when_a_school_moves() -> None:
    units = opened_city()
    school = units["S"]
    school.name, school.closed_on = "改名学校", DAY
    school.save()
    make_unit("K3", "class", units["S"])
    open_day(DAY, clock=clock_at(9))
    answer = completeness(SYSTEM, "S", DAY, "daily-health")
    assert answer.line.unit.name == "S"
    assert [child.unit.code for child in answer.children] == ["K1", "K2", "K3", "S"]


def test_zero_needs_every_class_then_shows_what_changed_since() -> None:
    opened_city()
    gaps = unit_report(duty="school-daily", answers={"statement": "zero_with_gaps"})
    zero = unit_report(duty="school-daily", answers={"statement": "zero"})
    assert codes(send(zero)) == ["class_silent"]
    assert codes(send(*(check(f"{k}-{n}") for k in ("K1", "K2") for n in (1, 2, 3)))) == ["reported"] * 6
    assert codes(send(zero, gaps)) == ["class_silent", "reported"]
    assert codes(send(report("S-t", by="self"), zero | {"id": "9d4e6a3e-1111-4222-8333-444455556666"})) == [
        "reported", "reported",
    ]  # fmt: skip
    sick = check("K1-1", "sick", made_at=f"{DAY}T07:50:00+08:00")
    send(sick)
    assert codes(send(unit_report(duty="school-daily", answers={"statement": "zero"}))) == ["not_a_zero"]


def test_ranking_shares_places_and_leaves_out_who_owes_nothing() -> None:
    units = opened_city()
    make_unit("U", "training", units["D"])
    open_day(DAY, clock=clock_at(1))
    send(report("K1-1"), report("K1-2"), report("K1-3"), report("L1-1"))
    ranked = ranking(SYSTEM, "C", DAY, "daily-health", "school")
    assert [(r.place, r.line.unit.code) for r in ranked] == [(1, "S"), (2, "T"), (None, "U")]
    classes = ranking(SYSTEM, "C", DAY, "morning-check", "class")
    assert [(r.place, r.line.unit.code) for r in classes] == [(1, "K1"), (1, "K2"), (1, "L1")]
