"""What households are asked on a day, and by whom: duties, surveys and notices counted alike.

An ask is one (duty, session) that a family is asked for, however many of its members owe it (one page gives them all),
or one notice or survey. The limit is policy data: the strictest that holds above any of the household's units.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from notoneless.expect.models import AskLimit, Duty, Notice
from notoneless.expect.queries.duties import DutyInfo, duties
from notoneless.kernel.sql import fetch
from notoneless.roster.models import Placement, Unit
from notoneless.roster.queries import unit_by_code
from notoneless.roster.scope import Scope
from notoneless.roster.tree import END, SEGMENT, ids_of


def limit_above(path: str, day: date) -> tuple[int, str] | None:
    """The limit of the nearest unit at or above a path, with what is done over it; None where there is none."""
    in_force = AskLimit.objects.filter(Q(effective_to=None) | Q(effective_to__gte=day), effective_from__lte=day)
    limits = {limit.unit_id: (limit.asks_a_day, limit.over) for limit in in_force.order_by("pk")}
    return next((limits[unit_id] for unit_id in [*reversed(ids_of(path)), None] if unit_id in limits), None)


@dataclass(frozen=True)
class NoticeInfo:
    """A notice or survey as its readers and its sender see it."""

    id: int
    kind: str
    unit_zh: str
    unit_en: str
    title_zh: str
    title_en: str
    body_zh: str
    body_en: str
    link: str
    day: date | None
    wanted_day: date
    status: str
    reason: dict[str, int]

    def label(self, language: str) -> str:
        return self.title_zh if language.startswith("zh") else self.title_en or self.title_zh

    def body(self, language: str) -> str:
        return self.body_zh if language.startswith("zh") else self.body_en or self.body_zh

    def sender(self, language: str) -> str:
        return self.unit_zh if language.startswith("zh") else self.unit_en or self.unit_zh


@dataclass(frozen=True)
class Asks:
    """A household's digest of a day: duties, and notices newest first. `limit`: None where there is none."""

    duties: tuple[DutyInfo, ...]
    notices: tuple[NoticeInfo, ...]
    limit: int | None

    @property
    def count(self) -> int:
        return len(self.duties) + len(self.notices)


def asks_of_households(scope: Scope, day: date) -> Asks:
    """What the scope's households are asked on a day, merged into one list."""
    households = sorted(scope.households)
    if not households:
        return Asks((), (), None)
    placements = list(
        Placement.objects.filter(person__household_id__in=households, to_day=None).values_list(
            "person_id", "unit__path", "person__population"
        )
    )
    known = {duty.id: duty for duty in duties().values() if duty.asked == "family"}
    owed = _owed([person_id for person_id, _, _ in placements], day, sorted(known))
    pupils = [path for _, path, population in placements if population == "student"]
    above = {unit_id for path in pupils for unit_id in ids_of(path)}
    notices = [_info(row) for row in _sent(day).filter(unit_id__in=above).order_by("-made_at", "-pk")]
    limits = [found[0] for path in pupils if (found := limit_above(path, day)) is not None]
    return Asks(tuple(known[duty_id] for duty_id, _ in owed), tuple(notices), min(limits, default=None))


def _owed(person_ids: Sequence[int], day: date, duty_ids: Sequence[int]) -> list[tuple[int, int]]:
    if not person_ids or not duty_ids:
        return []
    people, wanted = ", ".join(["%s"] * len(person_ids)), ", ".join(["%s"] * len(duty_ids))
    rows = fetch(
        f"SELECT DISTINCT duty_id, session FROM person_slot WHERE respondent_id IN ({people}) AND day = %s"
        f" AND duty_id IN ({wanted}) AND state IN ('due', 'reported', 'missing') ORDER BY 1, 2",
        [*person_ids, day, *duty_ids],
    )
    return [(duty_id, session) for duty_id, session in rows]


def _sent(day: date) -> QuerySet[Notice]:
    return Notice.objects.select_related("unit").filter(day=day, status="sent")


def _info(row: Notice) -> NoticeInfo:
    return NoticeInfo(
        row.pk, row.kind, row.unit.name, row.unit.name_en, row.title_zh, row.title_en, row.body_zh, row.body_en,
        row.link, row.day, row.wanted_day, row.status, dict(row.reason),
    )  # fmt: skip


def notices_of(scope: Scope, unit_code: str, *, limit: int, offset: int) -> tuple[int, list[NoticeInfo]]:
    """What a unit itself has sent, newest first."""
    unit = unit_by_code(scope, unit_code)
    found = Notice.objects.select_related("unit").filter(unit=unit).order_by("-made_at", "-pk")
    return found.count(), [_info(row) for row in found[offset : offset + limit]]


@dataclass(frozen=True)
class Reach:
    """How many households a notice would reach, and how many of them would be over their limit."""

    households: int
    over: int
    limit: int | None


def reach_of(path: str, day: date) -> Reach:
    """Households with a pupil in a subtree, and those that one more ask on this day would put over the limit.

    Set-based: the day's asks of each household are its duties that are open, and the notices above its pupils.
    """
    found = limit_above(path, day)
    family = list(Duty.objects.filter(asked="family").values_list("id", flat=True))
    marks = ", ".join(["%s"] * len(family)) or "0"
    rows = fetch(
        f"""
        WITH reached AS (
            SELECT DISTINCT p.household_id FROM roster_placement pl
            JOIN roster_person p ON p.id = pl.person_id JOIN roster_unit u ON u.id = pl.unit_id
            WHERE u.path >= %s AND u.path < %s AND pl.from_day <= %s AND (pl.to_day IS NULL OR pl.to_day > %s)
                  AND p.population = 'student' AND p.household_id IS NOT NULL
        ), owed AS (
            SELECT p.household_id, COUNT(DISTINCT s.duty_id * 100 + s.session) AS n
            FROM reached r JOIN roster_person p ON p.household_id = r.household_id
            JOIN person_slot s ON s.respondent_id = p.id AND s.day = %s AND s.duty_id IN ({marks})
                 AND s.state IN ('due', 'reported', 'missing')
            GROUP BY p.household_id
        ), told AS (
            SELECT p.household_id, COUNT(DISTINCT n.id) AS n
            FROM expect_notice n JOIN roster_unit nu ON nu.id = n.unit_id
            JOIN roster_unit u ON u.path >= nu.path AND u.path < nu.path || '~'
            JOIN roster_placement pl ON pl.unit_id = u.id
                 AND pl.from_day <= %s AND (pl.to_day IS NULL OR pl.to_day > %s)
            JOIN roster_person p ON p.id = pl.person_id AND p.population = 'student'
            JOIN reached r ON r.household_id = p.household_id
            WHERE n.day = %s AND n.status = 'sent'
            GROUP BY p.household_id
        )
        SELECT COUNT(*), SUM(CASE WHEN COALESCE(o.n, 0) + COALESCE(t.n, 0) + 1 > %s THEN 1 ELSE 0 END)
        FROM reached r LEFT JOIN owed o ON o.household_id = r.household_id
        LEFT JOIN told t ON t.household_id = r.household_id
        """,
        [path, path + END, day, day, day, *family, day, day, day, 10**9 if found is None else found[0]],
    )
    households, over = rows[0]
    return Reach(int(households), int(over or 0), None if found is None else found[0])


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


def report_of_asks(scope: Scope, unit_code: str, first_day: date, last_day: date) -> list[Burden]:
    """A line for the unit itself and one for each unit below it: slots that families owe, notices by what became of
    them. `duties` counts slots of all below; a unit's own line only notices of its own."""
    unit = unit_by_code(scope, unit_code)
    family = list(Duty.objects.filter(asked="family").values_list("id", flat=True))
    children = list(Unit.objects.filter(authority=unit, closed_on=None).order_by("code"))
    notices = list(
        Notice.objects.filter(
            unit__path__startswith=unit.path, wanted_day__gte=first_day, wanted_day__lte=last_day
        ).values_list("unit__path", "status")
    )
    slots: dict[str, int] = {}
    cut = len(unit.path) + SEGMENT
    day = first_day
    while day <= last_day and family:
        marks = ", ".join(["%s"] * len(family))
        for head, n in fetch(
            f"SELECT substr(path, 1, %s), SUM(on_time + late + missing + due) FROM tally"
            f" WHERE day = %s AND duty_id IN ({marks}) AND path >= %s AND path < %s GROUP BY 1",
            [cut, day, *family, unit.path, unit.path + END],
        ):
            slots[head] = slots.get(head, 0) + int(n)
        day += timedelta(days=1)

    def line(code: str, zh: str, en: str, path: str, *, is_own: bool) -> Burden:
        of = [status for one, status in notices if (one == path if is_own else one.startswith(path))]
        asked = slots.get(path, 0)
        return Burden(code, zh, en, asked, of.count("sent"), of.count("queued"), of.count("refused"))

    own = line(unit.code, unit.name, unit.name_en, unit.path, is_own=True)
    return [own, *(line(c.code, c.name, c.name_en, c.path, is_own=False) for c in children)]
