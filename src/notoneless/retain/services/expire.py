"""What the rules say is over, destroyed rule by rule. Cut short, it goes on where it was; done twice, nothing more."""

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Model, QuerySet

from notoneless.collect.models import Report
from notoneless.kernel.clock import Clock, to_micros
from notoneless.ledger import services as ledger
from notoneless.retain.models import Certificate
from notoneless.retain.queries import Due, due_on
from notoneless.retain.services.certify import Approval, certify

Progress = Callable[[str, int, int], None]
CHUNK = 5000


def _silent(rule: str, done: int, total: int) -> None:
    return None


def run_retention(today: date, approval: Approval, *, clock: Clock, progress: Progress = _silent) -> list[Certificate]:
    """Destroy what is due on a day. One certificate for each rule that destroyed anything.

    The slots whose answers are over stay as counts that belong to nobody: they still add up to the tallies.
    """
    begun = clock.now()
    return [_follow(due, approval, today, begun, clock=clock, progress=progress) for due in due_on(today)]


def _follow(
    due: Due, approval: Approval, today: date, begun: datetime, *, clock: Clock, progress: Progress
) -> Certificate:  # fmt: skip
    what: dict[str, int] = {}
    total, done = sum(due.counts().values()), 0
    for day, duty_id, session in due.sessions:
        for table, n in _expire(day, duty_id, session, clock=clock).items():
            what[table] = what.get(table, 0) + n
        done += 1
        progress(due.term.rule, done, total)
    for rows in due.rows:
        table = rows.model._meta.db_table
        while n := _delete_some(rows):
            what[table] = what.get(table, 0) + n
            done += n
            progress(due.term.rule, done, total)
    with transaction.atomic():
        return certify(due.term, what, approval, begun_at=begun, until=today, clock=clock)


def _expire(day: date, duty_id: int, session: int, *, clock: Clock) -> dict[str, int]:
    """One session of one day: its reports are deleted, its slots are nobody's any more."""
    with transaction.atomic():
        reports, _ = Report.objects.filter(day=day, duty_id=duty_id, session=session).delete()
        slots = ledger.forget_session(day, duty_id, session, now=to_micros(clock.now()))
    return {"report": reports, "person_slot": slots}


def _delete_some(rows: QuerySet[Model]) -> int:
    with transaction.atomic():
        ids = list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK])
        return rows.model._default_manager.filter(pk__in=ids).delete()[0] if ids else 0
