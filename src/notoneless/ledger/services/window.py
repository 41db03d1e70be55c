"""A session's window: opened once, closed once."""

from django.db import transaction

from notoneless.kernel.sql import execute, lock_exclusively
from notoneless.ledger.keys import SessionKey, Window
from notoneless.ledger.models import DaySession


def open_session(key: SessionKey, window: Window, *, locks_at: int, now: int) -> DaySession:
    """The session's row of the day, made if it is new; one still open takes the window of today's rules."""
    execute(
        """
        INSERT INTO day_session (day, duty_id, session, opens_at, due_at, closes_at, locks_at, opened_at)
        VALUES (%(day)s, %(duty)s, %(session)s, %(opens_at)s, %(due_at)s, %(closes_at)s, %(locks_at)s, %(now)s)
        ON CONFLICT (day, duty_id, session) DO UPDATE
        SET opens_at = excluded.opens_at, due_at = excluded.due_at, closes_at = excluded.closes_at,
            locks_at = excluded.locks_at
        WHERE day_session.closed_at IS NULL
        """,
        key.params() | window._asdict() | {"locks_at": locks_at, "now": now},
    )
    return DaySession.objects.get(day=key.day, duty_id=key.duty_id, session=key.session)


def close_session(key: SessionKey, *, now: int) -> int:
    """Turn what is still due into missing: one statement on the slots, one on the tallies. Returns how many."""
    with transaction.atomic():
        lock_exclusively(key.lock)
        closed = execute(
            f"UPDATE {key.table} SET state = 'missing' WHERE day = %(day)s AND duty_id = %(duty)s"
            " AND session = %(session)s AND state = 'due'",
            key.params(),
        )
        execute(
            "UPDATE tally SET missing = missing + due, due = 0"
            " WHERE day = %(day)s AND duty_id = %(duty)s AND session = %(session)s AND due <> 0",
            key.params(),
        )
        execute(
            "UPDATE day_session SET closed_at = COALESCE(closed_at, %(now)s)"
            " WHERE day = %(day)s AND duty_id = %(duty)s AND session = %(session)s",
            key.params() | {"now": now},
        )
    return closed
