"""Policies in force on a day, as resolution sees them and as people read them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from notoneless.expect.models import Document, Policy
from notoneless.expect.rules import PolicyRule
from notoneless.kernel.errors import DomainError
from notoneless.roster.queries import unit_by_code
from notoneless.roster.scope import Scope
from notoneless.roster.tree import ids_of

EVER_PUBLISHED = ("published", "superseded", "withdrawn")
"""What a policy can be that was in force on some day: its dates say on which."""


@dataclass(frozen=True)
class DocumentInfo:
    """The paper on which a policy rests."""

    number: str
    issuer: str
    dated: date | None
    title_zh: str
    title_en: str
    link: str

    def title(self, language: str) -> str:
        return self.title_zh if language.startswith("zh") else self.title_en or self.title_zh


@dataclass(frozen=True)
class PolicyInfo:
    """A policy as people read it. `unit_code` and `level` are empty for the standing rules of the whole system."""

    rule: PolicyRule
    code: str
    status: str
    duty_code: str
    unit_code: str
    unit_path: str
    unit_name_zh: str
    unit_name_en: str
    level: str
    title_zh: str
    title_en: str
    document: DocumentInfo | None
    supersedes: str
    drafted_by: str
    approved_by: str
    reason: str

    @property
    def id(self) -> int:
        return self.rule.id

    def title(self, language: str) -> str:
        return self.title_zh if language.startswith("zh") else self.title_en or self.title_zh

    def unit_name(self, language: str) -> str:
        return self.unit_name_zh if language.startswith("zh") else self.unit_name_en or self.unit_name_zh


def rule_of(policy: Policy) -> PolicyRule:
    audience = policy.audience
    sets = {name: frozenset(audience.get(name, ())) for name in AUDIENCE}
    return PolicyRule(
        id=policy.id,
        unit_id=policy.unit_id or 0,
        duty_id=policy.duty_id,
        effect="waive" if policy.effect == "waive" else "require",
        bound="floor" if policy.strictness == "floor" else "ceiling" if policy.strictness == "ceiling" else "",
        days=frozenset(policy.days),
        weekdays=frozenset(policy.weekdays),
        sessions=frozenset(policy.sessions),
        windows={code: (opens, due, closes) for code, (opens, due, closes) in policy.windows.items()},
        effective_from=policy.effective_from,
        effective_to=policy.effective_to or date.max,
        **sets,
    )


AUDIENCE = ("populations", "stages", "kinds", "grades", "tags", "states")
"""What an audience can be narrowed by, as PolicyRule and a policy's file name it."""


def _in_force(day: date, last_day: date | None = None) -> QuerySet[Policy]:
    """Those in force on a day, or on any day from `day` to `last_day`."""
    ends = Q(effective_to=None) | Q(effective_to__gte=day)
    return Policy.objects.filter(ends, effective_from__lte=last_day or day, status__in=EVER_PUBLISHED)


def policies_on(day: date) -> Mapping[int, list[PolicyRule]]:
    """The policies in force on a date, by duty id."""
    found: dict[int, list[PolicyRule]] = {}
    for policy in _in_force(day).order_by("pk"):
        found.setdefault(policy.duty_id, []).append(rule_of(policy))
    return found


def rules_between(first_day: date, last_day: date, duty_id: int) -> list[PolicyRule]:
    """Every policy of a duty that is in force on some day from the first to the last."""
    return [rule_of(policy) for policy in _in_force(first_day, last_day).filter(duty_id=duty_id).order_by("pk")]


def tags_named(rules: Iterable[PolicyRule]) -> list[str]:
    """The tags that some of these policies look at, in order."""
    return sorted({tag for rule in rules for tag in rule.tags})


def policies_read(day: date) -> dict[int, PolicyInfo]:
    """The policies in force on a date as people read them, by id."""
    return {info.id: info for info in infos_of(_in_force(day))}


def policies_of(scope: Scope, unit_code: str = "", *, is_subtree: bool = True) -> list[PolicyInfo]:
    """Policies made by a unit, or by those of its subtree, of every status; every policy there is where `unit_code` is
    empty, for a scope that reaches everything. Raises DomainError `unknown_unit`, `out_of_scope`."""
    if not unit_code:
        return infos_of(Policy.objects.all()) if scope.is_everything else []
    path = unit_by_code(scope, unit_code).path
    return infos_of(Policy.objects.filter(unit__path__startswith=path) if is_subtree else
                    Policy.objects.filter(unit__path=path))  # fmt: skip


def policies_above(unit_path: str, day: date) -> list[PolicyInfo]:
    """Those in force on a day that units above this one have made, and the system's, from the top down."""
    above = Q(unit=None) | Q(unit_id__in=ids_of(unit_path)[:-1])
    return sorted(
        infos_of(_in_force(day).filter(above)), key=lambda info: (len(info.unit_path), info.duty_code, info.id)
    )


def policies_along(unit_paths: Iterable[str], day: date) -> list[PolicyInfo]:
    """Those in force on a day that any of these units, units above them or the system have made."""
    ids = {unit_id for path in unit_paths for unit_id in ids_of(path)}
    return infos_of(_in_force(day).filter(Q(unit=None) | Q(unit_id__in=ids)))


def policy_named(scope: Scope, unit_code: str, code: str) -> PolicyInfo:
    """A policy of exactly this unit. Raises DomainError `unknown_policy`, `out_of_scope`."""
    unit = unit_by_code(scope, unit_code)
    found = infos_of(Policy.objects.filter(unit=unit, code=code))
    if not found:
        raise DomainError("unknown_policy", "policy", name=code)
    return found[0]


def infos_of(policies: QuerySet[Policy]) -> list[PolicyInfo]:
    rows = policies.select_related("unit", "document", "duty", "supersedes").order_by("pk")
    return [policy_info(policy) for policy in rows]


def policy_info(policy: Policy) -> PolicyInfo:
    unit = policy.unit
    return PolicyInfo(
        rule=rule_of(policy),
        code=policy.code,
        status=policy.status,
        duty_code=policy.duty.code,
        unit_code=unit.code if unit else "",
        unit_path=unit.path if unit else "",
        unit_name_zh=unit.name if unit else "系统缺省规则",
        unit_name_en=(unit.name_en or unit.name) if unit else "the system's standing rules",
        level=unit.level if unit else "",
        title_zh=policy.title_zh,
        title_en=policy.title_en,
        document=_document(policy.document),
        supersedes=policy.supersedes.code if policy.supersedes else "",
        drafted_by=policy.drafted_by,
        approved_by=policy.approved_by,
        reason=policy.reason,
    )


def _document(document: Document | None) -> DocumentInfo | None:
    if document is None:
        return None
    return DocumentInfo(
        document.number, document.issuer, document.dated, document.title_zh, document.title_en, document.link
    )
