"""Roles: who may give which, for how long, and that what ended is over."""

from datetime import date, timedelta

import pytest
from django.test import Client

from notoneless.kernel.clock import FixedClock, to_micros
from notoneless.kernel.errors import DomainError
from notoneless.kernel.models import AuditEntry
from notoneless.roster import grants, tokens
from notoneless.roster import queries as roster_queries
from notoneless.roster.accounts import making
from notoneless.roster.models import Account, Grant, Person, Placement, Unit
from notoneless.roster.roles import POWERS, ROLES, SIGN, Held, powers_of, reading_paths
from notoneless.roster.scope import Scope
from tests.builders import DAY, clock_at, opened_city
from tests.web.cast import make_account, make_cast, signed_in

pytestmark = pytest.mark.django_db
NOW = clock_at(9)


def scope(name: str, day: date = DAY) -> Scope:
    return roster_queries.scope_of(Account.objects.get(username=name), day)


def given(role: str, unit: str, to: str = "new", by: str = "security_admin", **more: object) -> Grant:
    term = grants.Term(more.pop("since", DAY), more.pop("until", None))  # type: ignore[arg-type]
    fields = {"reason": "order 7", "clock": NOW, **more}
    return grants.give(scope(by), to, role, unit, term, **fields)  # type: ignore[arg-type]


@pytest.fixture
def cast() -> None:
    opened_city(pupils=2)
    make_cast()
    make_account("new")


@pytest.mark.parametrize(
    ("by", "role", "unit", "code"),
    [
        ("principal", "teacher", "K1", ""), ("principal", "doctor", "S", ""), ("teacher", "substitute", "K1", ""),
        ("principal", "officer", "S", "role_not_yours"), ("principal", "teacher", "L1", "out_of_scope"),
        ("teacher", "teacher", "K1", "role_not_yours"), ("officer", "teacher", "K1", "wrong_role"),
        ("system_admin", "teacher", "K1", "out_of_scope"), ("audit_admin", "audit_admin", "C", "out_of_scope"),
        ("parent", "teacher", "K1", "out_of_scope"), ("security_admin", "officer", "D", ""),
        ("security_admin", "teacher", "S", "role_level"), ("security_admin", "guardian", "S", "no_such_role"),
        ("security_admin", "no-such", "S", "no_such_role"), ("security_admin", "reporter", "S", "not_qualified"),
    ],
)  # fmt: skip
def test_who_may_give_what(cast: None, by: str, role: str, unit: str, code: str) -> None:
    until = DAY + timedelta(days=3) if role == "substitute" else None
    if not code:
        assert given(role, unit, by=by, until=until).granted_by == by
        entry = AuditEntry.objects.filter(act="grant.give").latest("number")
        assert (entry.actor, entry.detail["role"], entry.detail["why"]) == (by, role, "order 7")
        return
    with pytest.raises(DomainError) as error:
        given(role, unit, by=by, until=until)
    assert error.value.code == code
    assert not Grant.objects.filter(account__username="new").exists()


def test_nobody_gives_a_role_to_themselves(cast: None) -> None:
    with pytest.raises(DomainError, match="own_grant"):
        given("officer", "C", to="security_admin")


@pytest.mark.parametrize("first", ["system_admin", "security_admin", "audit_admin"])
@pytest.mark.parametrize("second", ["system_admin", "security_admin", "audit_admin", "officer"])
def test_three_administrators_are_three_people(cast: None, first: str, second: str) -> None:
    given(first, "C")
    with pytest.raises(DomainError) as error:
        given(second, "C")
    assert error.value.code == ("role_held" if first == second else "roles_apart")


def test_administrator_is_refused_to_who_holds_a_role_in_the_future(cast: None) -> None:
    given("officer", "D", since=DAY + timedelta(days=30))
    with pytest.raises(DomainError, match="roles_apart"):
        given("audit_admin", "C")


def test_administrators_read_nothing_and_do_one_thing() -> None:
    for code, role in ROLES.items():
        if role.is_administrator:
            held = [Held(code, "000001.")]
            assert reading_paths(held) == ()
            assert len({name for name, _ in powers_of(held)} & set(POWERS)) == 1
            assert role.second_factor


def test_term_begins_and_ends_by_itself(cast: None) -> None:
    path = Unit.objects.get(code="K1").path
    given("substitute", "K1", since=DAY, until=DAY + timedelta(days=1))
    assert scope("new").may("report", path)
    assert not scope("new", DAY - timedelta(days=1)).covers(path)
    assert not scope("new", DAY + timedelta(days=1)).covers(path)
    with pytest.raises(DomainError, match="term_needed"):
        given("substitute", "K2")
    with pytest.raises(DomainError, match="term_needed"):
        given("substitute", "K2", until=DAY + timedelta(days=15))
    with pytest.raises(DomainError, match="days_out_of_order"):
        given("teacher", "K2", until=DAY)


def test_token_lives_no_longer_than_the_role(cast: None) -> None:
    given("substitute", "K1", until=DAY + timedelta(days=1))
    token = tokens.issue(Account.objects.get(username="new"), clock=NOW, hours=48)
    ring, revoked = tokens.keys(), tokens.revocations
    evening, after = (FixedClock(clock_at(hour).now() + timedelta(days=day)) for hour, day in ((23, 0), (0, 1)))
    assert tokens.read(token, ring=ring, revoked=revoked, now=to_micros(evening.now())).scope.paths
    with pytest.raises(DomainError, match="token_expired"):
        tokens.read(token, ring=ring, revoked=revoked, now=to_micros(after.now()))


def test_reporter_without_a_qualification_in_date_does_not_sign(cast: None) -> None:
    path = Unit.objects.get(code="S").path
    given("reporter", "S", qualification="ER-7", qualified_until=DAY)
    assert scope("new").may(SIGN, path) and scope("new").may("report", path)
    tomorrow = scope("new", DAY + timedelta(days=1))
    assert not tomorrow.may(SIGN, path) and tomorrow.may("report", path)


def test_role_that_was_taken_away_is_over_at_once(cast: None) -> None:
    client = signed_in("teacher")
    assert client.get("/class/K1/").status_code == 200
    grant = Grant.objects.get(account__username="teacher")
    grants.end_grant(scope("principal"), grant.pk, reason="left", clock=NOW)
    assert client.get("/class/K1/").status_code == 404
    with pytest.raises(DomainError, match="grant_ended"):
        grants.end_grant(scope("principal"), grant.pk, reason="again", clock=NOW)
    assert Grant.objects.get(pk=grant.pk).ended_by == "principal"


def test_handover_ends_one_as_the_other_begins(cast: None) -> None:
    path, grant = Unit.objects.get(code="K1").path, Grant.objects.get(account__username="teacher")
    monday = DAY + timedelta(days=7)
    grants.hand_over(scope("principal"), grant.pk, "new", monday, reason="term end", clock=NOW)
    for name, day, holds in (
        ("teacher", monday - timedelta(days=1), True), ("teacher", monday, False),
        ("new", monday - timedelta(days=1), False), ("new", monday, True),
    ):  # fmt: skip
        assert scope(name, day).may("report", path) == holds, (name, day)


def test_refused_handover_changes_nothing(cast: None) -> None:
    grant = Grant.objects.get(account__username="teacher")
    with pytest.raises(DomainError, match="unknown_account"):
        grants.hand_over(scope("principal"), grant.pk, "nobody-here", DAY, reason="x", clock=NOW)
    assert Grant.objects.get(pk=grant.pk).ended_at is None


def test_who_leaves_the_school_loses_the_role(cast: None) -> None:
    person = Person.objects.get(code="K1-1")
    account = make_account("staff", ("teacher", "K1"), ("officer", "D"), person=person)
    assert grants.end_grants_of_leavers([person.pk], clock=NOW) == 0
    Placement.objects.filter(person=person).update(to_day=DAY)
    assert grants.end_grants_of_leavers([person.pk], clock=NOW) == 1
    assert list(Grant.objects.filter(account=account, ended_at=None).values_list("role", flat=True)) == ["officer"]
    assert grants.end_grants_of_leavers(None, clock=NOW) == 0


def test_first_password_is_shown_once_and_must_be_changed(cast: None) -> None:
    account, first = making.make_account(scope("principal"), "mei", "S", clock=NOW)
    assert account.is_password_due and account.check_password(first)
    assert first not in str(list(AuditEntry.objects.values()))
    with pytest.raises(DomainError, match="username_taken"):
        making.make_account(scope("principal"), "mei", "S", clock=NOW)
    with pytest.raises(DomainError, match="bad_username"):
        making.make_account(scope("principal"), "a b\x00", "S", clock=NOW)


@pytest.mark.parametrize(
    ("name", "code"),
    [("teacher", ""), *((name, "out_of_scope") for name in ("officer", "parent", "principal", "other_teacher"))],
)
def test_password_is_reset_by_who_gives_all_its_roles(cast: None, name: str, code: str) -> None:
    if code:
        with pytest.raises(DomainError, match=code):
            making.reset_password(scope("principal"), name, reason="lost", clock=NOW)
        return
    client = signed_in(name)
    first = making.reset_password(scope("principal"), name, reason="lost", clock=NOW)
    assert Account.objects.get(username=name).check_password(first)
    assert client.get("/class/K1/").status_code == 302


def test_roles_page_gives_ends_and_asks_once_more(cast: None) -> None:
    client = signed_in("principal")
    said = {"act": "give", "username": "new", "role": "teacher", "unit": "K2", "reason": "order 7"}
    assert client.post("/unit/S/roles/", said).status_code == 302
    grant = Grant.objects.get(account__username="new")
    page = client.get("/unit/S/roles/").content.decode()
    assert f"/unit/S/roles/{grant.pk}/" in page and "Class teacher" in page
    assert client.post(f"/unit/S/roles/{grant.pk}/", {"act": "end"}).status_code == 422
    assert client.post(f"/unit/S/roles/{grant.pk}/", {"act": "end", "reason": "left"}).status_code == 302
    assert "new" not in client.get("/unit/S/roles/").content.decode().split("list-group")[1].split("</form>")[0]
    off = {"act": "off", "username": "teacher", "reason": "left"}
    assert client.post("/unit/S/roles/", off).status_code == 422
    assert client.post("/unit/S/roles/", {**off, "sure": "1"}).status_code == 302
    assert not Account.objects.get(username="teacher").is_active
    assert Client().post("/unit/S/roles/", said)["Location"].startswith("/sign-in/")
