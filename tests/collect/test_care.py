"""Reports that a teacher has seen, and absences for illness that are followed."""

from datetime import timedelta

import pytest

from notoneless.collect import seen, sickness
from notoneless.collect.models import AbsenceContact, ReportSeen
from notoneless.expect.services import open_day
from notoneless.jobs import drain_outbox
from notoneless.kernel.errors import DomainError
from notoneless.retain.queries import due_on
from notoneless.roster import queries as roster_queries
from notoneless.roster.scope import Scope
from tests.builders import DAY, check, clock_at, make_city, opened_city, report, send
from tests.web.cast import make_account, make_cast

pytestmark = pytest.mark.django_db
ILL = {"condition": "unwell", "symptoms": ["cough"]}
DAYS_BEFORE = [DAY - timedelta(days=back) for back in (4, 3)]
"""Thursday and Friday of the week before."""


def scope_of(name: str) -> Scope:
    return roster_queries.scope_of(roster_queries.account_named(name), DAY)


def taken(person: str, day: object, presence: str) -> dict[str, object]:
    return check(person, presence, day=str(day), made_at=f"{day}T08:00:00+08:00")


def test_what_differs_comes_first_and_says_what() -> None:
    opened_city()
    make_cast()
    send(report("K1-1"), report("K1-2"), report("K1-3", answers=ILL), check("K1-2", "sick"), check("K1-3"))
    found = seen.reports_of_class(scope_of("teacher"), "K1", DAY)
    assert [(one.code, one.differences) for one in found] == [
        ("K1-2", ("well_but_absent_sick",)), ("K1-3", ("unwell_but_not_seen",)), ("K1-1", ()),
    ]  # fmt: skip


def test_yesterday_is_looked_at_too() -> None:
    make_city()
    make_cast()
    before = DAY - timedelta(days=1)
    for day in (before, DAY):
        open_day(day, clock=clock_at(0, day=day))
    send(report("K1-1", day=str(before), made_at=f"{before}T08:00:00+08:00"), report("K1-1", answers=ILL))
    (one,) = seen.reports_of_class(scope_of("teacher"), "K1", DAY)
    assert one.differences == ("newly_ill",)


def test_seen_is_kept_with_who_and_when_until_the_report_changes() -> None:
    opened_city()
    make_cast()
    send(report("K1-1"), report("K1-2"))
    scope = scope_of("teacher")
    shown = {one.code: one.slot.revision for one in seen.reports_of_class(scope, "K1", DAY)}
    send(report("K1-2", answers=ILL, made_at=f"{DAY}T07:50:00+08:00"))
    assert seen.mark_seen(scope, "K1", DAY, shown, clock=clock_at(9)) == 1, "what was not shown was not seen"
    assert seen.mark_seen(scope, "K1", DAY, shown, clock=clock_at(10)) == 0
    row = ReportSeen.objects.get()
    assert (row.seen_by, row.seen_at) == ("teacher", clock_at(9).now())
    send(report("K1-1", answers=ILL, made_at=f"{DAY}T07:55:00+08:00"))
    found = {one.code: one for one in seen.reports_of_class(scope, "K1", DAY)}
    assert found["K1-1"].is_changed and not found["K1-1"].is_seen
    again = {code: one.slot.revision for code, one in found.items()}
    assert seen.mark_seen(scope, "K1", DAY, again, clock=clock_at(11)) == 2
    assert ReportSeen.objects.count() == 2


def test_officer_sees_and_does_not_vouch() -> None:
    opened_city()
    make_cast()
    send(report("K1-1"))
    assert len(seen.reports_of_class(scope_of("officer"), "K1", DAY)) == 1
    with pytest.raises(DomainError, match="by_not_allowed"):
        seen.mark_seen(scope_of("officer"), "K1", DAY, {"K1-1": 1}, clock=clock_at(9))
    with pytest.raises(DomainError, match="out_of_scope"):
        seen.reports_of_class(scope_of("other_teacher"), "K1", DAY)


def test_sick_absence_is_counted_over_a_weekend_and_ends_when_the_pupil_is_seen() -> None:
    make_city()
    make_cast()
    for day in (*DAYS_BEFORE, DAY):
        open_day(day, clock=clock_at(0, day=day))
    thursday, friday = DAYS_BEFORE
    send(
        taken("K1-1", thursday, "present"), taken("K1-1", friday, "sick"), taken("K1-1", DAY, "sick"),
        taken("K1-2", thursday, "sick"), taken("K1-2", friday, "sick"),
        report("K1-1", answers={"condition": "ill_at_home", "symptoms": ["fever"]}),
    )  # fmt: skip
    drain_outbox(clock=clock_at(9))
    send(taken("K1-2", DAY, "present"))
    found = {one.code: one for one in sickness.sick_pupils(scope_of("teacher"), "K1", DAY)}
    first = found["K1-1"]
    assert (first.since, first.days, first.is_here, first.symptoms) == (friday, 2, False, ("symptom.fever",))
    assert found["K1-2"].is_here, "at school again, and still recorded as ill"
    assert [one.code for one in sickness.sick_pupils(scope_of("principal"), "S", DAY)] == ["K1-1", "K1-2"]


def test_call_is_noted_with_what_came_of_it() -> None:
    opened_city()
    make_cast()
    make_account("deputy", ("substitute", "K1"))
    send(check("K1-1", "sick"))
    scope, clock = scope_of("teacher"), clock_at(9)
    sickness.note_contact(scope, "K1-1", "no_answer", clock=clock)
    sickness.note_contact(scope, "K1-1", "returning", back_on=DAY + timedelta(days=1), clock=clock)
    (one,) = sickness.sick_pupils(scope, "K1", DAY)
    assert one.contact is not None
    assert (one.contact.outcome, one.contact.back_on, one.contact.noted_by) == (
        "returning", DAY + timedelta(days=1), "teacher",
    )  # fmt: skip
    for outcome, back_on, code in (
        ("gone", None, "unknown_outcome"), ("returning", None, "value_required"),
        ("returning", DAY - timedelta(days=1), "days_out_of_order"),
    ):  # fmt: skip
        with pytest.raises(DomainError, match=code):
            sickness.note_contact(scope, "K1-1", outcome, back_on=back_on, clock=clock)
    with pytest.raises(DomainError, match="wrong_role"):
        sickness.note_contact(scope_of("deputy"), "K1-1", "reached", clock=clock)
    with pytest.raises(DomainError, match="out_of_scope"):
        sickness.note_contact(scope_of("other_teacher"), "K1-1", "reached", clock=clock)
    assert AbsenceContact.objects.count() == 2


def test_both_end_by_rule() -> None:
    opened_city()
    make_cast()
    send(report("K1-1"), check("K1-1", "sick"))
    seen.mark_seen(scope_of("teacher"), "K1", DAY, {"K1-1": 1}, clock=clock_at(9))
    sickness.note_contact(scope_of("teacher"), "K1-1", "reached", clock=clock_at(9))

    def due(days: int) -> set[str]:
        return {one.term.rule for one in due_on(DAY + timedelta(days=days))} & {"seen", "absence_contacts"}

    assert [due(days) for days in (30, 31, 365, 366)] == [set(), {"seen"}, {"seen"}, {"seen", "absence_contacts"}]
