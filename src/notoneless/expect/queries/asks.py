"""What households are asked on a day, and by whom: duties, surveys and notices counted alike.

An ask is one (duty, session) that a family is asked for, however many of its members owe it (one page gives them all),
or one notice or survey. The limit is policy data: the strictest that holds above any of the household's units.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from notoneless.expect.models import Notice, Policy
from notoneless.expect.queries.duties import DutyInfo, duties
from notoneless.expect.queries.reach import limits_on, nearest
from notoneless.kernel.sql import fetch
from notoneless.roster.models import Placement
from notoneless.roster.queries import unit_by_code
from notoneless.roster.scope import Scope
from notoneless.roster.tree import END, ids_of


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
class AskedDuty:
    """One session of a duty that a family is asked for: by which rules, and which units made them (zh, en)."""

    duty: DutyInfo
    session: int
    rules: tuple[tuple[str, str], ...]
    units: tuple[tuple[str, str], ...]

    def label(self, language: str) -> str:
        return self.duty.name(language)

    def sender(self, language: str) -> str:
        """Empty where only standing rules of the whole system ask."""
        return _joined(self.units, language)

    def why(self, language: str) -> str:
        return _joined(self.rules, language)


def _joined(pairs: Sequence[tuple[str, str]], language: str) -> str:
    is_zh = language.startswith("zh")
    return ("、" if is_zh else ", ").join(zh if is_zh else en or zh for zh, en in pairs)


@dataclass(frozen=True)
class Asks:
    """A household's digest of a day: duties, and notices newest first. `limit`: None where there is none."""

    owed: tuple[AskedDuty, ...]
    notices: tuple[NoticeInfo, ...]
    limit: int | None

    @property
    def duties(self) -> tuple[DutyInfo, ...]:
        return tuple(asked.duty for asked in self.owed)

    @property
    def shown(self) -> tuple[NoticeInfo, ...]:
        """Notices with their words; a letter has a page of its own."""
        return tuple(notice for notice in self.notices if notice.kind != "letter")

    @property
    def count(self) -> int:
        return len(self.owed) + len(self.notices)


def asks_of_households(scope: Scope, day: date) -> Asks:
    """What the scope's households are asked on a day, merged into one list."""
    households = sorted(scope.households)
    if not households:
        return Asks((), (), None)
    placements = list(
        Placement.objects.filter(
            Q(to_day=None) | Q(to_day__gt=day), from_day__lte=day, person__household_id__in=households
        ).values_list("person_id", "unit__path", "person__population")
    )
    pupils = [path for _, path, population in placements if population == "student"]
    above = {unit_id for path in pupils for unit_id in ids_of(path)}
    notices = [_info(row) for row in _sent(day).filter(unit_id__in=above).order_by("-made_at", "-pk")]
    held = limits_on(day)
    limits = [found.asks_a_day for path in pupils if (found := nearest(held, path)) is not None]
    owed = _owed([person_id for person_id, _, _ in placements], day)
    return Asks(owed, tuple(notices), min(limits, default=None))


def _owed(person_ids: Sequence[int], day: date) -> tuple[AskedDuty, ...]:
    """Each (duty, session) once, in the order of their ids, with all the rules by which members owe it."""
    known = {duty.id: duty for duty in duties().values() if duty.asked == "family"}
    if not person_ids or not known:
        return ()
    people, wanted = ", ".join(["%s"] * len(person_ids)), ", ".join(["%s"] * len(known))
    rows = fetch(
        f"SELECT DISTINCT duty_id, session, policy_id FROM person_slot WHERE respondent_id IN ({people}) AND day = %s"
        f" AND duty_id IN ({wanted}) AND state IN ('due', 'reported', 'missing') ORDER BY 1, 2, 3",
        [*person_ids, day, *sorted(known)],
    )
    by_ask: dict[tuple[int, int], list[int]] = {}
    for duty_id, session, policy_id in rows:
        by_ask.setdefault((duty_id, session), []).extend([policy_id] if policy_id else [])
    rules = Policy.objects.select_related("unit").in_bulk({rule for ids in by_ask.values() for rule in ids})
    return tuple(
        _asked(known[duty_id], session, [rules[one] for one in ids if one in rules])
        for (duty_id, session), ids in by_ask.items()
    )


def _asked(duty: DutyInfo, session: int, rules: Sequence[Policy]) -> AskedDuty:
    titles = dict.fromkeys((rule.title_zh, rule.title_en) for rule in rules if rule.title_zh)
    units = dict.fromkeys((rule.unit.name, rule.unit.name_en) for rule in rules if rule.unit is not None)
    return AskedDuty(duty, session, tuple(titles), tuple(units))


def notices_along(path: str, day: date) -> list[NoticeInfo]:
    """What units at, above and below a path have sent for a day, newest first: what its own families read anyway."""
    along = Q(unit_id__in=ids_of(path)) | Q(unit__path__gte=path, unit__path__lt=path + END)
    return [_info(row) for row in _sent(day).filter(along).order_by("-made_at", "-pk")]


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
