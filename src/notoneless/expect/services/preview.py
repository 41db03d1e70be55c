"""What policies would do before they are in force: slots added and taken away by day, district and stage."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from notoneless.expect import queries
from notoneless.expect.models import Policy
from notoneless.expect.queries import policies as policy_queries
from notoneless.expect.queries.asked import staged_mask
from notoneless.expect.queries.claims import Kind, Kinds, populations_of
from notoneless.expect.queries.duties import DutyInfo
from notoneless.expect.queries.policies import PolicyInfo, rule_of
from notoneless.expect.queries.reach import limit_above
from notoneless.expect.queries.tree import Tree
from notoneless.expect.rules import Clash, PolicyRule, Verdict, resolve
from notoneless.expect.services.policies import Published, policy_by_code, publish_policy, unsaved_policy
from notoneless.expect.services.policy_bounds import clashes_of
from notoneless.expect.services.policy_terms import PolicyTerms
from notoneless.kernel.clock import Clock, day_of
from notoneless.kernel.errors import DomainError
from notoneless.kernel.sql import fetch
from notoneless.ledger import services as ledger
from notoneless.ledger.services.traits import TRAITS_OF
from notoneless.roster import queries as roster_queries
from notoneless.roster.models import Unit
from notoneless.roster.scope import Scope
from notoneless.roster.tree import ids_of

MOST_DAYS = 366
Progress = Callable[[int, int], None]


@dataclass
class Change:
    """Slots that would be added, taken away, or keep their place with another window or rule of excuse."""

    added: int = 0
    removed: int = 0
    changed: int = 0

    def count(self, before: Verdict | None, after: Verdict | None, people: int) -> None:
        if before is None and after is not None:
            self.added += people
        elif before is not None and after is None:
            self.removed += people
        elif before is not None and after is not None and (before.claim, before.window) != (after.claim, after.window):
            self.changed += people

    def as_json(self) -> dict[str, int]:
        return {"added": self.added, "removed": self.removed, "changed": self.changed}


@dataclass
class DayPreview:
    """One day's change, in all, by district (of its name) and by stage. `over_budget`: households that would be asked
    more than their limit; None where that was not counted."""

    day: date
    day_type: str
    whole: Change = field(default_factory=Change)
    by_district: dict[str, Change] = field(default_factory=lambda: defaultdict(Change))
    by_stage: dict[str, Change] = field(default_factory=lambda: defaultdict(Change))
    over_budget: int | None = None


@dataclass
class Preview:
    """What is told before publication. `clashes`: why the policies could not be published as they are."""

    policies: list[Policy]
    days: list[DayPreview]
    clashes: list[tuple[Policy, Clash, Policy]]
    ask_limit: int | None


def preview_policies(
    scope: Scope,
    terms: Sequence[PolicyTerms],
    unit_code: str,
    *,
    first_day: date,
    days: int,
    progress: Progress = lambda done, total: None,
) -> Preview:
    """Resolve the subtree of a unit with and without the policies, on the roster as it is on the first day.

    Raises DomainError `bad_parameter` for days outside 1 to 366, and what the terms are wrong in.
    """
    if not 1 <= days <= MOST_DAYS:
        raise DomainError("bad_parameter", "days")
    drafts = [unsaved_policy(scope, one, number=-number) for number, one in enumerate(terms, start=1)]
    return _preview(scope, drafts, unit_code, first_day=first_day, days=days, progress=progress)


def preview_kept(scope: Scope, info: PolicyInfo, unit_code: str, *, first_day: date, days: int) -> Preview:
    """The same for a draft that is kept. Raises DomainError `unknown_policy`."""
    draft = policy_by_code(scope, info.code)
    return _preview(scope, [draft], unit_code, first_day=first_day, days=days, progress=lambda done, total: None)


def publish_within_budget(scope: Scope, code: str, *, clock: Clock) -> Published:
    """`publish_policy`, unless it would have a household asked more than its limit in the fortnight after it begins.

    Raises DomainError `policy_over_budget` with how many households and on which day, and what `publish_policy` raises.
    """
    draft = policy_by_code(scope, code)
    first_day = max(draft.effective_from, day_of(clock.now()))
    asks_families = draft.duty.asked == "family" and draft.effect == "require"
    if asks_families and draft.status == "approved":
        root = draft.unit.code if draft.unit else ""
        for unit_code in [root] if root else _roots():
            found = _preview(scope, [draft], unit_code, first_day=first_day, days=14, progress=lambda done, total: None)
            for day in found.days:
                if day.over_budget:
                    raise DomainError(
                        "policy_over_budget", "policy", name=code, households=day.over_budget, day=day.day,
                        limit=found.ask_limit,
                    )  # fmt: skip
    return publish_policy(scope, code, clock=clock)


def _roots() -> list[str]:
    return list(Unit.objects.filter(authority=None, closed_on=None).values_list("code", flat=True))


def _preview(
    scope: Scope, drafts: Sequence[Policy], unit_code: str, *, first_day: date, days: int, progress: Progress
) -> Preview:
    clashes = [
        (draft, clash, other)
        for place, draft in enumerate(drafts)
        for clash, other in clashes_of(draft, beside=[*drafts[:place], *drafts[place + 1 :]])
    ]
    root = roster_queries.unit_by_code(scope, unit_code)
    new = [rule_of(draft) for draft in drafts]
    replaced = {draft.supersedes_id: draft.effective_from for draft in drafts if draft.supersedes_id}
    last_day = first_day + timedelta(days=days - 1)
    duties = [duty for duty in queries.duties().values() if any(rule.duty_id == duty.id for rule in new)]
    before = {duty.id: policy_queries.rules_between(first_day, last_day, duty.id) for duty in queries.duties().values()}
    everything = [*new, *(rule for rules in before.values() for rule in rules)]
    held = limit_above(root.path, first_day)
    limit = None if held is None else held.asks_a_day
    found = []
    with ledger.staged_traits(first_day, tags=queries.tags_named(everything), within=root.path):
        tree = queries.tree_on(first_day, within=root.path)
        heads = [head for head in ledger.heads(first_day) if head[0] in tree.nodes]
        for number in range(days):
            day = first_day + timedelta(days=number)
            of_day = Tree(queries.national_day(day), tree.nodes, queries.overrides_on(day))
            after = {
                duty_id: [rule for rule in rules if day < replaced.get(rule.id, date.max)]
                + [rule for rule in new if rule.duty_id == duty_id]
                for duty_id, rules in before.items()
            }
            preview = DayPreview(day, of_day.judgement(ids_of(root.path), root.stage).day_type)
            for duty in duties:
                _count(preview, of_day, duty, _in_force(before[duty.id], day), _in_force(after[duty.id], day), heads,
                       root.path)  # fmt: skip
            if limit is not None and preview.whole.added:
                preview.over_budget = _households_over(of_day, after, heads, root.path, limit)
            found.append(preview)
            progress(number + 1, days)
    return Preview(list(drafts), found, clashes, limit)


def _in_force(rules: Sequence[PolicyRule], day: date) -> list[PolicyRule]:
    return [rule for rule in rules if rule.is_in_force(day)]


def _count(
    preview: DayPreview, tree: Tree, duty: DutyInfo, before: Sequence[PolicyRule], after: Sequence[PolicyRule],
    heads: Sequence[tuple[int, str, str, int]], within: str,
) -> None:  # fmt: skip
    """People alike are resolved once; a unit's own duties count the unit itself."""
    kinds = Kinds(tree, [*before, *after])
    wanted = set(populations_of(duty))
    if duty.respondent == "unit":
        heads = [(node.id, "unit", "", 1) for node in tree.below(within)]
    people: dict[tuple[Kind, int], int] = defaultdict(int)
    for unit_id, population, trait, count in heads:
        node = tree.nodes[unit_id]
        if population in wanted and node.path.startswith(within) and duty.level in ("", node.level):
            people[kinds.of(unit_id, population, trait), node.district_id] += count
    for (kind, district_id), count in people.items():
        for session in duty.sessions:
            was = resolve(before, kind.path_ids, kind.group, session.code)
            will = resolve(after, kind.path_ids, kind.group, session.code)
            district = tree.nodes.get(district_id)
            preview.whole.count(was, will, count)
            preview.by_district[district.name if district else ""].count(was, will, count)
            preview.by_stage[kind.group.stage].count(was, will, count)


def _households_over(
    tree: Tree, rules: Mapping[int, Sequence[PolicyRule]], heads: Sequence[tuple[int, str, str, int]], within: str,
    limit: int,
) -> int:  # fmt: skip
    """Households of the subtree that would be asked more than `limit` things: each (duty, session) once a household."""
    sessions = sum(len(duty.sessions) for duty in queries.duties().values() if duty.asked == "family")
    if sessions <= limit:
        return 0
    alike = [head[:3] for head in heads if tree.nodes[head[0]].path.startswith(within)]
    with staged_mask(tree, rules, alike) as mask:
        ((count,),) = fetch(
            f"""
            SELECT COUNT(*) FROM (
                SELECT p.household_id FROM roster_placement pl
                JOIN roster_person p ON p.id = pl.person_id {TRAITS_OF.format("p.id")} {mask.join("pl", "p")}
                WHERE pl.from_day <= %(day)s AND (pl.to_day IS NULL OR pl.to_day > %(day)s)
                      AND p.household_id IS NOT NULL
                GROUP BY p.household_id HAVING {mask.total} > %(limit)s) AS over
            """,
            {"day": tree.day, "limit": limit},
        )
    return int(count)
