"""Whom a notice reaches, and for how many households it would be one ask too many: counted in sets, for any day.

Each household is held to the strictest of the limits that its pupils' units have, wherever the sender stands.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from notoneless.expect.models import AskLimit
from notoneless.expect.queries.asked import staged_mask
from notoneless.expect.queries.duties import DutyInfo, duties, is_open
from notoneless.expect.queries.policies import policies_on, tags_named
from notoneless.expect.queries.tree import tree_on
from notoneless.kernel.sql import execute, fetch, is_postgres, rows_table, temp_table
from notoneless.ledger import services as ledger
from notoneless.ledger.services.traits import TRAITS_OF
from notoneless.roster.tree import END, ids_of

FEW = 20_000
"""Members up to whom states and tags are read one by one; beyond, everybody's are cheaper."""
PLACED = "pl.from_day <= %(day)s AND (pl.to_day IS NULL OR pl.to_day > %(day)s)"


@dataclass(frozen=True)
class Limit:
    """How many asks a day, and what is done over it (refuse or queue)."""

    asks_a_day: int
    over: str


@dataclass(frozen=True)
class Reach:
    """How many households are reached, how many of them would be over their limit, and of those how many must not
    wait but be refused. `limit`: the strictest that would be broken; None where none would. `duties`: what anybody
    among them is asked that day already."""

    households: int
    over: int
    refusing: int
    limit: int | None
    duties: tuple[DutyInfo, ...]


def limits_on(day: date) -> dict[int | None, Limit]:
    """The limits in force, by unit; None is the whole system's. The latest of a unit counts."""
    rows = AskLimit.objects.filter(Q(effective_to=None) | Q(effective_to__gte=day), effective_from__lte=day)
    return {row.unit_id: Limit(row.asks_a_day, row.over) for row in rows.order_by("effective_from", "pk")}


def nearest(limits: dict[int | None, Limit], path: str) -> Limit | None:
    """The limit of the nearest unit at or above a path."""
    return next((limits[above] for above in [*reversed(ids_of(path)), None] if above in limits), None)


def limit_above(path: str, day: date) -> Limit | None:
    return nearest(limits_on(day), path)


def reach_of(path: str, day: date, *, extra: int = 1) -> Reach:
    """Households with a pupil in a subtree on a day, and those that `extra` more asks would put over their limit."""
    with _staged_members(path, day), _staged_limits(day), _owed(day) as (owed, asked):
        ((households, over, refusing, strictest),) = fetch(
            f"""
            WITH owed AS ({owed}), capped AS (
                SELECT a.household_id, MIN(l.cap) AS cap FROM ask_member a
                JOIN ask_cap l ON l.unit_id = a.unit_id WHERE a.is_pupil = 1 GROUP BY a.household_id
            ), told AS (
                SELECT a.household_id, COUNT(DISTINCT n.id) AS n
                FROM expect_notice n JOIN roster_unit s ON s.id = n.unit_id
                JOIN roster_unit u ON u.path >= s.path AND u.path < s.path || %(end)s
                JOIN ask_member a ON a.unit_id = u.id AND a.is_pupil = 1
                WHERE n.day = %(day)s AND n.status = 'sent' GROUP BY a.household_id
            ), asked AS (
                SELECT r.household_id, c.cap, COALESCE(o.n, 0) + COALESCE(t.n, 0) + %(extra)s AS n
                FROM (SELECT DISTINCT household_id FROM ask_member) r
                LEFT JOIN owed o ON o.household_id = r.household_id
                LEFT JOIN told t ON t.household_id = r.household_id
                LEFT JOIN capped c ON c.household_id = r.household_id
            )
            SELECT COUNT(*), SUM(CASE WHEN n > cap / 2 THEN 1 ELSE 0 END),
                   SUM(CASE WHEN n > cap / 2 AND cap %% 2 = 0 THEN 1 ELSE 0 END),
                   MIN(CASE WHEN n > cap / 2 THEN cap / 2 END)
            FROM asked
            """,
            {"day": day, "end": END, "extra": extra},
        )
    limit = None if strictest is None else int(strictest)
    return Reach(int(households), int(over or 0), int(refusing or 0), limit, asked)


def households_over(day: date, within_path: str, *, extra: int = 0) -> int:
    """How many households of a subtree are asked more than their limit, were they asked `extra` things more."""
    return reach_of(within_path, day, extra=extra).over


@contextmanager
def _staged_members(path: str, day: date) -> Iterator[None]:
    """Everybody who lives with a pupil of the subtree, where they belong on the day: a sibling's school asks too."""
    columns = "household_id BIGINT, person_id BIGINT, unit_id INT, population VARCHAR(8), is_pupil INT"
    with temp_table("ask_member", columns):
        execute(
            f"""
            INSERT INTO ask_member
            SELECT p.household_id, p.id, pl.unit_id, p.population, CASE WHEN p.population = 'student' THEN 1 ELSE 0 END
            FROM (SELECT DISTINCT c.household_id FROM roster_unit u JOIN roster_placement pl ON pl.unit_id = u.id
                  JOIN roster_person c ON c.id = pl.person_id
                  WHERE u.path >= %(path)s AND u.path < %(end)s AND {PLACED}
                        AND c.population = 'student' AND c.household_id IS NOT NULL) r
            JOIN roster_person p ON p.household_id = r.household_id
            JOIN roster_placement pl ON pl.person_id = p.id AND {PLACED}
            """,
            {"path": path, "end": path + END, "day": day},
        )
        if is_postgres():
            execute("ANALYZE ask_member")
        yield


@contextmanager
def _staged_limits(day: date) -> Iterator[None]:
    """Each unit's limit as one number, twice the asks and 1 more where it queues: the least is the strictest, and of
    two alike the one that refuses."""
    limits = limits_on(day)
    with temp_table("ask_cap", "unit_id INT PRIMARY KEY, cap INT"):
        rows = []
        for unit_id, path in fetch(
            "SELECT id, path FROM roster_unit WHERE id IN (SELECT unit_id FROM ask_member WHERE is_pupil = 1)"
        ):
            limit = nearest(limits, path)
            if limit is not None:
                rows.append((unit_id, limit.asks_a_day * 2 + (limit.over == "queue")))
        source, params = rows_table("k", {"unit_id": "int", "cap": "int"}, rows)
        execute(f"INSERT INTO ask_cap SELECT * FROM {source}", params)
        yield


@contextmanager
def _owed(day: date) -> Iterator[tuple[str, tuple[DutyInfo, ...]]]:
    """A statement of how many (duty, session) each staged household owes, and which duties those are: from the slots
    of a day that is open, and from the rules for one that is not, or not yet in every session: a city takes minutes."""
    family = {duty.id: duty for duty in duties().values() if duty.asked == "family"}
    if not family:
        yield "SELECT CAST(NULL AS BIGINT) AS household_id, 0 AS n WHERE 1 = 0", ()
    elif is_open(day, family.values()):
        yield _from_slots(family.values()), _named(family, _duties_of_slots(day, sorted(family)))
    else:
        few = [row[0] for row in fetch(f"SELECT DISTINCT person_id FROM ask_member LIMIT {FEW + 1}")]
        rules = policies_on(day)
        tags = tags_named(rule for of_duty in rules.values() for rule in of_duty)
        with ledger.staged_traits(day, tags=tags, only=few if len(few) <= FEW else None):
            trait = TRAITS_OF.format("a.person_id")
            kinds = fetch(f"SELECT DISTINCT a.unit_id, a.population, COALESCE(t.trait, '') FROM ask_member a {trait}")
            tree = tree_on(day)
            with staged_mask(tree, rules, [kind for kind in kinds if kind[0] in tree.nodes]) as mask:
                statement = (
                    f"SELECT a.household_id, {mask.total} AS n FROM ask_member a {trait} {mask.join('a', 'a')}"
                    " GROUP BY a.household_id"
                )
                yield statement, _named(family, mask.duty_ids)


# CROSS JOIN, because SQLite then begins with the members, who may be few, and not with the day's slots.
OWED = (
    " FROM ask_member a CROSS JOIN person_slot s WHERE s.respondent_id = a.person_id AND s.day = %(day)s"
    " AND s.duty_id IN ({}) AND s.state IN ('due', 'reported', 'missing')"
)


def _from_slots(family: Iterable[DutyInfo]) -> str:
    """One maximum for each (duty, session), and not a count of distinct ones: that would sort a city's slots."""
    sessions = [(duty.id, number) for duty in family for number in range(len(duty.sessions))]
    total = " + ".join(
        f"MAX(CASE WHEN s.duty_id = {duty_id} AND s.session = {number} THEN 1 ELSE 0 END)"
        for duty_id, number in sessions
    )
    among = OWED.format(", ".join(str(duty_id) for duty_id in sorted({duty_id for duty_id, _ in sessions})))
    return f"SELECT a.household_id, {total} AS n{among} GROUP BY a.household_id"


def _duties_of_slots(day: date, duty_ids: Sequence[int]) -> list[int]:
    return [one for one in duty_ids if fetch(f"SELECT 1{OWED.format(one)} LIMIT 1", {"day": day})]


def _named(family: dict[int, DutyInfo], duty_ids: Sequence[int] | frozenset[int]) -> tuple[DutyInfo, ...]:
    return tuple(family[duty_id] for duty_id in sorted(duty_ids))
