"""What families will be asked on days to come, before their slots exist: one mask for people who are alike."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from notoneless.expect.queries.claims import Kinds
from notoneless.expect.queries.duties import duties
from notoneless.expect.queries.tree import Tree
from notoneless.expect.rules import PolicyRule, resolve
from notoneless.kernel.sql import execute, is_postgres, rows_table, temp_table


@dataclass(frozen=True)
class Mask:
    """A temporary table with a 0 or 1 for each (duty, session) that families are asked for, by kind of people.

    `total`: SQL for how many a group of people owes, each counted once; `duty_ids`: those that anybody owes.
    """

    table: str
    total: str
    duty_ids: frozenset[int]

    def join(self, place: str, person: str) -> str:
        """SQL that finds the mask `m` of a person at a place (aliases), with their staged trait `t`."""
        return (
            f"JOIN {self.table} m ON m.unit_id = {place}.unit_id AND m.population = {person}.population"
            " AND m.trait = COALESCE(t.trait, '')"
        )


@contextmanager
def staged_mask(
    tree: Tree, rules: Mapping[int, Sequence[PolicyRule]], kinds_of_people: Sequence[tuple[int, str, str]]
) -> Iterator[Mask]:
    """Resolve each (unit id, population, trait) once. Within `staged_traits`; `rules` by duty id."""
    asked = [duty for duty in duties().values() if duty.asked == "family"]
    in_force = {duty.id: [rule for rule in rules.get(duty.id, ()) if rule.is_in_force(tree.day)] for duty in asked}
    kinds = {duty.id: Kinds(tree, in_force[duty.id]) for duty in asked}
    sessions = [(duty.id, session.code) for duty in asked for session in duty.sessions]
    verdicts: dict[tuple[object, ...], bool] = {}
    rows, owed = [], set()
    for unit_id, population, trait in kinds_of_people:
        row = []
        for duty_id, session in sessions:
            kind = kinds[duty_id].of(unit_id, population, trait)
            known = (duty_id, session, kind)
            if known not in verdicts:
                verdict = resolve(in_force[duty_id], kind.path_ids, kind.group, session)
                verdicts[known] = verdict is not None and verdict.claim == "owed"
            row.append(int(verdicts[known]))
            if verdicts[known]:
                owed.add(duty_id)
        rows.append((unit_id, population, trait, *row))
    columns = [f"ask{number}" for number in range(len(sessions))]
    table = f"ask_mask{len(columns)}"
    flags = "".join(f", {column} INT" for column in columns)
    with temp_table(table, f"unit_id INT, population VARCHAR(8), trait VARCHAR(200){flags}"):
        types = {"unit_id": "int", "population": "text", "trait": "text", **dict.fromkeys(columns, "int")}
        source, params = rows_table("k", types, rows)
        execute(f"INSERT INTO {table} SELECT * FROM {source}", params)
        if is_postgres():
            execute(f"ANALYZE {table}")
        total = " + ".join(f"MAX(m.{column})" for column in columns) or "0"
        yield Mask(table, total, frozenset(owed))
