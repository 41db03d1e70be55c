"""Who belongs to a school, a page at a time, found by class, name or number."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from notoneless.kernel.crypto import unseal
from notoneless.kernel.errors import DomainError
from notoneless.roster import queries
from notoneless.roster.models import Placement, Unit
from notoneless.roster.roles import NAMES
from notoneless.roster.scope import Scope

POPULATIONS = ("student", "staff")
"""Relatives are seen with their child, and not listed."""


@dataclass(frozen=True)
class PersonLine:
    """A person of a list: no document, telephone or birthday, which a list does not need."""

    id: int
    code: str
    name: str
    population: str
    unit: Unit


def unit_of_people(scope: Scope, code: str) -> Unit:
    """A school or class whose people the scope sees by name. Raises DomainError `out_of_scope`, `wrong_role`."""
    unit = queries.unit_to(NAMES, scope, code)
    if unit.level not in ("school", "class"):
        raise DomainError("wrong_role")
    return unit


def classes_of(scope: Scope, unit: Unit) -> list[Unit]:
    """The open classes of a school, by code."""
    found = Unit.objects.filter(path__startswith=unit.path, level="class", closed_on=None).order_by("code")
    return [one for one in found if scope.may(NAMES, one.path)]


def placements_below(unit: Unit, day: date) -> "QuerySet[Placement]":
    """Of pupils and staff, on a day. Callers have asked whether the unit may be read."""
    return Placement.objects.filter(
        queries.held_on(day), unit__path__startswith=unit.path, person__population__in=POPULATIONS
    )


def people_of(
    scope: Scope, unit: Unit, *, day: date, population: str = "", search: str = "", limit: int, offset: int
) -> tuple[int, list[PersonLine]]:
    """How many, and this slice, by unit and number.

    Names are sealed, so a search opens those of the whole unit, a school at most; what is not found is not shown.
    """
    rows = placements_below(unit, day)
    if population in POPULATIONS:
        rows = rows.filter(person__population=population)
    rows = rows.filter(unit_id__in=[one.pk for one in _named(scope, unit)])
    columns = ("person_id", "person__code", "person__sealed", "person__population", "unit_id")
    ordered = rows.order_by("unit__code", "person__code").values_list(*columns)
    if search:
        wanted = search.casefold()
        lines = [
            (id_, code, name, kind, unit_id)
            for id_, code, sealed, kind, unit_id in ordered.iterator()
            for name in (unseal(bytes(sealed), context=code).name,)
            if wanted in code.casefold() or wanted in name.casefold()
        ]
        total, lines = len(lines), lines[offset : offset + limit]
    else:
        total = rows.count()
        lines = [
            (id_, code, unseal(bytes(sealed), context=code).name, kind, unit_id)
            for id_, code, sealed, kind, unit_id in ordered[offset : offset + limit]
        ]
    units = Unit.objects.in_bulk({line[4] for line in lines})
    return total, [PersonLine(id_, code, name, kind, units[unit_id]) for id_, code, name, kind, unit_id in lines]


def _named(scope: Scope, unit: Unit) -> list[Unit]:
    """The unit and what lies below it, as far as names are seen."""
    return [one for one in Unit.objects.filter(path__startswith=unit.path) if scope.may(NAMES, one.path)]
