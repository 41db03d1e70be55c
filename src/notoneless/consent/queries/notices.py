"""Notices, put together from the duty, its form and the policies in force; and which a family has yet to read."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from notoneless.collect.queries import form_in_force, form_version
from notoneless.collect.rules import Form
from notoneless.consent.models import NoticeSeen
from notoneless.consent.rules import FieldTold, Notice, Paper, capacities_for
from notoneless.expect import queries as expect_queries
from notoneless.expect.queries import DutyInfo, PolicyInfo
from notoneless.roster import queries as roster_queries
from notoneless.roster.models import Person, Unit
from notoneless.roster.scope import Scope


@dataclass(frozen=True)
class ToldChild:
    """A child, the notices that concern it, and the digests of those that the reader has read."""

    id: int
    code: str
    name: str
    capacities: tuple[str, ...]
    notices: tuple[Notice, ...]
    read: frozenset[str]

    @property
    def unread(self) -> list[Notice]:
        return [notice for notice in self.notices if notice.digest not in self.read]

    @property
    def is_own_age(self) -> bool:
        """14 or over: the pupil consents (PIPL 31)."""
        return "pupil" in self.capacities


def notice_of(duty: DutyInfo, form: Form, papers: Iterable[Paper] = ()) -> Notice:
    """A field counts as sensitive unless the form says that it is not: everything about a child under 14 is."""
    fields = tuple(
        FieldTold(entry["code"], entry["label"]["zh"], entry["label"]["en"], entry.get("sensitive", True),
                  entry["code"] in duty.separate)
        for entry in form.definition["fields"]
    )  # fmt: skip
    return Notice(
        duty.code, duty.id, duty.basis, duty.name_zh, duty.name_en, duty.purpose_zh, duty.purpose_en,
        duty.recipients_zh, duty.recipients_en, duty.retention_days, duty.asked, fields, tuple(papers),
    )  # fmt: skip


@lru_cache(maxsize=256)
def terms_of(duty: DutyInfo, form_code: str, version: int) -> str:
    """The digest of what a consent to this duty is given to, as the duty and that version of its form stand."""
    return notice_of(duty, form_version(form_code, version)).terms


def notices_on_paths(paths: Collection[str], day: date) -> dict[str, tuple[Notice, ...]]:
    """What is told about pupils of the units with these paths: one notice for each duty that some policy asks of pupils
    there, by the duties' order."""
    policies = [
        one for one in expect_queries.policies_along(paths, day)
        if one.rule.effect == "require" and (not one.rule.populations or "student" in one.rule.populations)
    ]  # fmt: skip
    duties = [duty for duty in expect_queries.duties().values() if duty.respondent == "person"]
    asked = {policy.duty_code for policy in policies}
    forms = {code: form_in_force(code) for code in {duty.form for duty in duties if duty.code in asked}}
    told: dict[str, tuple[Notice, ...]] = {}
    for path in paths:
        papers: dict[str, dict[str, Paper]] = {}
        for policy in policies:
            if path.startswith(policy.unit_path):
                papers.setdefault(policy.duty_code, {}).update(_paper(policy))
        told[path] = tuple(
            notice_of(duty, forms[duty.form], (paper for _, paper in sorted(papers[duty.code].items())))
            for duty in duties
            if duty.code in papers
        )
    return told


def _paper(policy: PolicyInfo) -> dict[str, Paper]:
    document = policy.document
    return {} if document is None else {document.number: Paper(document.number, document.title_zh, document.title_en)}


def notices_of_households(scope: Scope, day: date) -> list[ToldChild]:
    """The children of the scope's households, each with its notices; which of them this account has read."""
    children = roster_queries.children_of_household(scope)
    ids = [child.id for child in children]
    paths = dict(Unit.objects.filter(id__in={child.unit_id for child in children}).values_list("id", "path"))
    born = dict(Person.objects.filter(id__in=ids).values_list("id", "birth_date"))
    told = notices_on_paths(set(paths.values()), day)
    read: dict[int, set[str]] = {}
    seen = NoticeSeen.objects.filter(person_id__in=ids, by=scope.actor)
    for person_id, digest in seen.values_list("person_id", "notice__digest"):
        read.setdefault(person_id, set()).add(digest)
    return [
        ToldChild(child.id, child.code, child.name, capacities_for(born[child.id], day), told[paths[child.unit_id]],
                  frozenset(read.get(child.id, ())))
        for child in children
    ]  # fmt: skip
