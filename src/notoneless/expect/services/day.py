"""Open the day's ledger, keep it in line with the roster and the rules, and close it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from notoneless.expect import queries
from notoneless.expect.queries import DutyInfo
from notoneless.expect.rules import DayType, PolicyRule, Verdict, day_type_of, resolve
from notoneless.kernel import audit
from notoneless.kernel.clock import Clock, day_of, instant_on, to_micros
from notoneless.kernel.errors import DomainError
from notoneless.ledger import services as ledger
from notoneless.ledger.keys import GroupClaim, SessionKey, Window
from notoneless.ledger.models import DaySession, DayUnit
from notoneless.ledger.services import Merged
from notoneless.roster.tree import ids_of

PERSON_POPULATIONS = ("student", "staff", "relative")
Progress = Callable[[str, int, int], None]
"""Called with the duty's code, districts done and districts in all."""


def _silent(duty: str, done: int, total: int) -> None:
    return None


@dataclass
class OpenedDay:
    """What opening (or refreshing) a day did, by duty code; `is_known_year` False asks for a calendar entry."""

    day: date
    is_known_year: bool = True
    duties: dict[str, Merged] = field(default_factory=dict)


def open_day(
    day: date,
    *,
    clock: Clock,
    only: Sequence[int] | None = None,
    within: str = "",
    duty_codes: Collection[str] | None = None,
    progress: Progress = _silent,
) -> OpenedDay:
    """Freeze the tree and bring every duty's slots into line with the rules. Idempotent and restartable.

    `only` limits a refresh to these persons; `within` the tree to the subtree of a path; `duty_codes` the duties.
    An empty roster is no error: nothing is then expected.
    """
    if only is None:
        ledger.freeze_tree(day, within=within)
    national = queries.national_day(day)
    opened = OpenedDay(day, is_known_year=national.is_known)
    groups = _Groups(day)
    policies = queries.policies_on(day)
    for duty in queries.duties().values():
        is_left_out = duty_codes is not None and duty.code not in duty_codes
        if is_left_out or (only is not None and duty.respondent == "unit"):
            continue
        claims = list(groups.claims(duty, policies.get(duty.id, [])))
        total = Merged()
        for number, session in enumerate(duty.sessions):
            key = duty.key(day, number)
            row = ledger.open_session(
                key,
                session.window(day),
                locks_at=to_micros(instant_on(day, (duty.lock_days + 1) * 1440)),
                now=to_micros(clock.now()),
            )
            window = Window(to_micros(row.opens_at), to_micros(row.due_at), to_micros(row.closes_at))
            total += ledger.merge_claims(
                key, window, claims, only=only,
                progress=partial(progress, duty.code),
            )  # fmt: skip
        opened.duties[duty.code] = total
    return opened


class _Groups:
    """The units of a day with what the policies can see of them: path, stage, kind and day type."""

    def __init__(self, day: date) -> None:
        self.units: dict[int, DayUnit] = {unit.unit_id: unit for unit in DayUnit.objects.filter(day=day)}
        self.national = queries.national_day(day)
        self.overrides = queries.overrides_on(day)
        self._day_types: dict[tuple[tuple[int, ...], str], DayType] = {}
        self._marked = {override.unit_id for override in self.overrides}

    def claims(self, duty: DutyInfo, policies: Sequence[PolicyRule]) -> Iterator[GroupClaim]:
        """One claim a unit and population that owes the duty. Resolved once per group of like units."""
        ruled = {policy.unit_id for policy in policies} | self._marked
        memo: dict[tuple[object, ...], Verdict | None] = {}
        populations: tuple[str, ...] = ("unit",) if duty.respondent == "unit" else PERSON_POPULATIONS
        for unit in self.units.values():
            if duty.level and unit.level != duty.level:
                continue
            path_ids = ids_of(unit.path)
            stage, kind = self._nature(path_ids)
            seen = tuple(unit_id for unit_id in path_ids if unit_id in ruled)
            for population in populations:
                group = (seen, stage, kind, population)
                if group not in memo:
                    memo[group] = resolve(
                        policies, seen, population=population, stage=stage, kind=kind,
                        day_type=self._day_type(seen, stage),
                    )  # fmt: skip
                verdict = memo[group]
                if verdict is not None:
                    yield GroupClaim(unit.unit_id, population, verdict.claim, verdict.reason, verdict.policy_id)

    def _nature(self, path_ids: Sequence[int]) -> tuple[str, str]:
        """Stage and kind as policies see them: a class has its own stage, or its school's; and its school's kind."""
        stage, kind = "", ""
        for unit_id in path_ids:
            unit = self.units.get(unit_id)
            if unit is not None:
                stage = unit.stage or stage
                kind = kind if unit.level == "class" else unit.kind
        return stage, kind

    def _day_type(self, path_ids: tuple[int, ...], stage: str) -> DayType:
        if (path_ids, stage) not in self._day_types:
            self._day_types[path_ids, stage] = day_type_of(path_ids, stage, self.national, self.overrides)
        return self._day_types[path_ids, stage]


def _key_of(row: DaySession, duties: Mapping[int, DutyInfo]) -> SessionKey:
    return SessionKey(row.day, row.duty_id, row.session, duties[row.duty_id].respondent)


def close_day(day: date, *, clock: Clock, actor: str = "system") -> dict[str, int]:
    """Close every session of the day now: what is still due becomes missing. Returns the missing made, by duty code.

    Raises DomainError `day_not_open` for a day that was never opened, `day_not_begun` for one to come.
    """
    sessions = list(DaySession.objects.filter(day=day).order_by("duty_id", "session"))
    if not sessions:
        raise DomainError("day_not_open", "day", day=day)
    if day > day_of(clock.now()):
        raise DomainError("day_not_begun", "day", day=day)
    duties = {duty.id: duty for duty in queries.duties().values()}
    closed: dict[str, int] = {}
    for row in sessions:
        code = duties[row.duty_id].code
        made = ledger.close_session(_key_of(row, duties), now=to_micros(clock.now()))
        closed[code] = closed.get(code, 0) + made
    audit.record(actor, "day.close", str(day), clock=clock, detail=closed)
    return closed


def close_due_sessions(*, clock: Clock) -> int:
    """Close the sessions whose window has ended. Returns how many sessions."""
    duties = {duty.id: duty for duty in queries.duties().values()}
    ended = DaySession.objects.filter(closed_at=None, closes_at__lte=clock.now())
    for row in ended:
        ledger.close_session(_key_of(row, duties), now=to_micros(clock.now()))
    return len(ended)


def refresh_open_days(
    first_day: date,
    last_day: date | None,
    *,
    clock: Clock,
    only: Sequence[int] | None,
    opened_by: int | None = None,
) -> list[date]:
    """Bring the days that are open and not yet locked, from `first_day` on, into line. Returns them.

    `opened_by`: microseconds; what was opened later has seen the change already.
    """
    rows = DaySession.objects.filter(day__gte=first_day, locks_at__gt=clock.now())
    if last_day is not None:
        rows = rows.filter(day__lte=last_day)
    if opened_by is not None:
        rows = rows.filter(opened_at__lte=opened_by)
    days = sorted(set(rows.values_list("day", flat=True)))
    for day in days:
        open_day(day, clock=clock, only=only)
    return days
