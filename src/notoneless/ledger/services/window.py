"""A session's window: opened once, closed once; a policy may have its own slots close earlier."""

import json
from collections.abc import Collection

from django.db import transaction

from notoneless.kernel.sql import execute, fetch, lock_exclusively, rows_table
from notoneless.ledger.keys import SessionKey, Window
from notoneless.ledger.models import DaySession


def open_session(
    key: SessionKey, window: Window, *, locks_at: int, now: int, early_closes: Collection[int] = ()
) -> DaySession:
    """The session's row of the day, made if it is new; one still open takes the window of today's rules.

    `early_closes`: instants before the window's end at which slots of some policies close.
    """
    early = json.dumps(sorted({instant for instant in early_closes if instant < window.closes_at}))
    execute(
        """
        INSERT INTO day_session (day, duty_id, session, opens_at, due_at, closes_at, locks_at, opened_at, early_closes,
                                 closed_to)
        VALUES (%(day)s, %(duty)s, %(session)s, %(opens_at)s, %(due_at)s, %(closes_at)s, %(locks_at)s, %(now)s,
                %(early)s, 0)
        ON CONFLICT (day, duty_id, session) DO UPDATE
        SET opens_at = excluded.opens_at, due_at = excluded.due_at, closes_at = excluded.closes_at,
            locks_at = excluded.locks_at, early_closes = excluded.early_closes
        WHERE day_session.closed_at IS NULL
        """,
        key.params() | window._asdict() | {"locks_at": locks_at, "now": now, "early": early},
    )
    return DaySession.objects.get(day=key.day, duty_id=key.duty_id, session=key.session)


def mark_merged(key: SessionKey, *, now: int) -> None:
    """The whole session has been brought into line: until then an opening that was cut short is taken up again."""
    execute(
        "UPDATE day_session SET merged_at = %(now)s"
        " WHERE day = %(day)s AND duty_id = %(duty)s AND session = %(session)s",
        key.params() | {"now": now},
    )


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


def close_ended(key: SessionKey, *, now: int) -> int:
    """Turn those slots into missing whose own window has ended while the session's goes on. Returns how many."""
    of_ended = (
        "day = %(day)s AND duty_id = %(duty)s AND session = %(session)s AND state = 'due' AND closes_at <= %(now)s"
    )
    params = key.params() | {"now": now}
    with transaction.atomic():
        lock_exclusively(key.lock)
        ended = fetch(
            f"SELECT district_id, unit_id, population, COUNT(*) FROM {key.table} WHERE {of_ended} GROUP BY 1, 2, 3",
            params,
        )
        if ended:
            execute(f"UPDATE {key.table} SET state = 'missing' WHERE {of_ended}", params)
            types = {"district_id": "int", "unit_id": "int", "population": "text", "n": "int"}
            source, rows = rows_table("e", types, ended)
            execute(
                f"UPDATE tally SET missing = missing + e.n, due = due - e.n FROM {source}"
                " WHERE tally.day = %s AND tally.duty_id = %s AND tally.session = %s"
                " AND tally.district_id = e.district_id AND tally.unit_id = e.unit_id"
                " AND tally.population = e.population",
                [*rows, key.day, key.duty_id, key.session],
            )
        execute(
            "UPDATE day_session SET closed_to = %(now)s"
            " WHERE day = %(day)s AND duty_id = %(duty)s AND session = %(session)s AND closed_to < %(now)s",
            params,
        )
    return sum(n for *_, n in ended)
