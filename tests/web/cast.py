"""Who signs in: one account for each role at the city of tests/builders.py, all with one invented password."""

import re
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client

from notoneless.roster.models import Account, Grant, Household, Unit

PASSWORD = "an-invented-password"
ROLES = {
    "parent": ("guardian", "H1"), "teacher": ("teacher", "K1"), "other_teacher": ("teacher", "L1"),
    "principal": ("school", "S"), "other_principal": ("school", "T"), "officer": ("officer", "D"),
    "city_officer": ("officer", "C"), "city_leader": ("leader", "C"), "inspector": ("inspector", "D"),
    "program": ("integration", "C"), "reporter": ("reporter", "S"), "gate": ("gate", "S"), "partner": ("partner", "D"),
    "system_admin": ("system_admin", "C"), "security_admin": ("security_admin", "C"),
    "audit_admin": ("audit_admin", "C"), "wall": ("wall", "C"),
}  # fmt: skip


@cache
def _hashed(hasher: str) -> str:
    """Hashing is slow on purpose; once for each hasher is enough."""
    return make_password(PASSWORD)


def make_account(name: str, *grants: tuple[str, str], **fields: Any) -> Account:
    """Grants are (role, code of a unit; of a household for a guardian)."""
    account = Account.objects.create(username=name, password=_hashed(settings.PASSWORD_HASHERS[0]), **fields)
    for role, code in grants:
        if role == "guardian":
            Grant.objects.create(account=account, role=role, household=Household.objects.get(code=code))
        else:
            Grant.objects.create(
                account=account, role=role, unit=Unit.objects.get(code=code),
                qualified_until=date(2027, 1, 1) if role == "reporter" else None,
            )  # fmt: skip
    return account


def make_cast() -> None:
    for name, grant in ROLES.items():
        make_account(name, grant)
    make_account("nobody")


def signed_in(name: str, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(Account.objects.get(username=name))
    return client


def text_of(answer: HttpResponseBase) -> str:
    assert isinstance(answer, HttpResponse)
    return answer.content.decode()


def draft_in(answer: HttpResponseBase) -> str:
    found = re.search(r'name="draft" value="([^"]+)"', text_of(answer))
    assert found is not None, "the page has no form"
    return found[1]
