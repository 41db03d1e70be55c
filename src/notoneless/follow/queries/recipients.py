"""Where a message can go: whose accounts, which phones, which browsers. Opened only when something is to be sent."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

import msgspec

from notoneless.follow.models import PushSubscription
from notoneless.kernel.crypto import unseal_text
from notoneless.roster import queries as roster_queries
from notoneless.roster.accounts.guardians import phone_of
from notoneless.roster.models import Account, Grant


class Keys(msgspec.Struct, frozen=True):
    """What the browser gave to encrypt for it (RFC 8291), in base64url."""

    p256dh: str
    auth: str


class Endpoint(msgspec.Struct, frozen=True):
    """A push subscription as a browser tells it (W3C Push API, `toJSON`)."""

    endpoint: str
    keys: Keys


@dataclass(frozen=True)
class Browser:
    """A subscription opened."""

    id: int
    to: Endpoint


@dataclass(frozen=True)
class Recipient:
    """Who gets one message. `kind`: family or staff; `phones` whole, the first that joined first."""

    kind: str
    language: str
    phones: tuple[str, ...] = ()
    browsers: tuple[Browser, ...] = field(default=())


def reachable(homes: Collection[int], today: date) -> frozenset[int]:
    """The households that somebody has joined: a guardian's account in force."""
    rows = Grant.objects.filter(
        roster_queries.in_force(today), household_id__in=list(homes), role="guardian", account__is_active=True
    )
    return frozenset(rows.values_list("household_id", flat=True))


def families(homes: Collection[int], today: date) -> dict[int, Recipient]:
    """By household; those that nobody has joined are left out."""
    grants = Grant.objects.filter(
        roster_queries.in_force(today), household_id__in=list(homes), role="guardian", account__is_active=True
    )
    by_home: dict[int, list[Account]] = {}
    for grant in grants.select_related("account").order_by("pk"):
        if grant.household_id is not None:
            by_home.setdefault(grant.household_id, []).append(grant.account)
    browsers = _browsers(account.pk for accounts in by_home.values() for account in accounts)
    return {home: _recipient("family", accounts, browsers) for home, accounts in by_home.items()}


def staff(units: Collection[int], roles: Collection[str], today: date) -> dict[int, Recipient]:
    """By unit: the holders of these roles at the unit itself."""
    grants = Grant.objects.filter(
        roster_queries.in_force(today), unit_id__in=list(units), role__in=list(roles), account__is_active=True
    )
    by_unit: dict[int, list[Account]] = {unit: [] for unit in units}
    for grant in grants.select_related("account").order_by("pk"):
        if grant.unit_id is not None:
            by_unit[grant.unit_id].append(grant.account)
    browsers = _browsers(account.pk for accounts in by_unit.values() for account in accounts)
    return {unit: _recipient("staff", accounts, browsers) for unit, accounts in by_unit.items()}


def browsers_of(account: Account) -> int:
    """How many browsers of an account take a push."""
    return PushSubscription.objects.filter(account=account).count()


def _recipient(kind: str, accounts: list[Account], browsers: dict[int, list[Browser]]) -> Recipient:
    phones = [phone for phone in (phone_of(account) for account in accounts) if phone]
    return Recipient(
        kind,
        next((account.language for account in accounts if account.language), "zh"),
        tuple(dict.fromkeys(phones)),
        tuple(browser for account in accounts for browser in browsers.get(account.pk, ())),
    )


def _browsers(accounts: Iterable[int]) -> dict[int, list[Browser]]:
    found: dict[int, list[Browser]] = {}
    rows = PushSubscription.objects.filter(account_id__in=list(accounts)).order_by("pk")
    for row in rows:
        told = msgspec.json.decode(unseal_text(bytes(row.sealed), row.code), type=Endpoint)
        found.setdefault(row.account_id, []).append(Browser(row.pk, told))
    return found
