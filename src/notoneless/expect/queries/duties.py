"""Duties: what is asked, of whom, until when, what for and for how long it is kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from notoneless.expect.models import Duty
from notoneless.expect.rules.policies import Minutes
from notoneless.kernel.clock import instant_on, to_micros
from notoneless.kernel.errors import DomainError
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.keys import Respondent, SessionKey, Window


@dataclass(frozen=True)
class SessionInfo:
    """One session of a duty: minutes after the bureau's midnight."""

    code: str
    opens: int
    due: int
    closes: int

    @property
    def minutes(self) -> Minutes:
        return self.opens, self.due, self.closes

    def window(self, day: date, own: Minutes | None = None) -> Window:
        """Its instants on a day; `own`: those of a policy that gives it a window of its own."""
        return Window(*(to_micros(instant_on(day, minutes)) for minutes in own or self.minutes))


@dataclass(frozen=True)
class DutyInfo:
    """A duty as read: what form, who answers, when, and what for."""

    id: int
    code: str
    form: str
    respondent: Respondent
    level: str
    sessions: tuple[SessionInfo, ...]
    asked: str
    allows_voluntary: bool
    lock_days: int
    retention_days: int
    name_zh: str
    name_en: str
    purpose_zh: str
    purpose_en: str
    recipients_zh: str
    recipients_en: str
    basis: str = "statutory"
    separate: frozenset[str] = frozenset()

    @property
    def asks_consent(self) -> bool:
        """Whether some of it is held only with a family's consent."""
        return self.basis == "consent" or bool(self.separate)

    def name(self, language: str) -> str:
        return self.name_zh if language.startswith("zh") else self.name_en

    def purpose(self, language: str) -> str:
        return self.purpose_zh if language.startswith("zh") else self.purpose_en

    def recipients(self, language: str) -> str:
        return self.recipients_zh if language.startswith("zh") else self.recipients_en

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
            asked=duty.asked,
            allows_voluntary=duty.allows_voluntary,
            lock_days=duty.lock_days,
            retention_days=duty.retention_days,
            name_zh=duty.name_zh,
            name_en=duty.name_en,
            purpose_zh=duty.purpose_zh,
            purpose_en=duty.purpose_en,
            recipients_zh=duty.recipients_zh,
            recipients_en=duty.recipients_en,
            basis=duty.basis,
            separate=frozenset(duty.separate),
        )
        for duty in Duty.objects.order_by("id")
    }


def duty_by_code(code: str) -> DutyInfo:
    """Raises DomainError `unknown_duty`, naming the duties that exist."""
    known = duties()
    if code not in known:
        raise DomainError("unknown_duty", "duty", known=", ".join(known))
    return known[code]


def is_open(day: date, asked: Iterable[DutyInfo]) -> bool:
    """Whether every session of these duties is wholly open on a day: a city takes minutes, and may be cut short."""
    merged = {(row.duty_id, row.session) for row in ledger_queries.sessions_on(day) if row.merged_at is not None}
    return all((duty.id, number) in merged for duty in asked for number in range(len(duty.sessions)))
