"""What a batch needs to know, in a handful of set-based queries: who the respondents are, and what was seen before."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from notoneless.collect.models import Report
from notoneless.kernel.clock import to_micros
from notoneless.kernel.errors import DomainError
from notoneless.kernel.sql import fetch, rows_table
from notoneless.ledger.keys import SessionKey
from notoneless.ledger.models import DaySession
from notoneless.roster.scope import Scope


@dataclass(frozen=True)
class RespondentRef:
    """A person or unit as of one day. `unit_id` 0 when a person had no place on that day."""

    id: int
    population: str
    household_id: int | None
    unit_id: int
    district_id: int
    path: str
    level: str = ""


@dataclass(frozen=True)
class KeptReport:
    """A report of an earlier request: what tells a repeat from a clash, and what its sender was told."""

    digest: str
    state: str
    on_time: bool
    revision: int


@dataclass(frozen=True)
class Known:
    """What `look_up` found. Respondents are keyed by (day, is a unit, code)."""

    respondents: Mapping[tuple[date, bool, str], RespondentRef]
    sessions: Mapping[tuple[date, int, int], DaySession]
    report_ids: Sequence[str]
    today: date
    slot_keys: Mapping[tuple[SessionKey, str], tuple[SessionKey, int]]
    reports: Mapping[str, KeptReport] = field(default_factory=dict)

    def find_reports(self) -> dict[str, KeptReport]:
        """The reports of these ids that are already kept."""
        source, params = rows_table("k", {"id": "text"}, [(report_id,) for report_id in self.report_ids])
        rows = fetch(
            f"SELECT r.id, r.digest, r.state, r.on_time, r.revision FROM {Report._meta.db_table} r"
            f" WHERE r.id IN (SELECT k.id FROM {source})",
            params,
        )
        return {
            report_id: KeptReport(digest, state, bool(on_time), revision)
            for report_id, digest, state, on_time, revision in rows
        }

    def require_session(self, key: SessionKey, now: int) -> DaySession:
        """Raises DomainError `day_not_begun`, `day_not_open` or `day_locked`."""
        if key.day > self.today:
            raise DomainError("day_not_begun", "day", day=key.day)
        session = self.sessions.get((key.day, key.duty_id, key.session))
        if session is None:
            raise DomainError("day_not_open", "day", day=key.day)
        if now >= to_micros(session.locks_at):
            raise DomainError("day_locked", "day", day=key.day)
        return session

    def require_respondent(self, key: SessionKey, code: str, *, is_unit: bool, scope: Scope) -> RespondentRef:
        """Raises `unknown_person` or `unknown_unit`; to a limited viewer both look like `out_of_scope`."""
        name = "unit" if is_unit else "person"
        found = self.respondents.get((key.day, is_unit, code))
        if found is None:
            if (key.day, key.duty_id, key.session) not in self.sessions:
                raise DomainError("day_not_open", "day", day=key.day)
            raise DomainError(f"unknown_{name}" if scope.is_everything else "out_of_scope", name)
        if not scope.covers_person(found.path, found.household_id):
            raise DomainError("out_of_scope", name)
        return found


def look_up(wanted: Sequence[tuple[str, SessionKey, str]], today: date) -> Known:
    """`wanted`: (report id, session, respondent's code) of each report."""
    codes: dict[tuple[date, bool], set[str]] = defaultdict(set)
    for _, key, code in wanted:
        codes[key.day, key.respondent == "unit"].add(code)
    respondents: dict[tuple[date, bool, str], RespondentRef] = {}
    for (day, is_unit), names in sorted(codes.items()):
        for code, ref in (_units(day, names) if is_unit else _people(day, names)).items():
            respondents[day, is_unit, code] = ref
    days = sorted({key.day for _, key, _ in wanted})
    sessions = {(s.day, s.duty_id, s.session): s for s in DaySession.objects.filter(day__in=days)}
    slot_keys = {
        (key, code): (key, respondents[key.day, key.respondent == "unit", code].id)
        for _, key, code in wanted
        if (key.day, key.respondent == "unit", code) in respondents
    }
    return Known(respondents, sessions, sorted({report_id for report_id, _, _ in wanted}), today, slot_keys)


def _people(day: date, codes: set[str]) -> dict[str, RespondentRef]:
    source, params = rows_table("k", {"code": "text"}, [(code,) for code in sorted(codes)])
    found = fetch(
        f"""
        SELECT p.code, p.id, p.population, p.household_id, COALESCE(u.unit_id, 0), COALESCE(u.district_id, 0),
               COALESCE(u.path, ''), COALESCE(u.level, '')
        FROM roster_person p
        LEFT JOIN roster_placement pl ON pl.person_id = p.id AND pl.from_day <= %s
             AND (pl.to_day IS NULL OR pl.to_day > %s)
        LEFT JOIN day_unit u ON u.day = %s AND u.unit_id = pl.unit_id
        WHERE p.code IN (SELECT k.code FROM {source})
        """,
        [day, day, day, *params],
    )
    return {code: RespondentRef(*rest) for code, *rest in found}


def _units(day: date, codes: set[str]) -> dict[str, RespondentRef]:
    source, params = rows_table("k", {"code": "text"}, [(code,) for code in sorted(codes)])
    found = fetch(
        "SELECT u.code, u.unit_id, u.district_id, u.path, u.level FROM day_unit u"
        f" WHERE u.day = %s AND u.code IN (SELECT k.code FROM {source})",
        [day, *params],
    )
    return {
        code: RespondentRef(unit_id, "unit", None, unit_id, district_id, path, level)
        for code, unit_id, district_id, path, level in found
    }
