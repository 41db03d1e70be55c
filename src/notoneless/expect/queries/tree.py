"""The units of a day with what policies and calendars can see of them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from notoneless.expect.queries.calendar import national_day, overrides_on
from notoneless.expect.rules import DayJudgement, NationalDay, Nature, Override, judge_day
from notoneless.kernel.sql import fetch
from notoneless.roster.tree import END, ids_of


class Node(NamedTuple):
    """A unit in the tree of a day."""

    id: int
    parent_id: int | None
    path: str
    level: str
    kind: str
    stage: str
    grade: str
    district_id: int
    code: str
    name: str
    name_en: str

    def label(self, language: str) -> str:
        return self.name if language.startswith("zh") else self.name_en or self.name


class Tree:
    """A day's units, and what day it is for each of them."""

    def __init__(self, national: NationalDay, nodes: Mapping[int, Node], overrides: Sequence[Override]) -> None:
        self.day = national.day
        self.national = national
        self.nodes = nodes
        self.overrides = overrides
        self.marked = {override.unit_id for override in overrides}
        self._judged: dict[tuple[tuple[int, ...], str], DayJudgement] = {}

    def nature(self, node: Node) -> Nature:
        """A class has its own stage and grade, or its school's stage; and its school's kind."""
        stage, kind = "", ""
        for unit_id in ids_of(node.path):
            above = self.nodes.get(unit_id)
            if above is not None:
                stage = above.stage or stage
                kind = kind if above.level == "class" else above.kind
        return Nature(stage, kind, node.grade)

    def judgement(self, path_ids: Sequence[int], stage: str) -> DayJudgement:
        """What day it is for a unit, and why."""
        seen = tuple(unit_id for unit_id in path_ids if unit_id in self.marked)
        if (seen, stage) not in self._judged:
            self._judged[seen, stage] = judge_day(seen, stage, self.national, self.overrides)
        return self._judged[seen, stage]

    def below(self, path: str) -> list[Node]:
        """The units of a subtree, its root among them."""
        return [node for node in self.nodes.values() if node.path.startswith(path)]

    def natures(self, path: str) -> frozenset[Nature]:
        """What kinds of schools and classes a subtree holds."""
        return frozenset(self.nature(node) for node in self.below(path) if node.level in ("school", "class"))


_COLUMNS = "level, kind, stage, grade, district_id, code, name, name_en"


def tree_on(day: date, *, within: str = "") -> Tree:
    """The tree as the day froze it; for a day that is not open, the roster's as of that day.

    `within`: only the subtree of a path, and the units above it.
    """
    limit, params = "", {"day": day, "within": within, "end": within + END, "above": ids_of(within)[:-1]}
    if within:
        above = ", ".join(str(int(unit_id)) for unit_id in ids_of(within)) or "0"
        limit = f"AND (path >= %(within)s AND path < %(end)s OR {{0}} IN ({above}))"
    params.pop("above")
    rows = fetch(
        f"SELECT unit_id, parent_id, path, {_COLUMNS} FROM day_unit WHERE day = %(day)s {limit.format('unit_id')}",
        params,
    )
    if not rows:
        rows = fetch(
            f"SELECT id, authority_id, path, {_COLUMNS} FROM roster_unit"
            " WHERE (opened_on IS NULL OR opened_on <= %(day)s) AND (closed_on IS NULL OR closed_on > %(day)s)"
            f" {limit.format('id')}",
            params,
        )
    return Tree(national_day(day), {row[0]: Node(*row) for row in rows}, overrides_on(day))
