"""Merge what is owed into the day's slots: set-based, idempotent, restartable, one district a transaction.

The claims (by unit, population and trait) are joined to the roster's placements of that day and compared with the slots
that exist. What differs becomes rows of `slot_change`: the slot as it was and as it will be. The same
rows then change the slots and the tallies, so that the two cannot part.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields

from django.db import transaction

from notoneless.kernel.sql import execute, fetch, is_postgres, lock_exclusively, rows_table, temp_table
from notoneless.ledger.keys import GroupClaim, SessionKey
from notoneless.ledger.services.partitions import analyze_partition, ensure_partition
from notoneless.ledger.services.tallies import apply_changes
from notoneless.ledger.services.traits import TRAITS_OF
from notoneless.roster.tree import END

Progress = Callable[[int, int], None]
"""Called with districts done and districts in all."""

_SLOT_ON_KEY = "s.day = %(day)s AND s.duty_id = %(duty)s AND s.session = %(session)s"
_SETTLE = """CASE WHEN e.claim = 'owed'
                  THEN CASE WHEN s.filled_at IS NOT NULL THEN 'reported'
                            WHEN %(closed)s OR e.closes_at <= %(closed_to)s THEN 'missing' ELSE 'due' END
                  ELSE CASE WHEN s.filled_at IS NOT NULL THEN 'reported' ELSE 'excused' END END"""
_ON_TIME = "CASE WHEN s.filled_at IS NULL THEN NULL ELSE s.filled_at <= {}.due_at END"
_ANY_SLOT = "SELECT 1 FROM {table} s WHERE s.district_id = %(district)s AND " + _SLOT_ON_KEY + " LIMIT 1"
_SUBTREE = "SELECT unit_id FROM day_unit WHERE day = %(day)s AND path >= %(within)s AND path < %(end)s"
BULK = 5000
"""After so many new rows PostgreSQL has to count again: it would plan the morning's reports for an empty table."""
_WAS = "s.population, s.district_id, s.unit_id, s.state, s.on_time, s.measures"


@dataclass
class Merged:
    """How many slots were added, moved to another unit, voided, excused, or changed otherwise."""

    added: int = 0
    moved: int = 0
    voided: int = 0
    excused: int = 0
    changed: int = 0

    def __iadd__(self, other: "Merged") -> "Merged":
        for part in fields(self):
            setattr(self, part.name, getattr(self, part.name) + getattr(other, part.name))
        return self


def merge_claims(
    key: SessionKey,
    claims: Sequence[GroupClaim],
    *,
    only: Sequence[int] | None = None,
    within: str = "",
    has_traits: bool = False,
    progress: Progress = lambda done, total: None,
) -> Merged:
    """Bring the slots of one session into line with the claims.

    `only` limits the work to these respondents, `within` to a subtree of the day's tree. `has_traits`: the caller has
    staged people's traits. Once the session is closed (or the window of the claim has ended) no slot is added any more,
    since nobody could still fill it on time, while moves, voids and excuses still apply. Void keeps the row and any
    report.
    """
    ensure_partition(key.table, key.day)
    merged = Merged()
    params = key.params() | {"within": within, "end": within + END}
    with _staged(key, claims, only, params, has_traits=has_traits):
        districts = [row[0] for row in fetch("SELECT DISTINCT district_id FROM expected ORDER BY district_id")]
        for done, district in enumerate(districts):
            progress(done, len(districts))
            with transaction.atomic():
                lock_exclusively(key.lock)
                is_closed, closed_to = _closed(key)
                of_district = params | {"district": district, "closed": is_closed, "closed_to": closed_to}
                has_slots = bool(fetch(_ANY_SLOT.format(table=key.table), of_district))
                if not is_closed:
                    _stage_new(key, of_district, is_refresh=only is not None, has_slots=has_slots)
                _stage_changed(key, of_district)
                merged += _apply(key, params)
        with transaction.atomic():
            lock_exclusively(key.lock)
            _stage_gone(key, params, is_limited=only is not None, is_subtree=bool(within))
            merged += _apply(key, params)
        progress(len(districts), len(districts))
    if merged.added > BULK:
        analyze_partition(key.table, key.day)
    return merged


@contextmanager
def _staged(
    key: SessionKey,
    claims: Sequence[GroupClaim],
    only: Sequence[int] | None,
    params: dict[str, object],
    *,
    has_traits: bool,
) -> Iterator[None]:
    with (
        temp_table("only_these", "id BIGINT PRIMARY KEY"),
        temp_table(
            "group_claim",
            "unit_id INT, population VARCHAR(8), trait VARCHAR(200), claim VARCHAR(8), reason VARCHAR(40),"
            " policy_id INT, opens_at BIGINT, due_at BIGINT, closes_at BIGINT,"
            " PRIMARY KEY (unit_id, population, trait)",  # SQLite would read all of them for every person
        ),
        temp_table(
            "expected",
            "respondent_id BIGINT PRIMARY KEY, population VARCHAR(8), district_id INT, unit_id INT, claim VARCHAR(8),"
            " reason VARCHAR(40), policy_id INT, opens_at BIGINT, due_at BIGINT, closes_at BIGINT",
        ),
        temp_table(
            "slot_change",
            "respondent_id BIGINT PRIMARY KEY, population VARCHAR(8), district_id INT, unit_id INT, state VARCHAR(9),"
            " on_time BOOLEAN, measures TEXT, reason VARCHAR(40), policy_id INT, opens_at BIGINT, due_at BIGINT,"
            " closes_at BIGINT, was_population VARCHAR(8),"
            " was_district_id INT, was_unit_id INT, was_state VARCHAR(9), was_on_time BOOLEAN, was_measures TEXT",
        ),
    ):
        types = {"unit_id": "int", "population": "text", "trait": "text", "claim": "text", "reason": "text",
                 "policy_id": "int", "opens_at": "bigint", "due_at": "bigint", "closes_at": "bigint"}  # fmt: skip
        source, rows = rows_table("k", types, [(*claim[:-1], *claim.window) for claim in claims])
        execute(f"INSERT INTO group_claim SELECT * FROM {source}", rows)
        limit = ""
        among = f"AND pl.unit_id IN ({_SUBTREE})" if params["within"] else ""
        if only is not None:
            source, rows = rows_table("k", {"id": "bigint"}, [(person_id,) for person_id in sorted(set(only))])
            execute(f"INSERT INTO only_these SELECT * FROM {source}", rows)
            limit = "AND r.respondent_id IN (SELECT id FROM only_these)"
        if is_postgres():
            execute("ANALYZE group_claim")
        trait, traits = ("COALESCE(t.trait, '')", TRAITS_OF.format("pl.person_id")) if has_traits else ("''", "")
        respondents = (
            f"""(SELECT pl.person_id AS respondent_id, pl.unit_id, p.population, {trait} AS trait
                FROM roster_placement pl JOIN roster_person p ON p.id = pl.person_id {traits}
                WHERE pl.from_day <= %(day)s AND (pl.to_day IS NULL OR pl.to_day > %(day)s) {among})"""
            if key.respondent == "person"
            else "(SELECT unit_id AS respondent_id, unit_id, 'unit' AS population, '' AS trait"
            " FROM day_unit WHERE day = %(day)s)"
        )
        execute(
            f"""
            INSERT INTO expected
            SELECT r.respondent_id, r.population, u.district_id, r.unit_id, g.claim, g.reason, g.policy_id, g.opens_at,
                   g.due_at, g.closes_at
            FROM {respondents} AS r
            JOIN group_claim g ON g.unit_id = r.unit_id AND g.population = r.population AND g.trait = r.trait
            JOIN day_unit u ON u.day = %(day)s AND u.unit_id = r.unit_id AND u.path >= %(within)s AND u.path < %(end)s
            WHERE true {limit}
            ON CONFLICT (respondent_id) DO NOTHING
            """,
            params,
        )
        if is_postgres():
            execute("ANALYZE expected")
        yield


def _stage_new(key: SessionKey, params: dict[str, object], *, is_refresh: bool, has_slots: bool) -> None:
    """A district without slots is opened for the first time: then there is nothing to compare with."""
    known = f"EXISTS (SELECT 1 FROM {key.table} s WHERE s.respondent_id = e.respondent_id AND {_SLOT_ON_KEY})"
    execute(
        f"""
        INSERT INTO slot_change
        SELECT e.respondent_id, e.population, e.district_id, e.unit_id,
               CASE WHEN e.claim = 'owed' THEN 'due' ELSE 'excused' END, NULL, '[]',
               CASE WHEN e.claim = 'owed' THEN %(added)s ELSE e.reason END, e.policy_id,
               e.opens_at, e.due_at, e.closes_at, NULL, NULL, NULL, NULL, NULL, NULL
        FROM expected e
        WHERE e.district_id = %(district)s AND e.closes_at > %(closed_to)s
          AND {f"NOT {known}" if has_slots or is_refresh else "true"}
        """,
        params | {"added": "added" if is_refresh else ""},
    )


def _stage_changed(key: SessionKey, params: dict[str, object]) -> None:
    """What was closed keeps the window that it was closed with."""
    w = "s" if params["closed"] else "e"
    execute(
        f"""
        INSERT INTO slot_change
        SELECT e.respondent_id, e.population, e.district_id, e.unit_id, {_SETTLE}, {_ON_TIME.format(w)}, s.measures,
               CASE WHEN s.unit_id <> e.unit_id THEN 'moved' WHEN e.claim = 'excused' THEN e.reason
                    WHEN s.state IN ('void', 'voluntary', 'excused') THEN 'restored' ELSE s.reason END,
               e.policy_id, {w}.opens_at, {w}.due_at, {w}.closes_at, {_WAS}
        FROM expected e
        CROSS JOIN {key.table} s -- SQLite then begins with what is expected, which may be one person
        WHERE e.district_id = %(district)s AND s.respondent_id = e.respondent_id AND {_SLOT_ON_KEY}
          AND (s.unit_id <> e.unit_id OR s.district_id <> e.district_id OR s.population <> e.population
               OR s.state <> {_SETTLE} OR s.policy_id IS DISTINCT FROM e.policy_id OR s.due_at <> {w}.due_at
               OR s.opens_at <> {w}.opens_at OR s.closes_at <> {w}.closes_at)
        """,
        params,
    )


def _stage_gone(key: SessionKey, params: dict[str, object], *, is_limited: bool, is_subtree: bool) -> None:
    """In a subtree, whoever belongs to another by now is left to the event that says so."""
    placed, elsewhere = "true", "false"
    if key.respondent == "person":
        placement = (
            "SELECT 1 FROM roster_placement pl {} WHERE pl.person_id = s.respondent_id AND pl.from_day <= %(day)s"
            " AND (pl.to_day IS NULL OR pl.to_day > %(day)s)"
        )
        placed = f"EXISTS ({placement.format('')})"
        unit = "JOIN day_unit pu ON pu.day = %(day)s AND pu.unit_id = pl.unit_id"
        elsewhere = f"EXISTS ({placement.format(unit)} AND NOT (pu.path >= %(within)s AND pu.path < %(end)s))"
    subtree = (
        f"AND s.unit_id IN ({_SUBTREE}) AND s.district_id IN ({_SUBTREE.replace('unit_id', 'district_id')})"
        f" AND NOT {elsewhere}"
        if is_subtree
        else ""
    )
    limit = "AND s.respondent_id IN (SELECT id FROM only_these)" if is_limited else ""
    execute(
        f"""
        INSERT INTO slot_change
        SELECT s.respondent_id, s.population, s.district_id, s.unit_id,
               CASE WHEN s.filled_at IS NULL THEN 'void' ELSE 'voluntary' END, s.on_time, s.measures,
               CASE WHEN {placed} THEN 'not_owed' ELSE 'left' END, s.policy_id, s.opens_at, s.due_at,
               s.closes_at, {_WAS}
        FROM {key.table} s
        WHERE {_SLOT_ON_KEY} AND s.state NOT IN ('void', 'voluntary') {limit} {subtree}
          AND NOT EXISTS (SELECT 1 FROM expected e WHERE e.respondent_id = s.respondent_id)
        """,
        params,
    )


def _apply(key: SessionKey, params: dict[str, object]) -> Merged:
    """Carry out `slot_change` on the slots and the tallies, and empty it."""
    counted = fetch(
        """
        SELECT CASE WHEN was_state IS NULL THEN 'added' WHEN state IN ('void', 'voluntary') THEN 'voided'
                    WHEN unit_id <> was_unit_id THEN 'moved' WHEN state = 'excused' THEN 'excused' ELSE 'changed' END,
               COUNT(*)
        FROM slot_change GROUP BY 1
        """
    )
    merged = Merged(**dict(counted))
    if merged == Merged():
        return merged
    if merged.added:
        _insert(key, params)
    if merged != Merged(added=merged.added):
        _update(key, params)
    apply_changes(key)
    execute("DELETE FROM slot_change")
    return merged


def _closed(key: SessionKey) -> tuple[bool, int]:
    """Whether the session is closed, and up to which instant slots with a window of their own are.

    Asked under the lock that closing holds too: what was closed a moment ago must not get its slots due again.
    """
    ((closed_at, closed_to),) = fetch(
        "SELECT closed_at, closed_to FROM day_session"
        " WHERE day = %(day)s AND duty_id = %(duty)s AND session = %(session)s",
        key.params(),
    )
    return closed_at is not None, closed_to


def _insert(key: SessionKey, params: dict[str, object]) -> None:
    execute(
        f"""
        INSERT INTO {key.table} (respondent_id, day, duty_id, session, district_id, unit_id, population, state, reason,
                                 policy_id, opens_at, due_at, closes_at, declared, by, report_id, revision, answers,
                                 measures)
        SELECT respondent_id, %(day)s, %(duty)s, %(session)s, district_id, unit_id, population, state, reason,
               policy_id, opens_at, due_at, closes_at, false, '', '', 0, '', '[]'
        FROM slot_change WHERE was_state IS NULL
        """,
        params,
    )


def _update(key: SessionKey, params: dict[str, object]) -> None:
    execute(
        f"""
        UPDATE {key.table} AS s
        SET district_id = c.district_id, unit_id = c.unit_id, population = c.population, state = c.state,
            on_time = c.on_time, reason = c.reason, policy_id = c.policy_id, opens_at = c.opens_at,
            due_at = c.due_at, closes_at = c.closes_at
        FROM slot_change c
        WHERE c.was_state IS NOT NULL AND s.respondent_id = c.respondent_id AND {_SLOT_ON_KEY}
        """,
        params,
    )
