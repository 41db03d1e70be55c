"""A destroyed household is found by no query, in no file, in no index; what it was counted in stays."""

import json

import pytest
from django.contrib.sessions.models import Session

from notoneless.collect.models import Report
from notoneless.expect import services as expect
from notoneless.expect.models import Complaint
from notoneless.expect.queries import duty_by_code
from notoneless.jobs import drain_outbox
from notoneless.kernel import audit
from notoneless.kernel.errors import DomainError
from notoneless.kernel.models import AuditEntry
from notoneless.ledger.models import PersonSlot
from notoneless.publish import services as publish
from notoneless.publish.rules import Words
from notoneless.retain import queries
from notoneless.retain.services import Approval, destroy_household, scrub_storage
from notoneless.rollup.queries import completeness
from notoneless.rollup.services import recount
from notoneless.roster import states
from notoneless.roster.accounts import invitations
from notoneless.roster.models import Account, Person
from notoneless.roster.queries import account_named, scope_of
from notoneless.roster.scope import SYSTEM
from tests.builders import DAY, check, clock_at, make_city, make_person, opened_city, report, send
from tests.retain.traces import files_with, tables_with
from tests.web.cast import make_account, make_cast, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
APPROVED = Approval("director wang", "request 2026-17 of the guardian")
MARKS = ("XQZ-CHILD", "XQZ-HOME", "XQZ-STORY", "XQZ-COMPLAINT", "xqz-father")


def household() -> tuple[int, ...]:
    """A household with everything that the system could know of one. Returns the ids of its people."""
    units = make_city(pupils=2)
    child = make_person("XQZ-CHILD", units["K1"], household="XQZ-HOME")
    expect.open_day(DAY, clock=clock_at(6))
    make_cast()
    make_account("xqz-father", ("guardian", "XQZ-HOME"))
    made = f"{DAY}T07:4%d:00+08:00"
    story = {"condition": "unwell", "temperature": 385, "symptoms": ["fever"], "note": "XQZ-STORY"}
    send(report("XQZ-CHILD", answers=story, made_at=made % 1), report("XQZ-CHILD", made_at=made % 2), report("K1-2"))
    send(check("XQZ-CHILD", "present"), check("K1-2"))
    states.record_state(SYSTEM, "XQZ-CHILD", "sick_home", first_day=DAY, clock=clock_at(9))
    drain_outbox(clock=clock_at(9))
    Complaint.objects.create(
        person=child, day=DAY, duty_id=duty_by_code("daily-health").id, text="XQZ-COMPLAINT",
        trace={"person": "XQZ-CHILD"}, made_by="xqz-father",
        made_at=clock_at(9).now(),
    )  # fmt: skip
    letter = publish.send_letter(SYSTEM, "K1", Words("receipt", "春游", "周五出发。"), clock=clock_at(9))
    father = scope_of(account_named("xqz-father"), DAY)
    publish.confirm_letter(father, letter.pk, clock=clock_at(9))
    signed_in("xqz-father").get("/family/")
    signed_in("teacher").get(f"/class/K1/people/{child.pk}/")
    return tuple(Person.objects.filter(household__code="XQZ-HOME").values_list("pk", flat=True))


def test_nothing_leads_to_it_any_more() -> None:
    people = household()
    for session in Session.objects.all():
        assert session.get_decoded()
    assert tables_with(*MARKS) != set(), "the search finds what is there"
    before = json.dumps(completeness(SYSTEM, "C", DAY, "daily-health").as_json()["measures"])
    row = destroy_household("XQZ-HOME", APPROVED, clock=clock_at(10))
    scrub_storage()
    left = tables_with(*MARKS)
    # Who did what stays in the log for its term: the sign-in name of the guardian as the one who acted, nothing else.
    assert left <= {"kernel_auditentry.actor"}
    if left:
        assert set(tables_with(*(mark for mark in MARKS if mark != "xqz-father"))) == set()
    assert files_with("XQZ-CHILD", "XQZ-HOME", "XQZ-STORY", "XQZ-COMPLAINT") == set()
    assert not PersonSlot.objects.filter(respondent_id__in=people).exists()
    assert not Report.objects.filter(respondent_id__in=people).exists()
    assert not Account.objects.filter(username="xqz-father").exists()
    assert queries.is_whole(row.pk) and "XQZ" not in str(row.what)
    assert before == json.dumps(completeness(SYSTEM, "C", DAY, "daily-health").as_json()["measures"])
    assert recount(DAY).is_exact and audit.verify().faults == ()


def test_neighbours_keep_everything() -> None:
    household()
    other = Person.objects.get(code="K1-2").pk
    kept = list(PersonSlot.objects.filter(respondent_id=other).values())
    reports = list(Report.objects.filter(respondent_id=other).values())
    destroy_household("XQZ-HOME", APPROVED, clock=clock_at(10))
    assert list(PersonSlot.objects.filter(respondent_id=other).values()) == kept
    assert list(Report.objects.filter(respondent_id=other).values()) == reports


def test_guardian_with_another_role_loses_only_this_one() -> None:
    household()
    make_account("both", ("guardian", "XQZ-HOME"), ("teacher", "K2"))
    client = signed_in("both")
    destroy_household("XQZ-HOME", APPROVED, clock=clock_at(10))
    assert client.get("/class/K2/").status_code == 200
    assert client.get("/family/").status_code == 403


def test_days_that_are_open_owe_nothing_for_it() -> None:
    household()
    expected = completeness(SYSTEM, "K1", DAY, "daily-health").line.counts.expected
    invitations.invite(SYSTEM, "K1-2", clock=clock_at(9))
    destroy_household("XQZ-HOME", APPROVED, clock=clock_at(10))
    expect.close_day(DAY, clock=clock_at(23))
    counts = completeness(SYSTEM, "K1", DAY, "daily-health").line.counts
    assert counts.expected <= expected and recount(DAY).is_exact
    assert not PersonSlot.objects.filter(state="due").exists()


def test_log_still_says_that_a_record_was_read_and_of_whom_only_to_who_knows() -> None:
    household()
    assert AuditEntry.objects.filter(act="record.read", subject=audit.person_subject("XQZ-CHILD")).count() == 1
    destroy_household("XQZ-HOME", APPROVED, clock=clock_at(10))
    assert AuditEntry.objects.filter(act="record.read").count() == 1
    assert "XQZ" not in str(list(AuditEntry.objects.values_list("subject", "detail")))


def test_household_that_is_not_there_is_told() -> None:
    opened_city(pupils=1)
    with pytest.raises(DomainError, match="unknown_household"):
        destroy_household("NO-SUCH", APPROVED, clock=clock_at(10))
