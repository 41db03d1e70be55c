"""Requests of families: deadlines, answers in writing, copies, what the level above sees."""

import io
import json
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from notoneless.consent import queries, services
from notoneless.consent.models import PrivacyRequest
from notoneless.kernel import audit
from notoneless.kernel.errors import DomainError
from notoneless.kernel.models import AuditEntry
from notoneless.roster.models import Person, Unit
from notoneless.roster.scope import Scope
from tests.builders import DAY, clock_at, opened_city, report, send
from tests.consent.test_consents import child, family

pytestmark = pytest.mark.django_db
CLOCK = clock_at(9)


def principal(code: str = "S") -> Scope:
    return Scope("principal", paths=(Unit.objects.get(code=code).path,))


def ask(kind: str = "copy", text: str = "", scope: Scope | None = None) -> PrivacyRequest:
    return services.make_request(scope or family(), child().pk, kind, text, clock=CLOCK)


def answer(request: PrivacyRequest, *, is_granted: bool = True, text: str = "", **more: object) -> PrivacyRequest:
    return services.answer_request(
        principal(), "S", request.pk, is_granted=is_granted, answer=text, clock=CLOCK, **more  # type: ignore[arg-type]
    )  # fmt: skip


def test_the_deadline_is_fifteen_working_days() -> None:
    opened_city(pupils=1)
    assert ask().due_on == date(2026, 12, 14)  # a Monday, three weeks without a holiday later


def test_the_same_request_twice_is_one() -> None:
    opened_city(pupils=1)
    assert ask().pk == ask().pk
    assert ask(text="只要体温").pk != ask().pk
    assert AuditEntry.objects.filter(act="privacy.request").count() == 2


def test_open_requests_are_limited_and_others_children_are_unknown() -> None:
    opened_city(pupils=2)
    for number in range(5):
        ask(text=str(number))
    with pytest.raises(DomainError) as error:
        ask(text="6")
    assert error.value.code == "too_many_requests_open"
    with pytest.raises(DomainError) as error:
        ask(scope=family("H2"))
    assert error.value.code == "out_of_scope"


@pytest.mark.parametrize(("kind", "text", "code"), [
    ("sell", "", "bad_request_kind"), ("correct", " ", "value_required"), ("copy", "x" * 1001, "value_too_long"),
])  # fmt: skip
def test_a_request_that_cannot_be_answered_is_refused(kind: str, text: str, code: str) -> None:
    opened_city(pupils=1)
    with pytest.raises(DomainError) as error:
        ask(kind, text)
    assert error.value.code == code


def test_a_refusal_needs_reasons_and_an_answer_is_for_good() -> None:
    opened_city(pupils=1)
    request = ask("delete")
    with pytest.raises(DomainError) as error:
        answer(request, is_granted=False, text="  ")
    assert error.value.code == "reasons_required"
    answer(request, is_granted=False, text="依法须保存至学期末。")
    with pytest.raises(DomainError) as error:
        answer(request)
    assert error.value.code == "request_answered"
    request.refresh_from_db()
    assert (request.status, request.answer) == ("refused", "依法须保存至学期末。")


def test_a_request_is_answered_only_from_the_inbox_it_came_to() -> None:
    opened_city(pupils=1)
    request = ask()
    with pytest.raises(DomainError) as error:
        services.answer_request(principal("T"), "T", request.pk, is_granted=True, answer="", clock=CLOCK)
    assert error.value.code == "out_of_scope"


def test_an_accepted_deletion_is_handed_to_destruction_and_a_failing_one_answers_nothing() -> None:
    opened_city(pupils=1)
    handed: list[tuple[int, int]] = []

    def destroy(person_id: int, request_id: int) -> str:
        handed.append((person_id, request_id))
        return "D-1"

    def fail(person_id: int, request_id: int) -> str:
        raise DomainError("busy")

    request = ask("delete")
    with pytest.raises(DomainError):
        answer(request, destroy=fail)
    request.refresh_from_db()
    assert request.status == "open"
    answer(request, destroy=destroy)
    request.refresh_from_db()
    assert handed == [(child().pk, request.pk)]
    assert (request.status, request.certificate) == ("accepted", "D-1")


def test_a_copy_holds_what_every_stage_holds_and_is_logged() -> None:
    opened_city(pupils=1)
    send(report("K1-1", answers={"condition": "unwell", "note": "=1+1"}), report("K1-2"))
    Person.objects.filter(code="K1-1").update(birth_date=date(2016, 5, 1))
    request = ask()
    with pytest.raises(DomainError) as error:
        services.fetch_copy(family(), request.pk, "json", clock=CLOCK)  # not granted yet
    assert error.value.code == "out_of_scope"
    answer(request)
    read = {"role": "teacher", "unit": "K1"}
    audit.record("teacher", "record.read", audit.person_subject("K1-1"), clock=CLOCK, detail=read)
    held = json.loads(b"".join(services.fetch_copy(family(), request.pk, "json", clock=CLOCK)))
    assert held["person"][0]["name"] == "王小明"
    assert [one["answers"] for one in held["reports"]] == ['{"condition":"unwell","note":"=1+1"}']
    assert [one["state"] for one in held["days"] if one["duty"] == "daily-health"] == ["reported"]
    assert [one["act"] for one in held["acts"]] == ["privacy.request", "privacy.answer", "record.read", "privacy.copy"]
    assert "K1-2" not in json.dumps(held)
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(b"".join(services.fetch_copy(family(), request.pk, "xlsx", clock=CLOCK)))
    )
    assert len(book.sheet_names) == len(held) - 2
    assert AuditEntry.objects.filter(act="privacy.copy").count() == 2


def test_a_copy_can_be_fetched_for_thirty_days_by_its_household_alone() -> None:
    opened_city(pupils=2)
    request = ask()
    answer(request)
    for scope, clock in ((family("H2"), CLOCK), (family(), clock_at(24 * 31))):
        with pytest.raises(DomainError) as error:
            services.fetch_copy(scope, request.pk, "json", clock=clock)
        assert error.value.code == "out_of_scope"


def test_the_level_above_sees_what_is_overdue_by_count() -> None:
    opened_city(pupils=1)
    ask()
    answer(ask(text="again"))
    bureau = principal("D")
    before = queries.standing(bureau, "D", DAY, date(2026, 12, 14))
    after = queries.standing(bureau, "D", DAY, date(2026, 12, 15))
    assert [(line.unit, line.open, line.overdue, line.answered) for line in before] == [("D", 0, 0, 0), ("S", 1, 0, 1)]
    assert [(line.unit, line.open, line.overdue, line.answered) for line in after] == [("D", 0, 0, 0), ("S", 1, 1, 1)]
