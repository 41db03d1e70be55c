"""What the policies say of everyone: one claim for people of a unit who are alike, resolved once for each kind."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from notoneless.expect.queries.duties import DutyInfo, SessionInfo
from notoneless.expect.queries.tree import Tree
from notoneless.expect.rules import Group, PolicyRule, Verdict, resolve
from notoneless.ledger.keys import GroupClaim, Window
from notoneless.ledger.services import Trait
from notoneless.roster.tree import ids_of

PERSON_POPULATIONS = ("student", "staff", "relative")


class Kind(NamedTuple):
    """People alike: the units on their path that rule or mark days, and all else that a policy can see."""

    path_ids: tuple[int, ...]
    group: Group


class Kinds:
    """Sorts the people of a tree into kinds, for the policies of one duty."""

    def __init__(self, tree: Tree, rules: Sequence[PolicyRule]) -> None:
        self._tree = tree
        self._seen = {rule.unit_id for rule in rules} | tree.marked
        self._traits: dict[str, Trait] = {}
        self._known: dict[tuple[object, ...], Kind] = {}
        self._places: dict[int, tuple[tuple[int, ...], tuple[str, str, str]]] = {}
        self._weekday = tree.day.weekday()

    def of(self, unit_id: int, population: str, trait: str) -> Kind:
        place = self._places.get(unit_id)
        if place is None:
            node = self._tree.nodes[unit_id]
            seen = tuple(above for above in ids_of(node.path) if above in self._seen)
            place = self._places[unit_id] = (seen, self._tree.nature(node))
        key = (*place, population, trait)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._kind(place[0], place[1], population, self._trait(trait))
        return known

    def _trait(self, text: str) -> Trait:
        if text not in self._traits:
            self._traits[text] = Trait.read(text)
        return self._traits[text]

    def _kind(self, seen: tuple[int, ...], nature: tuple[str, str, str], population: str, trait: Trait) -> Kind:
        stage, school_kind, grade = nature
        day_type = self._tree.judgement(seen, stage).day_type
        state = "suspended" if day_type == "closure" and trait.state == "at_school" else trait.state
        group = Group(population, stage, school_kind, grade, state, trait.tags, day_type, self._weekday)
        return Kind(seen, group)


def populations_of(duty: DutyInfo) -> tuple[str, ...]:
    return ("unit",) if duty.respondent == "unit" else PERSON_POPULATIONS


def claims_of(
    tree: Tree,
    duty: DutyInfo,
    session: SessionInfo,
    rules: Sequence[PolicyRule],
    traits: Mapping[int, Sequence[tuple[str, str]]],
    *,
    within: str = "",
    among: Collection[int] | None = None,
) -> Iterator[GroupClaim]:
    """One claim for each kind of people of a unit that owes the session. `traits`: who is apart, by unit.

    `within` limits it to a subtree, `among` to some units.
    """
    kinds = Kinds(tree, rules)
    verdicts: dict[Kind, tuple[Verdict, Window] | None] = {}
    everyone = [(population, "") for population in populations_of(duty)]
    for node in tree.nodes.values():
        if among is not None and node.id not in among:
            continue
        if (duty.level and node.level != duty.level) or not node.path.startswith(within):
            continue
        apart = traits.get(node.id, ()) if duty.respondent == "person" else ()
        for population, trait in (*everyone, *apart):
            kind = kinds.of(node.id, population, trait)
            if kind not in verdicts:
                found = resolve(rules, kind.path_ids, kind.group, session.code)
                verdicts[kind] = None if found is None else (found, session.window(tree.day, found.window))
            decided = verdicts[kind]
            if decided is not None:
                verdict, window = decided
                yield GroupClaim(
                    node.id, population, trait, verdict.claim, verdict.reason, verdict.policy_id, window
                )  # fmt: skip
