"""Why one person owes what on one day: the walk of each duty's policies, and what the ledger holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from notoneless.expect.queries.claims import Kinds
from notoneless.expect.queries.duties import DutyInfo, SessionInfo, duties
from notoneless.expect.queries.policies import PolicyInfo, policies_read
from notoneless.expect.queries.tree import Node, Tree, tree_on
from notoneless.expect.rules import DayJudgement, PolicyRule, Walk, walk, why_silent
from notoneless.expect.rules.policies import Minutes
from notoneless.kernel.errors import DomainError
from notoneless.ledger import queries as ledger_queries
from notoneless.roster import queries as roster_queries
from notoneless.roster.queries import PlacedPerson
from notoneless.roster.scope import Scope
from notoneless.roster.states import StateRef, states_on
from notoneless.roster.tree import ids_of


@dataclass(frozen=True)
class Recorded:
    """What the ledger holds of a session: the slot's state, reason, and the policy that made it."""

    state: str
    reason: str
    policy_id: int | None


@dataclass(frozen=True)
class Item:
    """One session of a duty for one person. `silent`: policies on the way that do not speak for them, and the first
    thing that keeps them from it. `recorded`: None where the day is not open, or nothing was ever owed.
    """

    duty: DutyInfo
    session: SessionInfo
    walk: Walk
    silent: tuple[tuple[PolicyRule, str], ...]
    recorded: Recorded | None

    @property
    def outcome(self) -> Literal["owed", "excused", "not_owed"]:
        return "not_owed" if self.walk.verdict is None else self.walk.verdict.claim

    @property
    def window(self) -> Minutes:
        verdict = self.walk.verdict
        return self.session.minutes if verdict is None or verdict.window is None else verdict.window

    @property
    def decided_by(self) -> int | None:
        """The policy that decides: requires, or waives; None where none speaks."""
        return next((step.rule.id for step in self.walk.steps if step.outcome == "decides"), None)


@dataclass(frozen=True)
class Explanation:
    """Everything that decides what a person owes on a day. No name: who shows it adds that where it is allowed."""

    person_id: int
    code: str
    population: str
    day: date
    chain: tuple[Node, ...]
    judgement: DayJudgement
    marked_by: Node | None
    state: str
    recorded_state: StateRef | None
    tags: frozenset[str]
    items: tuple[Item, ...]
    policies: Mapping[int, PolicyInfo]


def explain_person(scope: Scope, person: str | int, day: date) -> Explanation:
    """By code or id. Raises DomainError `unknown_person`, `out_of_scope`, `no_placement` for a day on which the person
    belonged to no unit."""
    placed = roster_queries.placed_on(scope, person, day)
    tree = tree_on(day, within=placed.path)
    if placed.unit_id not in tree.nodes:
        raise DomainError("no_placement", "day", day=day)
    infos = policies_read(day)
    recorded_state = states_on(day, [placed.id]).get(placed.id)
    slots = {key: Recorded(*marks) for key, marks in ledger_queries.marks_of_person(placed.id, day).items()}
    items = []
    for duty in duties().values():
        if duty.respondent != "person":
            continue
        rules = [info.rule for info in infos.values() if info.rule.duty_id == duty.id]
        items.extend(_items(tree, placed, duty, rules, recorded_state, slots))
    chain = tuple(tree.nodes[unit_id] for unit_id in ids_of(placed.path) if unit_id in tree.nodes)
    judgement = tree.judgement(ids_of(placed.path), tree.nature(tree.nodes[placed.unit_id]).stage)
    is_suspended = judgement.day_type == "closure" and recorded_state is None
    return Explanation(
        person_id=placed.id,
        code=placed.code,
        population=placed.population,
        day=day,
        chain=chain,
        judgement=judgement,
        marked_by=tree.nodes.get(judgement.by.unit_id) if judgement.by else None,
        state=recorded_state.state if recorded_state else "suspended" if is_suspended else "at_school",
        recorded_state=recorded_state,
        tags=placed.tags,
        items=tuple(items),
        policies=infos,
    )


def _items(
    tree: Tree, placed: PlacedPerson, duty: DutyInfo, rules: list[PolicyRule], state: StateRef | None,
    slots: Mapping[tuple[int, int], Recorded],
) -> list[Item]:  # fmt: skip
    trait = "+".join([state.state if state else "", *sorted(placed.tags)])
    path_ids = ids_of(placed.path)
    group = Kinds(tree, rules).of(placed.unit_id, placed.population, trait).group
    items = []
    for number, session in enumerate(duty.sessions):
        walked = walk(rules, path_ids, group, session.code)
        spoke = {step.rule.id for step in walked.steps}
        silent = tuple(
            (rule, why_silent(rule, group, session.code) or "day")
            for rule in rules
            if rule.id not in spoke and (rule.unit_id == 0 or rule.unit_id in path_ids)
        )
        items.append(Item(duty, session, walked, silent, slots.get((duty.id, number))))
    return items
