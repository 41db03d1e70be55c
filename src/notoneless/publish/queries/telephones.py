"""Whom a family can call: the number of the nearest unit above each of its pupils that has given one."""

from dataclasses import dataclass
from datetime import date

from notoneless.publish.models import Telephone
from notoneless.publish.queries.family import telephone_places
from notoneless.roster import queries as roster_queries
from notoneless.roster.scope import Scope
from notoneless.roster.tree import ids_of


@dataclass(frozen=True)
class TelephoneInfo:
    """A number and the unit behind it, with the hours at which somebody answers."""

    unit_code: str
    unit_zh: str
    unit_en: str
    number: str
    hours_zh: str
    hours_en: str

    def label(self, language: str) -> str:
        return self.unit_zh if language.startswith("zh") else self.unit_en or self.unit_zh

    def hours(self, language: str) -> str:
        return self.hours_zh if language.startswith("zh") else self.hours_en or self.hours_zh


def telephones_of_households(scope: Scope, today: date) -> list[TelephoneInfo]:
    """Each number once, in the order of the pupils' units. Empty where nobody above has given one."""
    places = telephone_places(scope, today)
    above = {unit_id for path in places for unit_id in ids_of(path)}
    held = {row.unit_id: row for row in Telephone.objects.filter(unit_id__in=above).select_related("unit")}
    nearest = (next((one for one in reversed(ids_of(path)) if one in held), None) for path in places)
    return [_info(held[unit_id]) for unit_id in dict.fromkeys(nearest) if unit_id is not None]


def telephone_of(scope: Scope, unit_code: str) -> TelephoneInfo | None:
    """A unit's own. Raises DomainError `out_of_scope`, `unknown_unit`."""
    unit = roster_queries.unit_by_code(scope, unit_code)
    row = Telephone.objects.filter(unit=unit).select_related("unit").first()
    return None if row is None else _info(row)


def _info(row: Telephone) -> TelephoneInfo:
    return TelephoneInfo(row.unit.code, row.unit.name, row.unit.name_en, row.number, row.hours_zh, row.hours_en)
