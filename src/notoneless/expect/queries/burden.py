"""Who asks families how much: slots that they owe and notices, by unit."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from notoneless.expect.models import Duty, Notice
from notoneless.kernel.sql import fetch
from notoneless.roster.models import Unit
from notoneless.roster.queries import unit_by_code
from notoneless.roster.scope import Scope
from notoneless.roster.tree import END, SEGMENT


@dataclass(frozen=True)
class Burden:
    """How much a unit, with all below it, asked of families in some days."""

    code: str
    name_zh: str
    name_en: str
    duties: int
    sent: int
    queued: int
    refused: int

    def label(self, language: str) -> str:
        return self.name_zh if language.startswith("zh") else self.name_en or self.name_zh


def report_of_asks(
    scope: Scope, unit_code: str, first_day: date, last_day: date, *, limit: int = 50, offset: int = 0
) -> tuple[int, list[Burden]]:
    """A line for the unit itself and one for each unit below it, by code: how many lines, and a page of them.

    `duties` counts the slots of families below; a unit's own line has only notices of its own. A notice counts on the
    day that its sender wanted. Raises DomainError `out_of_scope`.
    """
    unit = unit_by_code(scope, unit_code)
    children = Unit.objects.filter(authority=unit, closed_on=None).order_by("code")
    total = children.count() + 1
    shown = ([unit] if offset == 0 else []) + list(children[max(0, offset - 1) : max(0, offset + limit - 1)])
    slots = _slots(unit, first_day, last_day)
    notices: Counter[tuple[str, str]] = Counter()
    wanted = Notice.objects.filter(
        unit__path__gte=unit.path, unit__path__lt=unit.path + END, wanted_day__gte=first_day, wanted_day__lte=last_day
    )
    for path, status in wanted.values_list("unit__path", "status"):
        notices[path[: len(unit.path) + SEGMENT], status] += 1
    return total, [
        Burden(
            one.code, one.name, one.name_en, slots.get(one.path, 0), notices[one.path, "sent"],
            notices[one.path, "queued"], notices[one.path, "refused"],
        )
        for one in shown
    ]  # fmt: skip


def _slots(unit: Unit, first_day: date, last_day: date) -> Counter[str]:
    """Slots that families owe, by the path of the unit right below."""
    family = list(Duty.objects.filter(asked="family").values_list("id", flat=True))
    slots: Counter[str] = Counter()
    marks = ", ".join(["%s"] * len(family))
    day = first_day
    while day <= last_day and family:  # a day at a time: the index begins with it
        for head, n in fetch(
            "SELECT substr(path, 1, %s), SUM(on_time + late + missing + due) FROM tally"
            f" WHERE day = %s AND duty_id IN ({marks}) AND path >= %s AND path < %s GROUP BY 1",
            [len(unit.path) + SEGMENT, day, *family, unit.path, unit.path + END],
        ):
            slots[head] += int(n)
        day += timedelta(days=1)
    return slots
