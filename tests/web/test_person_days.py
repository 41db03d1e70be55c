"""A person's days at the API: one row for each thing owed, for those who may see it."""

import pytest

from notoneless.kernel.clock import SystemClock
from notoneless.kernel.errors import DomainError
from notoneless.rollup.people import person_days
from notoneless.roster import queries as roster_queries
from notoneless.roster import tokens
from notoneless.roster.models import Household
from notoneless.roster.scope import SYSTEM, Scope
from tests.builders import DAY, opened_city, report, send
from tests.web.cast import make_cast
from tests.web.test_api import bearer

pytestmark = pytest.mark.django_db
ASKED = f"?until={DAY}&duty=daily-health&days=30"


def test_days_show_state_and_measures_but_no_answers() -> None:
    opened_city()
    make_cast()
    send(report("K1-1", answers={"condition": "unwell", "symptoms": ["cough"], "note": "很难受"}))
    answer = bearer("officer").get(f"/api/v1/people/K1-1/days{ASKED}")
    assert answer.status_code == 200
    (item,) = answer.json()["items"]
    assert (item["day"], item["state"], item["on_time"], item["unit"]) == (str(DAY), "reported", True, "K1")
    assert "symptom.cough" in item["measures"]
    assert "很难受" not in answer.content.decode() and "answers" not in item


def test_who_reaches_neither_unit_nor_household_cannot_tell_whether_there_is_such_a_person() -> None:
    units = opened_city()
    make_cast()
    elsewhere = Scope("x", (units["E"].path,))
    for code in ("K1-1", "NO-SUCH"):
        with pytest.raises(DomainError, match="out_of_scope"):
            person_days(elsewhere, code, "daily-health", DAY)
    with pytest.raises(DomainError, match="unknown_person"):
        person_days(SYSTEM, "NO-SUCH", "daily-health", DAY)
    home = Household.objects.get(code="H1").pk
    assert len(person_days(Scope("parent", (), frozenset([home])), "K1-1", "daily-health", DAY)) == 1
    with pytest.raises(DomainError, match="out_of_scope"):
        person_days(Scope("parent", (), frozenset([home])), "K1-2", "daily-health", DAY)


@pytest.mark.parametrize("days", [0, 367])
def test_span_is_bounded(days: int) -> None:
    opened_city(pupils=1)
    with pytest.raises(DomainError, match="bad_parameter"):
        person_days(SYSTEM, "K1-1", "daily-health", DAY, days=days)


def test_token_of_an_account_that_was_switched_off_is_refused() -> None:
    opened_city(pupils=1)
    make_cast()
    client = bearer("officer")
    assert client.get(f"/api/v1/people/K1-1/days{ASKED}").status_code == 200
    account = roster_queries.account_named("officer")
    account.is_active = False
    account.save()
    answer = client.get(f"/api/v1/people/K1-1/days{ASKED}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token_revoked")
    with pytest.raises(DomainError, match="account_off"):
        tokens.issue(account, clock=SystemClock())
