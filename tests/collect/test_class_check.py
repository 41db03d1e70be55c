"""The class teacher's check by exceptions."""

import uuid

import pytest

from notoneless.collect.models import Report
from notoneless.collect.services import check_class
from notoneless.expect.services import open_day
from notoneless.kernel.errors import DomainError
from notoneless.rollup.queries import completeness
from notoneless.roster.scope import SYSTEM, Scope
from tests.builders import DAY, SATURDAY, clock_at, codes, make_unit, opened_city

pytestmark = pytest.mark.django_db
ACT = uuid.UUID("0d4e6a3e-1111-4222-8333-444455556666")
SICK = {"presence": "sick", "temperature": 385, "symptoms": ["fever"]}


def test_whoever_is_not_marked_is_present() -> None:
    opened_city()
    check_class(SYSTEM, "K1", DAY, "morning-check", {"K1-2": SICK}, submission=ACT, clock=clock_at(8))
    line = completeness(SYSTEM, "K1", DAY, "morning-check").line
    assert (line.counts.on_time, line.counts.due) == (3, 0)
    assert line.measures == {
        "abnormal": 1, "absent": 1, "absent.sick": 1, "fever": 1, "present": 2, "symptom.fever": 1,
    }  # fmt: skip


def test_the_same_act_sent_twice_is_one() -> None:
    opened_city()
    for _ in range(2):
        check_class(SYSTEM, "K1", DAY, "morning-check", {}, submission=ACT, clock=clock_at(8))
    assert Report.objects.count() == 3


def test_a_wrong_answer_fails_alone() -> None:
    opened_city()
    wrong = {"presence": "present", "temperature": 98.6}
    outcomes = check_class(SYSTEM, "K1", DAY, "morning-check", {"K1-2": wrong}, submission=ACT, clock=clock_at(8))
    assert codes(outcomes) == ["reported", "temperature_not_tenths", "reported"]


def test_a_class_without_pupils_cannot_be_checked() -> None:
    units = opened_city()
    make_unit("K9", "class", units["S"])
    open_day(DAY, clock=clock_at(1))
    for unit, day in (("K9", DAY), ("K1", SATURDAY)):
        open_day(day, clock=clock_at(1))
        with pytest.raises(DomainError, match="class_has_no_pupils"):
            check_class(SYSTEM, unit, day, "morning-check", {}, submission=ACT, clock=clock_at(8))


def test_a_child_of_another_class_and_a_class_of_another_teacher_are_refused() -> None:
    units = opened_city()
    with pytest.raises(DomainError, match="unknown_person"):
        check_class(SYSTEM, "K1", DAY, "morning-check", {"K2-1": SICK}, submission=ACT, clock=clock_at(8))
    teacher = Scope(actor="k1", paths=(units["K1"].path,))
    with pytest.raises(DomainError, match="out_of_scope"):
        check_class(teacher, "K2", DAY, "morning-check", {}, submission=ACT, clock=clock_at(8))
    assert Report.objects.count() == 0
