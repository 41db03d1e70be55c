"""Reading the roster: the only way to a unit or a person. Every list takes the viewer's scope first."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from notoneless.kernel.crypto import Personal, unseal
from notoneless.kernel.errors import DomainError
from notoneless.roster.models import Account, Grant, Person, Placement, Unit
from notoneless.roster.roles import ROLES, Held, powers_of, reading_paths
from notoneless.roster.scope import Scope
from notoneless.roster.tree import ids_of


@dataclass(frozen=True)
class PersonRef:
    """A person without personal data."""

    id: int
    code: str
    population: str
    household_id: int | None


@dataclass(frozen=True)
class PersonRow:
    """A person as a list shows one: the name decrypted. `tags` is the JSON text of the table."""

    id: int
    code: str
    name: str
    population: str
    tags: str
    household_id: int | None
    unit_id: int


def unit_by_code(scope: Scope, code: str) -> Unit:
    """Raises DomainError `unknown_unit` for the machine itself; for everyone else what does not exist and what is
    out of reach look alike: `out_of_scope`."""
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise DomainError("unknown_unit" if scope.is_everything else "out_of_scope", "unit")
    scope.require(unit.path)
    return unit


def unit_to(power: str, scope: Scope, code: str) -> Unit:
    """A unit at which the scope holds a power. Raises what `unit_by_code` raises, or DomainError `wrong_role`."""
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise DomainError("unknown_unit" if scope.is_everything else "out_of_scope", "unit")
    scope.require_power(power, unit.path)
    return unit


def unit_chain(scope: Scope, unit: Unit) -> list[Unit]:
    """The unit's ancestors and itself, root first, as far up as the scope reaches."""
    units = Unit.objects.in_bulk(ids_of(unit.path))
    chain = (units[unit_id] for unit_id in ids_of(unit.path) if unit_id in units)
    return [ancestor for ancestor in chain if scope.covers(ancestor.path)]


def account_named(username: str) -> Account:
    """Raises DomainError `unknown_account`."""
    account = Account.objects.filter(username=username).first()
    if account is None:
        raise DomainError("unknown_account", "username")
    return account


def account_or_none(username: str) -> Account | None:
    return Account.objects.filter(username=username).first()


def account_of_phone(phone_indexes: Sequence[str]) -> Account | None:
    """`phone_indexes`: by every key that is in use."""
    return Account.objects.filter(phone_index__in=phone_indexes, is_active=True).first()


def in_force(today: date) -> Q:
    """Grants that hold on a day."""
    return Q(ended_at=None, from_day__lte=today) & (Q(to_day=None) | Q(to_day__gt=today))


def scope_of(account: Account, today: date) -> Scope:
    """The reach of an account from the grants in force. An account that is switched off reaches nothing; a superuser
    reaches no more than the grants say."""
    if not account.is_active:
        return Scope(actor=account.get_username(), powers=())
    rows = Grant.objects.filter(in_force(today), account=account)
    households: set[int] = set()
    held: list[Held] = []
    for role, path, household_id, until in rows.values_list("role", "unit__path", "household_id", "qualified_until"):
        if household_id:
            households.add(household_id)
        elif path:
            held.append(Held(role, path, not ROLES[role].qualified or (until is not None and until >= today)))
    return Scope(account.get_username(), reading_paths(held), frozenset(households), powers=powers_of(held))


def scope_ends(account: Account, today: date) -> date | None:
    """The first day on which the account's reach is not what it is today: a grant or a qualification runs out, or one
    begins. None where nothing is known to change."""
    rows = Grant.objects.filter(account=account, ended_at=None).values_list("from_day", "to_day", "qualified_until")
    days = {day for from_day, to_day, _ in rows for day in (from_day, to_day) if day is not None}
    days |= {until + timedelta(days=1) for _, _, until in rows if until is not None}
    return min((day for day in days if day > today), default=None)


def persons_by_code(codes: Sequence[str]) -> dict[str, PersonRef]:
    """One statement. Codes that the roster does not know are not in the answer. No personal data, so no scope:
    callers check the scope of what they do with it."""
    found = Person.objects.filter(code__in=codes).values_list("id", "code", "population", "household_id")
    return {ref.code: ref for ref in (PersonRef(*row) for row in found)}


@dataclass(frozen=True)
class PlacedPerson:
    """A person and where they belonged on a day. No personal data but the tags."""

    id: int
    code: str
    population: str
    household_id: int | None
    unit_id: int
    path: str
    tags: frozenset[str]


def placed_on(scope: Scope, person: str | int, day: date) -> PlacedPerson:
    """Where a person, by code or id, belonged on a day. Raises DomainError `unknown_person`, `out_of_scope`,
    `no_placement`."""
    wanted = Q(person__code=person) if isinstance(person, str) else Q(person_id=person)
    placement = Placement.objects.select_related("person", "unit").filter(wanted, held_on(day)).first()
    if placement is None:
        held = Person.objects.filter(code=person) if isinstance(person, str) else Person.objects.filter(pk=person)
        if scope.is_everything:
            raise DomainError("no_placement" if held.exists() else "unknown_person", "person", day=day)
        raise DomainError("out_of_scope", "person")
    found, unit = placement.person, placement.unit
    if not scope.covers_person(unit.path, found.household_id):
        raise DomainError("out_of_scope", "person")
    tags = frozenset(json.loads(found.tags))
    return PlacedPerson(found.pk, found.code, found.population, found.household_id, unit.pk, unit.path, tags)


def units_of_people(ids: Collection[int], day: date) -> frozenset[int]:
    """The units to which any of these people belong on a day. Ids only, so no scope."""
    found: set[int] = set()
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), 5000):  # SQLite takes so many parameters, and not many more
        rows = Placement.objects.filter(held_on(day), person_id__in=wanted[start : start + 5000])
        found.update(rows.values_list("unit_id", flat=True))
    return frozenset(found)


def people_in_units(
    scope: Scope, unit_ids: Collection[int], *, day: date, populations: Collection[str] | None = None
) -> list[PersonRow]:
    """Who belongs to these units themselves (not what lies below) on a day, by unit and code. Callers page."""
    placements = _placements(scope).filter(held_on(day), unit_id__in=unit_ids)
    if populations is not None:
        placements = placements.filter(person__population__in=populations)
    return _people(placements.order_by("unit_id", "person__code"))


def children_of_household(scope: Scope) -> list[PersonRow]:
    """The pupils of the scope's households where they are placed now, by code."""
    placements = Placement.objects.filter(
        to_day=None, person__population="student", person__household_id__in=scope.households
    )
    return _people(placements.order_by("person__code"))


def names_of(scope: Scope, ids: Sequence[int]) -> dict[int, str]:
    """Decrypted names of those people whom the scope reaches now or reached before they moved; others are left out."""
    people = Person.objects.filter(id__in=ids)
    if not scope.is_everything:
        seen = _placements(scope).filter(person_id__in=ids).values("person_id")
        people = people.filter(Q(id__in=seen) | Q(household_id__in=scope.households))
    return {
        id_: unseal(bytes(sealed), context=code).name
        for id_, code, sealed in people.values_list("id", "code", "sealed")
    }


def personal_of(scope: Scope, ids: Iterable[int]) -> dict[int, Personal]:
    """Name, document number and phone of people whom the scope reaches now. For follow-up, one class at a time."""
    placements = _placements(scope).filter(to_day=None, person_id__in=list(ids))
    rows = placements.values_list("person_id", "person__code", "person__sealed")
    return {id_: unseal(bytes(sealed), context=code) for id_, code, sealed in rows}


def _placements(scope: Scope) -> QuerySet[Placement]:
    """Placements within the scope's subtrees, or of people of its households."""
    if scope.is_everything:
        return Placement.objects.all()
    reach = Q(person__household_id__in=scope.households)
    for path in scope.name_paths:
        reach |= Q(unit__path__startswith=path)
    return Placement.objects.filter(reach)


def held_on(day: date) -> Q:
    """Of placements and states: from their first day, up to the day before `to_day`."""
    return Q(from_day__lte=day) & (Q(to_day=None) | Q(to_day__gt=day))


def _people(placements: QuerySet[Placement]) -> list[PersonRow]:
    rows = placements.values_list(
        "person_id", "person__code", "person__sealed", "person__population", "person__tags", "person__household_id",
        "unit_id",
    )  # fmt: skip
    return [
        PersonRow(id_, code, unseal(bytes(sealed), context=code).name, population, tags, household_id, unit_id)
        for id_, code, sealed, population, tags, household_id, unit_id in rows
    ]


def codes_and_names(ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Code and decrypted name of people whose slots the caller has already found inside its scope."""
    rows = Person.objects.filter(id__in=ids).values_list("id", "code", "sealed")
    return {id_: (code, unseal(bytes(sealed), context=code).name) for id_, code, sealed in rows}


def names_of_units(codes: Collection[str]) -> dict[str, tuple[str, str]]:
    """Chinese and English names of units by code. Names of units are public, so no scope."""
    rows = Unit.objects.filter(code__in=codes).values_list("code", "name", "name_en")
    return {code: (name, name_en or name) for code, name, name_en in rows}


def units_under(scope: Scope, code: str) -> list[Unit]:
    """The open children of a unit, or the roots where `code` is empty, by code, as far as the scope reaches."""
    units = Unit.objects.filter(authority=unit_by_code(scope, code) if code else None, closed_on=None)
    return [unit for unit in units.order_by("code") if scope.covers(unit.path)]


def units_to(power: str, scope: Scope, code: str) -> list[Unit]:
    """The open children of a unit at which the scope holds a power, by code."""
    units = Unit.objects.filter(authority=unit_to(power, scope, code), closed_on=None)
    return [unit for unit in units.order_by("code") if scope.may(power, unit.path)]


@dataclass(frozen=True)
class GrantRef:
    """A role and where it reaches: a unit's subtree, or a household (then the unit's fields are empty)."""

    role: str
    unit_code: str
    unit_name: str
    unit_name_en: str
    level: str
    path: str
    household_id: int | None

    @property
    def desk(self) -> str:
        return ROLES[self.role].desk

    def label(self, language: str) -> str:
        return self.unit_name if language.startswith("zh") else self.unit_name_en or self.unit_name


def grants_of(account: Account, today: date) -> list[GrantRef]:
    """The account's own grants in force, by role and unit. None for an account that is switched off."""
    if not account.is_active:
        return []
    rows = Grant.objects.filter(in_force(today), account=account).order_by("role", "unit__code", "household_id")
    columns = ("role", "unit__code", "unit__name", "unit__name_en", "unit__level", "unit__path", "household_id")
    return [
        GrantRef(role, code or "", name or "", name_en or "", level or "", path or "", household_id)
        for role, code, name, name_en, level, path, household_id in rows.values_list(*columns)
    ]


def roots() -> list[str]:
    """The paths of the topmost units."""
    return list(Unit.objects.filter(authority=None, closed_on=None).order_by("path").values_list("path", flat=True))
