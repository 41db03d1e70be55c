"""What is over is destroyed, what is not stays, counts stay, and a certificate says so."""

from datetime import timedelta

import pytest

from notoneless.collect.models import Report
from notoneless.expect.queries import duty_by_code
from notoneless.expect.services import open_day
from notoneless.kernel import audit
from notoneless.kernel.clock import day_of
from notoneless.kernel.errors import DomainError
from notoneless.ledger.models import DaySession, PersonSlot
from notoneless.retain import queries
from notoneless.retain.models import Certificate
from notoneless.retain.services import Approval, run_retention
from notoneless.rollup.queries import completeness
from notoneless.rollup.services import recount
from notoneless.roster import states
from notoneless.roster.models import FailedSignIn, PersonState
from notoneless.roster.scope import SYSTEM
from tests.builders import DAY, check, clock_at, opened_city, report, send
from tests.web.cast import make_cast, signed_in, text_of

pytestmark = pytest.mark.django_db
APPROVED = Approval("director wang", "yearly plan 2026-3")
LATER = DAY + timedelta(days=31)
ILL = {"condition": "unwell", "temperature": 385, "symptoms": ["fever"], "note": "MARKER-STORY"}


@pytest.fixture(autouse=True)
def city() -> None:
    opened_city(pupils=3)
    send(report("K1-1", answers=ILL), report("K1-2"), check("K1-3"))


def test_answers_go_when_their_term_is_over_and_not_a_day_before() -> None:
    clock = clock_at(24 * 30 + 9)
    assert not any(due.term.rule == "answers" for due in queries.due_on(day_of(clock.now())))
    (due,) = [due for due in queries.due_on(LATER) if due.term.rule == "answers"]
    assert {day for day, _, _ in due.sessions} == {DAY}
    kept = {duty_by_code("daily-health").id}
    assert {duty_id for _, duty_id, _ in due.sessions} == kept, "checks are kept for a year"


def test_run_leaves_counts_and_nobody_they_could_belong_to() -> None:
    before = completeness(SYSTEM, "C", DAY, "daily-health").as_json()
    made = run_retention(LATER, APPROVED, clock=clock_at(24 * 31 + 9))
    assert [row.rule for row in made] == ["answers"]
    assert completeness(SYSTEM, "C", DAY, "daily-health").as_json() == before
    assert recount(DAY).is_exact
    health = duty_by_code("daily-health").id
    slots = PersonSlot.objects.filter(duty_id=health)
    assert slots.exists() and not slots.filter(respondent_id__gte=0).exists()
    assert not slots.exclude(answers="").exists() and not slots.exclude(report_id="").exists()
    assert not Report.objects.filter(duty_id=health).exists()
    assert Report.objects.count() == 1, "the check is within its term"
    assert len(set(slots.values_list("respondent_id", flat=True))) == slots.count(), "no two rows lead to one person"


def test_twice_is_once() -> None:
    run_retention(LATER, APPROVED, clock=clock_at(24 * 31 + 9))
    rows = sorted(PersonSlot.objects.values_list("respondent_id", "duty_id", "state"))
    assert queries.due_on(LATER) == []
    assert run_retention(LATER, APPROVED, clock=clock_at(24 * 31 + 10)) == []
    assert sorted(PersonSlot.objects.values_list("respondent_id", "duty_id", "state")) == rows
    assert Certificate.objects.count() == 1


def test_cut_short_it_goes_on_where_it_was() -> None:
    later = DAY + timedelta(days=366)

    def killed(rule: str, done: int, total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_retention(later, APPROVED, clock=clock_at(24 * 366), progress=killed)
    assert DaySession.objects.exclude(expired_at=None).count() == 1
    run_retention(later, APPROVED, clock=clock_at(24 * 366))
    assert not PersonSlot.objects.filter(respondent_id__gt=0).exists()
    assert recount(DAY).is_exact


def test_day_that_was_forgotten_is_not_owed_anew() -> None:
    run_retention(LATER, APPROVED, clock=clock_at(24 * 31 + 9))
    count = PersonSlot.objects.count()
    open_day(DAY, clock=clock_at(24 * 31 + 9))
    assert PersonSlot.objects.count() == count and recount(DAY).is_exact


def test_pages_of_a_forgotten_day_open_and_name_nobody() -> None:
    make_cast()
    run_retention(LATER, APPROVED, clock=clock_at(24 * 31 + 9))
    page = text_of(signed_in("teacher").get(f"/class/K1/?day={DAY}&duty=daily-health"))
    assert "MARKER-STORY" not in page
    assert signed_in("officer").get(f"/bureau/K1/?day={DAY}").status_code == 200
    assert signed_in("officer").get(f"/bureau/D/missing/?day={DAY}").status_code == 200
    assert signed_in("parent").get(f"/family/?day={DAY}").status_code == 200


def test_other_rows_go_by_their_own_terms() -> None:
    states.record_state(SYSTEM, "K1-1", "sick_home", first_day=DAY, clock=clock_at(9), last_day=DAY)
    FailedSignIn.objects.create(name_index="a", address_index="b", at=clock_at(9).now())
    run_retention(DAY + timedelta(days=2), APPROVED, clock=clock_at(24 * 2))
    assert not FailedSignIn.objects.exists() and PersonState.objects.exists()
    run_retention(DAY + timedelta(days=370), APPROVED, clock=clock_at(24 * 370))
    assert not PersonState.objects.exists()


def test_certificate_verifies_until_it_is_touched() -> None:
    (row,) = run_retention(LATER, APPROVED, clock=clock_at(24 * 31 + 9))
    shown = queries.certificate(row.pk)
    assert (shown.approved_by, shown.reason, shown.what["report"]) == ("director wang", "yearly plan 2026-3", 2)
    assert queries.is_whole(row.pk) and audit.verify().faults == ()
    for change in ({"what": {"report": 1}}, {"approved_by": "li"}, {"reason": "x"}, {"digest": "0" * 64}):
        kept = {name: getattr(Certificate.objects.get(pk=row.pk), name) for name in change}
        Certificate.objects.filter(pk=row.pk).update(**change)
        assert not queries.is_whole(row.pk), change
        Certificate.objects.filter(pk=row.pk).update(**kept)
    assert queries.is_whole(row.pk)
    with pytest.raises(DomainError, match="unknown_certificate"):
        queries.certificate(row.pk + 1)


@pytest.mark.parametrize(("by", "reason", "code"), [("", "x", "value_required"), ("x", " ", "value_required"),
                                                    ("x", "y" * 201, "value_too_long")])  # fmt: skip
def test_nothing_is_destroyed_without_who_and_why(by: str, reason: str, code: str) -> None:
    with pytest.raises(DomainError, match=code):
        Approval(by, reason)
