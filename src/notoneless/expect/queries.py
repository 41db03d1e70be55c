"""Duties in force and the calendar, as the later stages need them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from notoneless.expect.models import CalendarDay, CalendarOverride, Duty, Policy
from notoneless.expect.rules import NationalDay, Override, PolicyRule, guess_day
from notoneless.kernel.clock import instant_on, to_micros
from notoneless.kernel.errors import DomainError
from notoneless.ledger.keys import Respondent, SessionKey, Window


@dataclass(frozen=True)
class SessionInfo:
    """One session of a duty: minutes after the bureau's midnight."""

    code: str
    opens: int
    due: int
    closes: int

    def window(self, day: date) -> Window:
        return Window(*(to_micros(instant_on(day, minutes)) for minutes in (self.opens, self.due, self.closes)))


@dataclass(frozen=True)
class DutyInfo:
    """A duty as read: what form, who answers, when, and what for."""

    id: int
    code: str
    form: str
    respondent: Respondent
    level: str
    sessions: tuple[SessionInfo, ...]
    allows_voluntary: bool
    lock_days: int
    name_zh: str
    name_en: str
    purpose_zh: str
    purpose_en: str

    def name(self, language: str) -> str:
        return self.name_zh if language.startswith("zh") else self.name_en

    def purpose(self, language: str) -> str:
        return self.purpose_zh if language.startswith("zh") else self.purpose_en

    def session_number(self, code: str | None) -> int:
        """The place of a session; a duty with one session needs no code. Raises DomainError `unknown_session`."""
        if code is None and len(self.sessions) == 1:
            return 0
        for number, session in enumerate(self.sessions):
            if session.code == code:
                return number
        raise DomainError("unknown_session", "session", known=", ".join(s.code for s in self.sessions))

    def key(self, day: date, session: int = 0) -> SessionKey:
        return SessionKey(day, self.id, session, self.respondent)


def duties() -> dict[str, DutyInfo]:
    """All duties by code, in the order in which they were defined."""
    return {
        duty.code: DutyInfo(
            id=duty.id,
            code=duty.code,
            form=duty.form,
            respondent="unit" if duty.respondent == "unit" else "person",
            level=duty.level,
            sessions=tuple(SessionInfo(**session) for session in duty.sessions),
            allows_voluntary=duty.allows_voluntary,
            lock_days=duty.lock_days,
            name_zh=duty.name_zh,
            name_en=duty.name_en,
            purpose_zh=duty.purpose_zh,
            purpose_en=duty.purpose_en,
        )
        for duty in Duty.objects.order_by("id")
    }


def duty_by_code(code: str) -> DutyInfo:
    """Raises DomainError `unknown_duty`, naming the duties that exist."""
    known = duties()
    if code not in known:
        raise DomainError("unknown_duty", "duty", known=", ".join(known))
    return known[code]


def national_day(day: date) -> NationalDay:
    """The calendar's row for a date; where the year has not been entered, its weekday speaks (`is_known` False)."""
    row = CalendarDay.objects.filter(day=day).first()
    return guess_day(day) if row is None else NationalDay(day, row.kind)


def overrides_on(day: date) -> list[Override]:
    return [
        Override(o.pk, o.unit_id, o.kind, o.stage, o.reason_zh, o.reason_en)
        for o in CalendarOverride.objects.filter(first_day__lte=day, last_day__gte=day).order_by("pk")
    ]


def policies_on(day: date) -> Mapping[int, list[PolicyRule]]:
    """The policies in force on a date, by duty id."""
    found: dict[int, list[PolicyRule]] = {}
    in_force = Policy.objects.filter(effective_from__lte=day).exclude(effective_to__lt=day).order_by("pk")
    for policy in in_force:
        audience = policy.audience
        found.setdefault(policy.duty_id, []).append(
            PolicyRule(
                id=policy.id,
                unit_id=policy.unit_id or 0,
                duty_id=policy.duty_id,
                effect="waive" if policy.effect == "waive" else "require",
                is_floor=policy.strictness == "floor",
                days=frozenset(policy.days),
                populations=frozenset(audience.get("populations", ())),
                stages=frozenset(audience.get("stages", ())),
                kinds=frozenset(audience.get("kinds", ())),
            )
        )
    return found
