"""Numbers are masked until somebody says why; then one of them is shown, and it is written down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notoneless.kernel import audit
from notoneless.kernel.crypto import Personal, seal
from notoneless.kernel.models import AuditEntry
from notoneless.roster.accounts import codes
from notoneless.roster.masks import mask_document, mask_name, mask_phone
from notoneless.roster.models import Account, Person
from tests.builders import opened_city
from tests.web.cast import make_cast, signed_in, text_of

PHONE, MOTHER, DOCUMENT = "13700137001", "13600136002", "410102201501011234"


@given(st.text(alphabet="0123456789X", min_size=1, max_size=20))
def test_mask_keeps_the_length_and_hides_most(number: str) -> None:
    for masked in (mask_phone(number), mask_document(number)):
        assert len(masked) == len(number)
        assert masked.count("*") >= min(len(number), 2) if len(number) > 1 else masked == "*"
    assert mask_document(number)[2:].strip("*") == ""


@pytest.mark.parametrize(("name", "masked"), [("张", "*"), ("张三", "张*"), ("欧阳娜娜", "欧**娜"), ("", "")])
def test_names_are_masked_by_their_length(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.fixture
def child() -> int:
    opened_city(pupils=2)
    make_cast()
    person = Person.objects.get(code="K1-1")
    person.sealed = seal(Personal("王小明", DOCUMENT, PHONE), context=person.code)
    person.save()
    parent = Account.objects.get(username="parent")
    parent.phone, parent.phone_index = seal(Personal("", phone=MOTHER), context="parent"), codes.phone_index(MOTHER)
    parent.save()
    return person.pk


@pytest.mark.django_db
def test_page_shows_masks_and_one_number_for_a_reason(child: int) -> None:
    client, address = signed_in("teacher"), f"/people/{child}/contact/"
    page = text_of(client.get(address))
    assert "137****7001" in page and "136****6002" in page and "41****************" in page
    assert not any(number in page for number in (PHONE, MOTHER, DOCUMENT))
    assert client.post(address, {"key": "phone", "reason": " "}).status_code == 422
    assert not AuditEntry.objects.filter(act="unmask").exists()
    shown = text_of(client.post(address, {"key": "phone", "reason": "fever, not reached by message"}))
    assert PHONE in shown and MOTHER not in shown
    entry = AuditEntry.objects.get(act="unmask")
    assert (entry.actor, entry.subject) == ("teacher", audit.person_subject("K1-1"))
    assert entry.detail == {"field": "phone", "why": "fever, not reached by message"}
    assert PHONE not in str(list(AuditEntry.objects.values()))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "key", "status"),
    [("teacher", "document", 422), ("reporter", "document", 200), ("principal", "document", 200),
     ("parent", "phone", 404), ("other_teacher", "phone", 404), ("inspector", "phone", 404),
     ("audit_admin", "document", 404), ("teacher", "guardian-999999", 422)],
)  # fmt: skip
def test_who_may_see_which_number_whole(child: int, name: str, key: str, status: int) -> None:
    answer = signed_in(name).post(f"/people/{child}/contact/", {"key": key, "reason": "asked by the doctor"})
    assert answer.status_code == status
    assert (DOCUMENT in text_of(answer)) == (status == 200 and key == "document")
