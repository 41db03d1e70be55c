"""Whom to call, and under which number a person is registered: masked, until somebody says why they need it whole."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from notoneless.kernel import audit
from notoneless.kernel.clock import Clock, day_of
from notoneless.kernel.crypto import unseal
from notoneless.kernel.errors import DomainError
from notoneless.roster import queries as roster_queries
from notoneless.roster.accounts.guardians import phone_of
from notoneless.roster.grants.giving import checked_reason
from notoneless.roster.masks import mask_document, mask_phone
from notoneless.roster.models import Grant, Person
from notoneless.roster.roles import CALL, UNMASK
from notoneless.roster.scope import Scope

Kind = Literal["phone", "guardian", "document"]
_POWER = {"phone": CALL, "guardian": CALL, "document": UNMASK}


@dataclass(frozen=True)
class Contact:
    """One number, masked. `key` names it; `may_unmask`: the viewer may see it whole, with a reason."""

    key: str
    kind: Kind
    masked: str
    may_unmask: bool


@dataclass(frozen=True)
class Contacts:
    """A person's numbers, as one page shows them."""

    person_id: int
    code: str
    name: str
    path: str
    items: tuple[Contact, ...]


def contacts_of(scope: Scope, person_id: int, today: date) -> Contacts:
    """Raises DomainError `out_of_scope` for whom the scope does not see by name, or who belongs nowhere today."""
    placed = roster_queries.placed_on(scope, person_id, today)
    name, numbers = _numbers(person_id, today)
    masks = {"phone": mask_phone, "guardian": mask_phone, "document": mask_document}
    items = tuple(
        Contact(key, kind, masks[kind](number), scope.may(_POWER[kind], placed.path))
        for key, (kind, number) in numbers.items()
    )
    return Contacts(person_id, placed.code, name, placed.path, items)


def unmask(scope: Scope, person_id: int, key: str, *, reason: str, clock: Clock) -> str:
    """The whole number, and an entry in the log that says who wanted it and why.

    Raises DomainError `out_of_scope`, `wrong_role`, `value_required`, `value_too_long`, `bad_text`.
    """
    today = day_of(clock.now())
    placed = roster_queries.placed_on(scope, person_id, today)
    why = checked_reason(reason)
    found = _numbers(person_id, today)[1].get(key)
    if found is None:
        raise DomainError("out_of_scope", "number")
    kind, number = found
    scope.require_power(_POWER[kind], placed.path)
    audit.record(scope.actor, "unmask", audit.person_subject(placed.code), clock=clock,
                 detail={"field": kind, "why": why})  # fmt: skip
    return number


def _numbers(person_id: int, today: date) -> tuple[str, dict[str, tuple[Kind, str]]]:
    """The name, and whole numbers by key: of the roster, and of the guardians who have joined."""
    person = Person.objects.get(pk=person_id)
    personal = unseal(bytes(person.sealed), context=person.code)
    found: dict[str, tuple[Kind, str]] = {}
    if person.household_id is not None:
        grants = Grant.objects.filter(
            roster_queries.in_force(today), household_id=person.household_id, role="guardian", account__is_active=True
        )
        for grant in grants.select_related("account").order_by("pk"):
            if number := phone_of(grant.account):
                found[f"guardian-{grant.account_id}"] = ("guardian", number)
    if personal.phone:
        found["phone"] = ("phone", personal.phone)
    if personal.id_number:
        found["document"] = ("document", personal.id_number)
    return personal.name, found
