"""Who holds which role below a unit."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from notoneless.kernel.errors import DomainError
from notoneless.roster import queries as roster_queries
from notoneless.roster.models import Grant
from notoneless.roster.roles import GRANT, ROLES, giving
from notoneless.roster.scope import Scope


@dataclass(frozen=True)
class GrantLine:
    """A grant as a list shows one. `may_end`: the viewer may take it away. `is_lapsed`: its qualification ran out."""

    id: int
    username: str
    role: str
    unit_code: str
    unit_name: str
    unit_name_en: str
    from_day: date
    to_day: date | None
    granted_by: str
    reason: str
    qualification: str
    qualified_until: date | None
    is_ended: bool
    is_lapsed: bool
    may_end: bool

    def label(self, language: str) -> str:
        return self.unit_name if language.startswith("zh") else self.unit_name_en


def grants_at(
    scope: Scope, unit_code: str, today: date, *, limit: int, offset: int, is_past: bool = False, username: str = ""
) -> tuple[int, list[GrantLine]]:
    """How many roles are held in a unit's subtree (or, `is_past`, were), and a page of them, by unit and role.

    Guardians are not among them: whose children go to which school is not for whoever gives roles. `username` narrows
    to one account. Raises what `unit_to` raises.
    """
    unit = roster_queries.unit_to(GRANT, scope, unit_code)
    found = Grant.objects.filter(unit__path__startswith=unit.path)
    over = Q(ended_at__isnull=False) | Q(to_day__lte=today)
    found = found.filter(over) if is_past else found.exclude(over)
    if username:
        found = found.filter(account__username=username)
    rows = found.select_related("account", "unit").order_by("unit__path", "role", "pk")[offset : offset + limit]
    return found.count(), [_line(scope, row, today) for row in rows]


def _line(scope: Scope, row: Grant, today: date) -> GrantLine:
    unit = row.unit
    assert unit is not None  # noqa: S101 - found by its path
    is_over = row.ended_at is not None or (row.to_day is not None and row.to_day <= today)
    is_lapsed = ROLES[row.role].qualified and (row.qualified_until is None or row.qualified_until < today)
    is_own = row.account.get_username() == scope.actor
    return GrantLine(
        row.pk, row.account.get_username(), row.role, unit.code, unit.name, unit.name_en or unit.name, row.from_day,
        row.to_day, row.granted_by, row.reason, row.qualification, row.qualified_until, is_over, is_lapsed,
        not is_over and not is_own and scope.may(giving(row.role), unit.path),
    )  # fmt: skip


def grant_line(scope: Scope, unit_code: str, grant_id: int, today: date) -> GrantLine:
    """One grant in a unit's subtree. Raises DomainError `out_of_scope`, or what `unit_to` raises."""
    unit = roster_queries.unit_to(GRANT, scope, unit_code)
    found = Grant.objects.filter(pk=grant_id, unit__path__startswith=unit.path).select_related("account", "unit")
    row = found.first()
    if row is None:
        raise DomainError("out_of_scope", "grant")
    return _line(scope, row, today)
