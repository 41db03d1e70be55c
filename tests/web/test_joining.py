"""Families without an account: slips, phones, one-time codes, lost phones, several hats."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notoneless.kernel.errors import DomainError
from notoneless.kernel.models import AuditEntry
from notoneless.roster.accounts import codes, invitations, texts
from notoneless.roster.accounts.failures import MOST
from notoneless.roster.models import Account, Grant, Invitation, OneTimeCode, OutgoingText, Person
from notoneless.roster.scope import SYSTEM
from notoneless.web.access import PLACES
from tests.builders import clock_at, opened_city
from tests.web.cast import make_account, make_cast, signed_in, text_of
from tests.web.conftest import SetTime

pytestmark = pytest.mark.django_db
PHONE, OTHER = "13800138000", "13900139000"
HERE = {"address": "127.0.0.1", "clock": clock_at(9)}


@pytest.fixture(autouse=True)
def cast(at: SetTime) -> None:
    at(9)
    opened_city(pupils=2)
    make_cast()


def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def slip(code: str = "K1-2") -> str:
    return invitations.invite(SYSTEM, code, clock=clock_at(9)).code


def sent_code(phone: str) -> str:
    text = next(one.text for one in texts.dry_run_texts() if one.phone == phone)
    found = re.search(r"\d{6}", text)
    assert found is not None
    return found[0]


def join(code: str, phone: str, client: Client | None = None) -> Any:
    one = client or browser()
    one.get(f"/join/{code}/")
    one.post("/join/", {"act": "send", "phone": phone})
    return one.post("/join/", {"act": "code", "code": sent_code(phone)})


def test_slip_and_text_make_a_guardian_who_sees_only_that_household() -> None:
    code, client = slip(), browser()
    assert client.get(f"/join/{code}/")["Location"] == "/join/", "the code leaves the address at once"
    assert join(code, PHONE, client).status_code == 302
    account = Account.objects.get(phone_index=codes.phone_index(PHONE))
    assert not account.has_usable_password()
    page = text_of(client.get("/family/"))
    child = Person.objects.get(code="K1-2")
    assert list(Grant.objects.filter(account=account).values_list("role", "household")) == [
        ("guardian", child.household_id)
    ]
    assert "My children" in page
    assert client.get(f"/why/{Person.objects.get(code='K1-1').pk}/2026-11-23/").status_code == 404


def test_nothing_readable_of_phones_and_codes_is_kept() -> None:
    code = slip()
    join(code, PHONE)
    kept = str([list(model.objects.values()) for model in (Account, Invitation, OneTimeCode, OutgoingText, AuditEntry)])
    assert PHONE not in kept and code not in kept and code.replace("-", "") not in kept


def test_slip_works_once() -> None:
    code = slip()
    join(code, PHONE)
    client = browser()
    client.get(f"/join/{code}/")
    answer = client.post("/join/", {"act": "send", "phone": OTHER})
    assert answer.status_code == 422 and "wrong, used or too old" in text_of(answer)
    assert not Account.objects.filter(phone_index=codes.phone_index(OTHER)).exists()


def test_slip_grows_old_and_a_new_one_ends_the_old() -> None:
    old = slip()
    new = slip()
    with pytest.raises(DomainError, match="invitation_wrong"):
        invitations.open_invitation(old, **HERE)  # type: ignore[arg-type]
    assert invitations.open_invitation(new.lower().replace("-", " "), **HERE).pk  # type: ignore[arg-type]
    with pytest.raises(DomainError, match="invitation_wrong"):
        invitations.open_invitation(new, address="127.0.0.1", clock=clock_at(9 + 24 * 31))


def test_guessing_slips_ends_after_a_few_tries() -> None:
    client, right = browser(), slip()
    tried = [client.post("/join/", {"act": "slip", "invitation": f"AAAA-BBBB-{n:04d}"}).status_code for n in range(20)]
    assert tried.count(422) == MOST.here and set(tried[MOST.here :]) == {429}
    assert client.post("/join/", {"act": "slip", "invitation": right}).status_code == 429


def test_two_guardians_and_not_three() -> None:
    for phone in (PHONE, OTHER):
        assert join(slip(), phone).status_code == 302
    with pytest.raises(DomainError, match="guardians_full"):
        slip()


def test_teacher_who_is_a_parent_keeps_one_account_and_changes_hats() -> None:
    teacher = Account.objects.get(username="teacher")
    teacher.phone_index = codes.phone_index(PHONE)
    teacher.save()
    client = browser()
    join(slip("L1-1"), PHONE, client)
    assert Account.objects.filter(phone_index=codes.phone_index(PHONE)).count() == 1
    assert {grant.role for grant in Grant.objects.filter(account=teacher)} == {"teacher", "guardian"}
    page = text_of(client.get("/family/"))
    assert "nol-places" in page and "/class/" in page
    assert client.get("/class/K1/").status_code == 200
    assert list(PLACES)[:2] == ["guardian", "teacher"]


def test_parent_of_two_households_has_one_account() -> None:
    client = browser()
    join(slip("K1-2"), PHONE, client)
    OneTimeCode.objects.all().delete()  # the minute between two texts
    join(slip("K1-1"), PHONE, client)
    account = Account.objects.get(phone_index=codes.phone_index(PHONE))
    assert Grant.objects.filter(account=account, role="guardian").count() == 2


def test_lost_phone_is_out_at_once_and_the_new_one_takes_its_place() -> None:
    old = browser()
    join(slip(), PHONE, old)
    account = Account.objects.get(phone_index=codes.phone_index(PHONE))
    page = text_of(signed_in("teacher").get("/class/K1/families/"))
    assert "138****8000" in page and PHONE not in page
    answer = signed_in("teacher").post("/class/K1/families/", {"act": "lost", "person": "K1-2", "account": account.pk})
    code = re.findall(r"nol-secret mb-1\">([^<]+)<", text_of(answer))[0]
    assert old.get("/family/").status_code == 302
    join(code, OTHER)
    account.refresh_from_db()
    assert account.phone_index == codes.phone_index(OTHER)
    assert Grant.objects.filter(role="guardian", household=Person.objects.get(code="K1-2").household).count() == 1


@pytest.mark.parametrize(("name", "status"), [("teacher", 200), ("principal", 200), ("officer", 403), ("parent", 404),
                                              ("other_teacher", 404), ("gate", 404), ("audit_admin", 404)])  # fmt: skip
def test_families_are_seen_by_who_may_bind_them(name: str, status: int) -> None:
    assert signed_in(name).get("/class/K1/families/").status_code == status
    answer = signed_in(name).post("/class/K1/families/", {"act": "one", "person": "K1-2"})
    assert (answer.status_code == 200) == (status == 200)
    assert Invitation.objects.exists() == (status == 200)


def test_teacher_prints_no_slip_for_a_pupil_of_another_class() -> None:
    answer = signed_in("teacher").post("/class/K1/families/", {"act": "one", "person": "L1-1"})
    assert answer.status_code == 422 and not Invitation.objects.exists()


def test_slips_for_all_who_have_not_joined() -> None:
    client = signed_in("teacher")  # K1-1's family has joined: the cast's parent
    page = text_of(client.post("/class/K1/families/", {"act": "all"}))
    assert page.count("nol-slip") == page.count("nol-square") == 1 and "K1-2" in page
    assert Invitation.objects.filter(used_at=None).count() == 1


def test_sign_in_by_phone() -> None:
    join(slip(), PHONE)
    OneTimeCode.objects.all().delete()
    client = browser()
    assert client.post("/sign-in/phone/", {"act": "send", "phone": PHONE}).status_code == 302
    assert client.post("/sign-in/phone/", {"act": "code", "code": "000000"}).status_code == 422
    assert client.post("/sign-in/phone/", {"act": "code", "code": sent_code(PHONE)}).status_code == 302
    assert client.get("/family/").status_code == 200


def test_known_and_unknown_phones_are_told_alike_and_cost_the_same() -> None:
    join(slip(), PHONE)
    OneTimeCode.objects.all().delete()
    answers, queries = [], []
    for phone in (PHONE, OTHER):
        client = browser()
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.post("/sign-in/phone/", {"act": "send", "phone": phone})
        queries.append(len(caught))
        page = text_of(client.get("/sign-in/phone/"))
        answers.append(re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page))
    assert answers[0] == answers[1]
    assert queries[0] == queries[1]
    assert OutgoingText.objects.filter(channel="nobody").count() == 1


def test_code_is_tried_five_times_and_no_more() -> None:
    codes.send_code(PHONE, "join", **HERE)  # type: ignore[arg-type]
    right = sent_code(PHONE)
    for place in range(codes.TRIES):
        with pytest.raises(DomainError, match="code_wrong"):
            codes.take_code(PHONE, "join", f"x{right}", address=f"10.0.0.{place}", clock=clock_at(9))
    with pytest.raises(DomainError, match="code_wrong"):
        codes.take_code(PHONE, "join", right, address="10.0.0.99", clock=clock_at(9))


def test_code_is_for_one_purpose_one_phone_ten_minutes_and_one_use() -> None:
    codes.send_code(PHONE, "join", **HERE)  # type: ignore[arg-type]
    right = sent_code(PHONE)
    late = clock_at(9, int(codes.LIFE / timedelta(minutes=1)))
    for phone, purpose, clock in ((PHONE, "sign-in", clock_at(9)), (OTHER, "join", clock_at(9)), (PHONE, "join", late)):
        with pytest.raises(DomainError, match="code_wrong"):
            codes.take_code(phone, purpose, right, address="10.0.0.1", clock=clock)
    codes.take_code(PHONE, "join", right, **HERE)  # type: ignore[arg-type]
    with pytest.raises(DomainError, match="code_wrong"):
        codes.take_code(PHONE, "join", right, **HERE)  # type: ignore[arg-type]


def test_texts_to_one_phone_are_few() -> None:
    codes.send_code(PHONE, "join", **HERE)  # type: ignore[arg-type]
    with pytest.raises(DomainError, match="code_too_soon"):
        codes.send_code(PHONE, "join", **HERE)  # type: ignore[arg-type]
    for minute in range(1, codes.MOST_A_DAY):
        codes.send_code(PHONE, "join", address="127.0.0.1", clock=clock_at(9, minute))
    with pytest.raises(DomainError, match="too_many_codes"):
        codes.send_code(PHONE, "join", address="127.0.0.1", clock=clock_at(10))


@pytest.mark.parametrize("phone", ["", "12", "not a phone", "1" * 40, "１３８\x00"])
def test_phone_that_is_none_is_refused(phone: str) -> None:
    client = browser()
    assert client.post("/sign-in/phone/", {"act": "send", "phone": phone}).status_code in (400, 422)
    assert not OneTimeCode.objects.exists()


def test_phone_of_a_switched_off_account_opens_nothing() -> None:
    join(slip(), PHONE)
    Account.objects.filter(phone_index=codes.phone_index(PHONE)).update(is_active=False)
    OneTimeCode.objects.all().delete()
    client = browser()
    client.post("/sign-in/phone/", {"act": "send", "phone": PHONE})
    assert OutgoingText.objects.latest("pk").channel == "nobody"
    assert make_account("still-works").is_active
