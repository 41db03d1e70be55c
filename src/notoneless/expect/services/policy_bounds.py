"""Whether a policy may be published beside those in force, and what ought to be known before it is."""

from collections.abc import Sequence

from notoneless.expect import queries
from notoneless.expect.models import Policy
from notoneless.expect.queries import policies as policy_queries
from notoneless.expect.queries.policies import rule_of
from notoneless.expect.rules import Clash, clashes_with, overrules, sees
from notoneless.kernel.errors import DomainError
from notoneless.roster.models import Person, Placement, Unit
from notoneless.roster.tree import ids_of, is_within


def clashes_of(policy: Policy, beside: Sequence[Policy] = ()) -> list[tuple[Clash, Policy]]:
    """Why a policy may not be published as it is, each with the other policy; `beside`: others not yet in force."""
    rule = rule_of(policy)
    others = [
        other
        for other in policy_queries.rules_between(rule.effective_from, rule.effective_to, rule.duty_id)
        if other.id not in (rule.id, policy.supersedes_id)
    ] + [rule_of(other) for other in beside]
    path = policy.unit.path if policy.unit else ""
    above = {0, *ids_of(path)[:-1]} if path else set()
    natures = queries.tree_on(rule.effective_from, within=path).natures(path)
    found = clashes_with(rule, others, above=above, natures=natures)
    named = Policy.objects.select_related("document", "unit").in_bulk([clash.with_id for clash in found])
    named |= {other.id: other for other in beside}
    return [(clash, named[clash.with_id]) for clash in found]


def refuse_clashes(policy: Policy) -> None:
    """Raises the DomainError of the first clash, naming the other clause and its document."""
    for clash, other in clashes_of(policy):
        title = other.title_zh or other.code
        paper = other.document.number if other.document else "-"
        unit = other.unit.name if other.unit else "系统 / system"
        raise DomainError(
            clash.code, "policy", mine=policy.code, other=other.code, title=title, document=paper, unit=unit
        )


def warnings_of(policy: Policy) -> list[tuple[str, str]]:
    """What may be published and ought to be known: barred policies below, an audience of nobody."""
    rule = rule_of(policy)
    others = policy_queries.rules_between(rule.effective_from, rule.effective_to, rule.duty_id)
    path = policy.unit.path if policy.unit else ""
    below = {
        unit_id
        for unit_id, unit_path in Unit.objects.filter(pk__in={o.unit_id for o in others}).values_list("id", "path")
        if is_within(unit_path, path) and unit_path != path
    }
    barred = Policy.objects.filter(pk__in=overrules(rule, others, below=below)).order_by("code")
    warnings = [("policy_bars", other.code) for other in barred]
    if not has_audience(policy):
        warnings.append(("audience_nobody", policy.code))
    return warnings


def has_audience(policy: Policy) -> bool:
    """Whether anybody placed today is of the kind that the policy speaks for (states and days aside)."""
    rule = rule_of(policy)
    path = policy.unit.path if policy.unit else ""
    tree = queries.tree_on(rule.effective_from, within=path)
    heard = {node.id for node in tree.below(path) if sees(rule, tree.nature(node))}
    if Policy.objects.filter(pk=policy.pk, duty__respondent="unit").exists():
        return bool(heard)
    placed = Placement.objects.filter(to_day=None)
    if rule.populations:
        placed = placed.filter(person__population__in=rule.populations)
    if rule.tags:
        tagged = Person.objects.none()
        for tag in rule.tags:
            tagged |= Person.objects.filter(tags__contains=f'"{tag}"')
        placed = placed.filter(person__in=tagged)
    return any(unit_id in heard for unit_id in placed.values_list("unit_id", flat=True).distinct().iterator())
