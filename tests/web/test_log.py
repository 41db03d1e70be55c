"""The log of acts: what goes into it, and who alone reads it."""

import pytest
from django.test import Client

from notoneless.kernel import audit
from notoneless.kernel.models import AuditEntry
from notoneless.roster import queries as roster_queries
from notoneless.roster import tokens
from notoneless.roster.models import Person
from notoneless.web.ui.days import CLOCK
from tests.builders import DAY, opened_city
from tests.web.cast import make_cast, signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def cast() -> None:
    opened_city(pupils=2)
    make_cast()


def acts(act: str) -> list[tuple[str, str]]:
    return list(AuditEntry.objects.filter(act=act).order_by("number").values_list("actor", "subject"))


def test_lists_of_names_and_records_are_written_down_on_pages_and_at_the_api() -> None:
    asked = f"day={DAY}&duty=daily-health"
    signed_in("officer").get(f"/bureau/D/missing/?{asked}")
    signed_in("principal").get("/school/S/")
    signed_in("teacher").get("/class/K1/families/")
    signed_in("officer").get(f"/api/v1/units/D/missing?{asked}")
    assert acts("names.read") == [
        ("officer", "unit:D"), ("principal", "unit:S"), ("teacher", "unit:K1"), ("officer", "unit:D"),
    ]  # fmt: skip
    signed_in("officer").get(f"/api/v1/people/K1-1/days?until={DAY}&duty=daily-health")
    signed_in("parent").get(f"/api/v1/people/K1-1/days?until={DAY}&duty=daily-health")
    assert acts("record.read") == [("officer", audit.person_subject("K1-1"))], "one's own child is not written down"


def test_refusals_name_the_page_and_not_what_was_asked_for() -> None:
    other = Person.objects.get(code="K1-1").pk
    signed_in("other_teacher").get("/class/K1/")
    signed_in("other_teacher").get(f"/bureau/K1/people/{other}/")
    signed_in("inspector").get("/unit/D/policies/")
    signed_in("other_teacher").get("/api/v1/units/S/missing?day=2026-11-23&duty=daily-health")
    assert acts("refused") == [
        ("other_teacher", "page:class_page"), ("other_teacher", "page:bureau_person"), ("inspector", "page:policies"),
        ("other_teacher", "page:api:missing"),
    ]  # fmt: skip
    assert "K1" not in str(list(AuditEntry.objects.filter(act="refused").values()))


def test_entries_say_where_they_came_from_and_hold_their_digest() -> None:
    signed_in("officer").get("/bureau/D/missing/", REMOTE_ADDR="10.9.8.7")
    entry = AuditEntry.objects.get(act="names.read")
    assert entry.origin == "10.9.8.7" and audit.origin.get() == ""
    assert audit.verify().faults == ()
    AuditEntry.objects.filter(pk=entry.pk).update(origin="10.0.0.1")
    assert [fault.kind for fault in audit.verify().faults] == ["changed"]
    AuditEntry.objects.filter(pk=entry.pk).update(origin="")
    assert [fault.kind for fault in audit.verify().faults] == ["changed"]


def test_log_is_searched_by_the_audit_administrator_and_the_search_is_written_down() -> None:
    signed_in("other_teacher").get("/class/K1/")
    reader = signed_in("audit_admin")
    page = text_of(reader.get("/office/log/?act=refused&actor=other_teacher"))
    assert "page:class_page" in page and "audit_admin" not in page.split("list-group")[1]
    assert acts("audit.search") == [("audit_admin", "audit")]
    assert "page:class_page" not in text_of(reader.get("/office/log/?act=refused&actor=nobody-else"))
    assert "page:class_page" in text_of(reader.get(f"/office/log/?first_day={DAY}&last_day={DAY}"))
    assert "page:class_page" not in text_of(reader.get("/office/log/?last_day=2026-11-22"))
    assert reader.get("/office/log/?first_day=yesterday").status_code == 422


def test_search_by_an_act_finds_its_kinds() -> None:
    audit.record("x", "grant.give", "account:1", clock=CLOCK)
    audit.record("x", "grantor", "account:1", clock=CLOCK)
    total, found = audit.search(act="grant", limit=10, offset=0)
    assert (total, [one.act for one in found]) == (1, ["grant.give"])


def test_token_refused_at_the_api_is_written_down_under_its_account() -> None:
    token = tokens.issue(roster_queries.account_named("other_teacher"), clock=CLOCK)
    client = Client(headers={"authorization": f"Bearer {token}"})
    assert client.get("/api/v1/units/D/completeness?day=2026-11-23&duty=daily-health").status_code == 404
    assert acts("refused") == [("other_teacher", "page:api:completeness")]
