"""The number at which a person answers families."""

from django.db import transaction

from notoneless.kernel import audit
from notoneless.kernel.clock import Clock
from notoneless.kernel.errors import DomainError
from notoneless.publish.models import Telephone
from notoneless.publish.rules import HOURS, has_hidden, is_telephone
from notoneless.roster import queries as roster_queries
from notoneless.roster.roles import RULE
from notoneless.roster.scope import Scope


def set_telephone(
    scope: Scope, unit_code: str, number: str, *, hours_zh: str = "", hours_en: str = "", clock: Clock
) -> None:
    """Give families a unit's number, in place of the one it had; an empty number takes it away.

    Raises DomainError `out_of_scope`, `unknown_unit`, `wrong_role`, `bad_phone`, `value_too_long`, `bad_text`.
    """
    unit = roster_queries.unit_to(RULE, scope, unit_code)
    given = " ".join(number.split())
    hours = {"hours_zh": hours_zh.strip(), "hours_en": hours_en.strip()}
    if given and not is_telephone(given):
        raise DomainError("bad_phone", "number")
    for name, text in hours.items():
        if has_hidden(text, lines=False):
            raise DomainError("bad_text", name)
        if len(text) > HOURS[name]:
            raise DomainError("value_too_long", name, limit=HOURS[name])
    with transaction.atomic():
        if given:
            told = {"number": given, "set_by": scope.actor, "set_at": clock.now(), **hours}
            Telephone.objects.update_or_create(unit=unit, defaults=told)
        else:
            Telephone.objects.filter(unit=unit).delete()
        audit.record(scope.actor, "telephone.set", f"unit:{unit.code}", clock=clock, detail={"has": bool(given)})
