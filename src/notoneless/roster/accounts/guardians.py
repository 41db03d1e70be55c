"""Who of a class's families has joined: for the class teacher, phones masked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from notoneless.kernel.crypto import unseal
from notoneless.roster import queries as roster_queries
from notoneless.roster.masks import mask_phone
from notoneless.roster.models import Account, Grant
from notoneless.roster.queries import PersonRow


@dataclass(frozen=True)
class Guardian:
    """A guardian's account in a household. `phone` is masked; empty while a lost one waits for its successor."""

    account: int
    household: int
    phone: str


def guardians_of(rows: Iterable[PersonRow], today: date) -> dict[int, list[Guardian]]:
    """By household of people whom the caller has found inside its scope."""
    households = {row.household_id for row in rows if row.household_id is not None}
    found: dict[int, list[Guardian]] = {household: [] for household in households}
    grants = Grant.objects.filter(
        roster_queries.in_force(today), household_id__in=households, role="guardian", account__is_active=True
    )
    for grant in grants.select_related("account").order_by("pk"):
        assert grant.household_id is not None  # noqa: S101 - asked for by it
        found[grant.household_id].append(
            Guardian(grant.account_id, grant.household_id, mask_phone(phone_of(grant.account)))
        )
    return found


def phone_of(account: Account) -> str:
    """The whole number; empty where there is none."""
    return unseal(bytes(account.phone), context=account.get_username()).phone if account.phone else ""
