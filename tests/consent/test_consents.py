"""Notices, consents and what the door refuses for want of them."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from notoneless.consent import queries, services
from notoneless.consent.models import Consent, NoticeSeen, NoticeText
from notoneless.consent.rules import (
    OWN_CONSENT,
    age_on,
    consents_for_themselves,
    due_after,
    small_cell,
    years_after,
)
from notoneless.expect.models import Document, Duty, Policy
from notoneless.expect.queries import DutyInfo, duty_by_code
from notoneless.kernel.errors import DomainError
from notoneless.kernel.models import AuditEntry
from notoneless.ledger.models import PersonSlot
from notoneless.roster.models import Household, Person
from notoneless.roster.scope import SYSTEM, Scope
from tests.builders import DAY, clock_at, opened_city, report, send

pytestmark = pytest.mark.django_db
CLOCK = clock_at(9)
DUTY = "daily-health"


def family(code: str = "H1") -> Scope:
    return Scope("ma", households=frozenset({Household.objects.get(code=code).pk}), powers=())


def child(code: str = "K1-1") -> Person:
    return Person.objects.get(code=code)


def notice_digest(scope: Scope, code: str = "K1-1", duty: str = DUTY) -> str:
    told = next(one for one in queries.notices_of_households(scope, DAY) if one.code == code)
    return next(notice.digest for notice in told.notices if notice.duty == duty)


def agree(scope: Scope, *items: str, code: str = "K1-1", capacity: str = "guardian") -> int:
    return services.give(
        scope, child(code).pk, DUTY, items, capacity=capacity, digest=notice_digest(scope, code), clock=CLOCK
    )


def answer_to(scope: Scope, **answers: object) -> str:
    [outcome] = send(report("K1-1", answers={"condition": "well", **answers}), scope=scope)
    return outcome.error.code if outcome.error else outcome.state


def code_of(error: pytest.ExceptionInfo[DomainError]) -> str:
    return error.value.code


def test_notice_tells_purpose_fields_recipients_retention_and_document() -> None:
    units = opened_city(pupils=1)
    document = Document.objects.create(number="教办〔2026〕7号", title_zh="关于每日健康上报的通知")
    Policy.objects.create(
        code="p", unit=units["D"], duty=Duty.objects.get(code=DUTY), status="published", effect="require",
        audience={"populations": ["student"]}, days=["school_day"], effective_from=date(2026, 9, 1), document=document,
    )  # fmt: skip
    told = {one.code: one for one in queries.notices_of_households(family(), DAY)}
    notice = next(one for one in told["K1-1"].notices if one.duty == DUTY)
    assert (notice.retention_days, notice.basis, [paper.number for paper in notice.documents]) == (
        30, "statutory", ["教办〔2026〕7号"],
    )  # fmt: skip
    assert notice.purpose_zh and notice.recipients_zh
    assert "temperature" in [field.code for field in notice.sensitive]
    elsewhere = next(one for one in told["L1-1"].notices if one.duty == DUTY)
    assert elsewhere.documents == ()  # school T is not below district D
    assert [one.duty for one in told["K1-1"].notices] == ["daily-health", "morning-check", "noon-check"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("purpose_zh", "别的用途"), ("recipients_zh", "别人"), ("retention_days", 31), ("separate", ["trips"])],
)
def test_a_notice_that_changed_must_be_read_again(field: str, value: object) -> None:
    opened_city(pupils=1)
    scope = family()
    services.note_read(scope, [notice_digest(scope)], clock=CLOCK)
    Duty.objects.filter(code=DUTY).update(**{field: value})
    unread = {one.code: [notice.duty for notice in one.unread] for one in queries.notices_of_households(scope, DAY)}
    assert DUTY in unread["K1-1"]


def test_reading_twice_is_one_reading_and_the_text_is_kept() -> None:
    opened_city(pupils=1)
    scope = family()
    digest = notice_digest(scope)
    assert services.note_read(scope, [digest], clock=CLOCK) == 3  # K1-1, K2-1 and L1-1 live in H1
    assert services.note_read(scope, [digest], clock=CLOCK) == 0
    assert NoticeSeen.objects.count() == 3
    assert NoticeText.objects.get().body["retention_days"] == 30
    assert AuditEntry.objects.filter(act="privacy.notice").count() == 3
    with pytest.raises(DomainError) as error:
        services.note_read(scope, ["0" * 32], clock=CLOCK)
    assert code_of(error) == "notice_changed"


def test_a_duty_by_consent_takes_nothing_before_and_nothing_after() -> None:
    opened_city(pupils=1)
    scope = family()
    services.set_basis(SYSTEM, DUTY, "consent", [], clock=CLOCK)
    assert answer_to(scope) == "consent_missing"
    assert not PersonSlot.objects.filter(state="reported").exists()
    agree(scope, "")
    assert answer_to(scope) == "reported"
    services.withdraw(scope, child().pk, DUTY, "", clock=CLOCK)
    assert answer_to(scope) == "consent_missing"


def test_a_separate_field_is_refused_alone_and_the_rest_is_taken() -> None:
    opened_city(pupils=1)
    scope = family()
    services.set_basis(SYSTEM, DUTY, "statutory", ["family_ill"], clock=CLOCK)
    assert answer_to(scope, family_ill=True) == "consent_missing_answer"
    assert answer_to(scope, family_ill=None) == "reported"
    assert queries.withheld_fields([child().pk], _duty()) == {child().pk: frozenset({"family_ill"})}
    agree(scope, "family_ill")
    assert queries.withheld_fields([child().pk], _duty()) == {child().pk: frozenset()}
    assert answer_to(scope, family_ill=True) == "reported"


def _duty() -> DutyInfo:
    return duty_by_code(DUTY)


def test_a_consent_speaks_only_for_its_terms() -> None:
    opened_city(pupils=1)
    scope = family()
    services.set_basis(SYSTEM, DUTY, "consent", [], clock=CLOCK)
    agree(scope, "")
    Duty.objects.filter(code=DUTY).update(purpose_zh="别的用途")
    assert answer_to(scope) == "consent_missing"
    agree(scope, "")
    assert answer_to(scope) == "reported"
    assert Consent.objects.filter(withdrawn_at=None).count() == 1


def test_others_children_cannot_be_spoken_for() -> None:
    opened_city(pupils=2)
    services.set_basis(SYSTEM, DUTY, "consent", [], clock=CLOCK)
    with pytest.raises(DomainError) as error:
        services.give(
            family("H2"), child("K1-1").pk, DUTY, [""], capacity="guardian", digest=notice_digest(family()),
            clock=CLOCK,
        )  # fmt: skip
    assert code_of(error) == "out_of_scope"
    with pytest.raises(DomainError) as error:
        services.withdraw(family("H2"), child("K1-1").pk, DUTY, "", clock=CLOCK)
    assert code_of(error) == "out_of_scope"


def test_from_fourteen_on_it_is_said_who_consents() -> None:
    opened_city(pupils=1)
    services.set_basis(SYSTEM, DUTY, "consent", [], clock=CLOCK)
    Person.objects.filter(code="K1-1").update(birth_date=date(2012, 11, 23))
    with pytest.raises(DomainError) as error:
        agree(family(), "")
    assert code_of(error) == "bad_capacity"
    agree(family(), "", capacity="pupil")
    assert Consent.objects.get().capacity == "pupil"
    with pytest.raises(DomainError) as error:
        agree(family(), "", code="K2-1", capacity="pupil")  # no birth date: the stricter case
    assert code_of(error) == "bad_capacity"


def test_a_required_field_cannot_be_left_to_consent() -> None:
    opened_city(pupils=1)
    with pytest.raises(DomainError) as error:
        services.set_basis(SYSTEM, DUTY, "statutory", ["condition"], clock=CLOCK)
    assert code_of(error) == "bad_separate"


def test_consent_is_asked_once_a_batch_and_not_at_all_without_need() -> None:
    opened_city(pupils=3)
    scope = Scope("ma", households=frozenset(Household.objects.values_list("pk", flat=True)), powers=())
    counts = {}
    for basis, codes in (("statutory", ("K1-1",)), ("statutory ", ("K1-2", "K1-3")), ("consent", ("K2-1",)),
                         ("consent ", ("K2-2", "K2-3"))):  # fmt: skip
        services.set_basis(SYSTEM, DUTY, basis.strip(), [], clock=CLOCK)
        with CaptureQueriesContext(connection) as asked:
            send(*(report(code) for code in codes), scope=scope)
        counts[basis] = sum("consent_consent" in query["sql"] for query in asked)
    assert counts == {"statutory": 0, "statutory ": 0, "consent": 1, "consent ": 1}


class WithdrawnIsNotGiven(TestCase):
    """Whatever a family did before: after a withdrawal it has not agreed, and doing anything twice is doing it once."""

    @settings(max_examples=15, deadline=None)
    @given(acts=st.lists(st.tuples(st.booleans(), st.sampled_from(["", "trips", "family_ill"])), max_size=6))
    def test_the_last_act_decides(self, acts: list[tuple[bool, str]]) -> None:
        opened_city(pupils=1)
        scope = family()
        services.set_basis(SYSTEM, DUTY, "consent", ["trips", "family_ill"], clock=CLOCK)
        expected = set()
        for is_given, item in acts:
            if is_given:
                agree(scope, item)
                assert agree(scope, item) == 0
                expected.add(item)
            else:
                services.withdraw(scope, child().pk, DUTY, item, clock=CLOCK)
                assert not services.withdraw(scope, child().pk, DUTY, item, clock=CLOCK)
                expected.discard(item)
        held = queries.consents_in_force([child().pk], [_duty().id])
        assert {item for _, _, item in held} == expected
        told = (
            AuditEntry.objects.filter(act="consent.give").count()
            - AuditEntry.objects.filter(act="consent.withdraw").count()
        )
        assert told == len(expected)


@given(born=st.dates(date(1990, 1, 1), date(2026, 1, 1)), day=st.dates(date(2026, 1, 1), date(2040, 1, 1)))
def test_own_consent_begins_on_the_fourteenth_birthday_and_stays(born: date, day: date) -> None:
    assert consents_for_themselves(born, day) == (day >= years_after(born, OWN_CONSENT))
    assert age_on(day, born) >= 0


@given(made=st.dates(date(2026, 1, 1), date(2027, 1, 1)), n=st.integers(1, 30))
def test_a_deadline_is_the_nth_working_day(made: date, n: int) -> None:
    due = due_after(made, n, lambda day: day.weekday() < 5)
    between = sum(date.fromordinal(d).weekday() < 5 for d in range(made.toordinal() + 1, due.toordinal() + 1))
    assert between == n and due.weekday() < 5


def test_small_cells_are_not_told() -> None:
    assert [small_cell(n) for n in (0, 1, 4, 5)] == [0, "<5", "<5", 5]
