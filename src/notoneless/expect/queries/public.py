"""Who has to report what on a day, by district, kind of school and stage: for everybody to read. No personal data."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from notoneless.expect.queries.claims import Kinds
from notoneless.expect.queries.duties import DutyInfo, SessionInfo, duties
from notoneless.expect.queries.policies import PolicyInfo, policies_read
from notoneless.expect.queries.tree import Node, Tree, tree_on
from notoneless.expect.rules import DayJudgement, Group, PolicyRule, walk
from notoneless.expect.rules.policies import Minutes
from notoneless.roster.tree import ids_of

SHOWN = (
    ("student", "at_school"), ("student", "sick_home"), ("student", "leave"), ("staff", "at_school"),
    ("relative", "at_school"),
)  # fmt: skip
"""Populations and states that the page tells apart."""
MOST_EXCEPTIONS = 12


@dataclass(frozen=True)
class PublicLine:
    """One thing that such people owe or are excused from, or that a rule says they need not do (`claim` `waived`)."""

    population: str
    state: str
    duty: DutyInfo
    session: SessionInfo
    claim: str
    window: Minutes
    policy: PolicyInfo


@dataclass(frozen=True)
class PublicRow:
    """A kind of school and stage in a district. `others`: schools or classes for which something else holds, the first
    dozen of `other_count`; `lines` hold for the rest. A class comes with its school before it.
    """

    kind: str
    stage: str
    schools: int
    judgement: DayJudgement
    lines: tuple[PublicLine, ...]
    others: tuple[tuple[Node, ...], ...]
    other_count: int


@dataclass(frozen=True)
class PublicDistrict:
    unit: Node
    rows: tuple[PublicRow, ...]


@dataclass(frozen=True)
class PublicRules:
    """`judgement`: what day it is where nobody has entered days of their own."""

    day: date
    day_type: str
    is_known_year: bool
    districts: tuple[PublicDistrict, ...]


_Said = tuple[tuple[str, str, int, int, str, Minutes, int], ...]


def public_rules(day: date) -> PublicRules:
    """The rules of every district on a day, past ones as they were. Some seconds for a city: cached by the page."""
    tree = tree_on(day)
    infos = policies_read(day)
    known = duties()
    personal = [duty for duty in known.values() if duty.respondent == "person"]
    saying = _Saying(tree, personal, infos)
    groups: dict[tuple[int, str, str], list[tuple[Node, _Said, DayJudgement]]] = defaultdict(list)
    for node in tree.nodes.values():
        if node.level == "class":
            nature = tree.nature(node)
            judgement = tree.judgement(ids_of(node.path), nature.stage)
            groups[node.district_id, nature.kind, nature.stage].append((node, saying.of(node), judgement))
    by_id = {duty.id: duty for duty in personal}
    districts: dict[int, list[PublicRow]] = defaultdict(list)
    for (district_id, kind, stage), members in sorted(groups.items()):
        usual, judgement = Counter((said, judged) for _, said, judged in members).most_common(1)[0][0]
        apart = [node for node, said, _ in members if said != usual]
        whole = _schools_apart(tree, members, apart)
        lines = tuple(_line(entry, by_id, infos) for entry in usual)
        districts[district_id].append(
            PublicRow(kind, stage, len({node.parent_id for node, _, _ in members}), judgement, lines,
                      tuple(whole[:MOST_EXCEPTIONS]), len(whole))
        )  # fmt: skip
    found = [PublicDistrict(tree.nodes[i], tuple(rows)) for i, rows in districts.items() if i in tree.nodes]
    found.sort(key=lambda one: (len(one.unit.path), one.unit.code))
    return PublicRules(day, tree.national.day_type, tree.national.is_known, tuple(found))


def _schools_apart(
    tree: Tree, members: list[tuple[Node, _Said, DayJudgement]], apart: list[Node]
) -> list[tuple[Node, ...]]:
    """A school whose classes are all apart is named instead of them."""
    classes = Counter(node.parent_id for node, _, _ in members)
    off = Counter(node.parent_id for node in apart)
    named: dict[int, tuple[Node, ...]] = {}
    for node in apart:
        school = tree.nodes.get(node.parent_id or 0)
        if school is not None and classes[school.id] == off[school.id]:
            named[school.id] = (school,)
        else:
            named[node.id] = (node,) if school is None else (school, node)
    return sorted(named.values(), key=lambda chain: chain[-1].code)


class _Saying:
    """What is said of a class's people, resolved once for each kind."""

    def __init__(self, tree: Tree, personal: list[DutyInfo], infos: dict[int, PolicyInfo]) -> None:
        self._personal = personal
        self._rules: dict[int, list[PolicyRule]] = defaultdict(list)
        for info in infos.values():
            self._rules[info.rule.duty_id].append(info.rule)
        self._kinds = {duty.id: Kinds(tree, self._rules[duty.id]) for duty in personal}
        self._known: dict[tuple[object, ...], _Said] = {}

    def of(self, node: Node) -> _Said:
        said: list[tuple[str, str, int, int, str, Minutes, int]] = []
        for population, state in SHOWN:
            for duty in self._personal:
                kind = self._kinds[duty.id].of(node.id, population, "" if state == "at_school" else state)
                key = (duty.id, kind)
                if key not in self._known:
                    self._known[key] = self._walked(duty, kind.path_ids, kind.group, population, state)
                said.extend(self._known[key])
        return tuple(said)

    def _walked(self, duty: DutyInfo, path_ids: tuple[int, ...], group: Group, population: str, state: str) -> _Said:
        said = []
        for number, session in enumerate(duty.sessions):
            walked = walk(self._rules[duty.id], path_ids, group, session.code)
            verdict = walked.verdict
            decides = next((step.rule.id for step in walked.steps if step.outcome == "decides"), None)
            if decides is None:
                continue
            claim = "waived" if verdict is None else verdict.claim
            window = session.minutes if verdict is None or verdict.window is None else verdict.window
            said.append((population, state, duty.id, number, claim, window, decides))
        return tuple(said)


def _line(entry: tuple[str, str, int, int, str, Minutes, int], by_id: dict[int, DutyInfo],
          infos: dict[int, PolicyInfo]) -> PublicLine:  # fmt: skip
    population, state, duty_id, number, claim, window, policy_id = entry
    duty = by_id[duty_id]
    return PublicLine(population, state, duty, duty.sessions[number], claim, window, infos[policy_id])
