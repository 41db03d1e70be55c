"""A family asks for deletion, the school grants it, and the child is gone: through the pages, with a certificate."""

import pytest

from notoneless.consent.models import PrivacyRequest
from notoneless.ledger.models import PersonSlot
from notoneless.retain import queries
from notoneless.retain.models import Certificate
from notoneless.roster.models import Household, Person
from tests.builders import opened_city, report, send
from tests.web.cast import make_cast, signed_in

pytestmark = pytest.mark.django_db


def test_granted_deletion_destroys_the_child_and_leaves_a_certificate() -> None:
    opened_city(pupils=2)
    make_cast()
    send(report("K1-1"))
    child = Person.objects.get(code="K1-1")
    home, siblings = (
        child.household_id or 0,
        Person.objects.filter(household=child.household).exclude(pk=child.pk).count(),
    )
    signed_in("parent").post("/family/requests/", {"person": child.pk, "kind": "delete", "text": ""})
    request = PrivacyRequest.objects.get()
    page = {"request": request.pk, "outcome": "grant", "answer": "granted"}
    assert signed_in("principal").post("/unit/S/requests/", page).status_code == 302
    assert not Person.objects.filter(pk=child.pk).exists()
    assert not PersonSlot.objects.filter(respondent_id=child.pk).exists()
    assert Household.objects.filter(pk=home).exists() == (siblings > 0)
    certificate = Certificate.objects.get()
    assert certificate.approved_by == "principal" and queries.is_whole(certificate.pk)
