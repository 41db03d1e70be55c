"""What the rules say is over on a day, counted and not touched."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.sessions.models import Session
from django.db.models import Model, Q, QuerySet

from notoneless.collect.models import AbsenceContact, ReportSeen
from notoneless.expect import queries as expect_queries
from notoneless.expect.models import Complaint
from notoneless.follow.models import Reminder, Walk
from notoneless.kernel.clock import instant_on
from notoneless.kernel.models import OutboxEvent, Work, WorkFile
from notoneless.ledger.models import DaySession
from notoneless.publish.models import Letter, Receipt
from notoneless.retain.rules import Term, terms
from notoneless.roster.models import FailedSignIn, Invitation, OneTimeCode, OutgoingText, PersonState


@dataclass(frozen=True)
class Due:
    """Rows of one rule. `sessions`: (day, duty id, session) whose answers are over; `rows`: what is deleted whole."""

    term: Term
    sessions: tuple[tuple[date, int, int], ...] = ()
    rows: tuple[QuerySet[Model], ...] = ()

    def counts(self) -> dict[str, int]:
        found = {one.model._meta.db_table: one.count() for one in self.rows}
        return {table: n for table, n in found.items() if n} | (
            {"day_session": len(self.sessions)} if self.sessions else {}
        )


def due_on(today: date) -> list[Due]:
    """Each rule with anything due, in the order of the pack."""
    found = []
    for rule, term in terms().items():
        due = Due(term, sessions=expired_sessions(today)) if rule == "answers" else Due(term, rows=_rows(term, today))
        if due.counts():
            found.append(due)
    return found


def expired_sessions(today: date) -> tuple[tuple[date, int, int], ...]:
    """Sessions whose duty's term is over and that were not emptied yet, oldest first."""
    found: list[tuple[date, int, int]] = []
    for duty in expect_queries.duties().values():
        last = today - timedelta(days=duty.retention_days + 1)
        rows = DaySession.objects.filter(duty_id=duty.id, day__lte=last, expired_at=None)
        found.extend(rows.values_list("day", "duty_id", "session"))
    return tuple(sorted(found))


def _rows(term: Term, today: date) -> tuple[QuerySet[Model], ...]:
    before = today - timedelta(days=term.days or 0)
    instant = instant_on(before, 0)
    match term.rule:
        case "states":
            return (PersonState.objects.filter(to_day__lt=before),)
        case "complaints":
            return (Complaint.objects.filter(answered_at__lt=instant),)
        case "letters":
            return (Receipt.objects.filter(letter__day__lt=before), Letter.objects.filter(day__lt=before))
        case "invitations":
            over = Q(used_at__lt=instant) | Q(expires_at__lt=instant)
            return (Invitation.objects.filter(over),)
        case "sign_ins":
            return (
                FailedSignIn.objects.filter(at__lt=instant), OneTimeCode.objects.filter(made_at__lt=instant),
                OutgoingText.objects.filter(made_at__lt=instant),
            )  # fmt: skip
        case "events":
            return (OutboxEvent.objects.filter(handled_at__lt=instant),)
        case "seen":
            return (ReportSeen.objects.filter(day__lt=before),)
        case "absence_contacts":
            return (AbsenceContact.objects.filter(day__lt=before),)
        case "reminders":
            return (Reminder.objects.filter(day__lt=before), Walk.objects.filter(day__lt=before))
        case "works":
            return (Work.objects.filter(ended_at__lt=instant),)
        case "work_files":
            return (WorkFile.objects.filter(expires_at__lt=instant),)
        case "sessions":
            return (Session.objects.filter(expire_date__lt=instant_on(today, 0)),)
    raise LookupError(f"no way to follow the rule {term.rule!r}")
