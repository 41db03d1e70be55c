"""The yearly report on access to minors' data, from the audit log alone: counts, no names (minors' regulation 37)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from notoneless.consent.queries.assessments import unassessed_duties
from notoneless.consent.rules import small_cell
from notoneless.kernel.clock import day_of, instant_on
from notoneless.kernel.models import AuditEntry
from notoneless.roster import queries as roster_queries
from notoneless.roster.models import Grant, Person, Placement, Unit
from notoneless.roster.scope import Scope

Cell = int | str
READS = ("record.read", "record.unmask")
LISTS = ("names.read",)
EXPORTS = ("export", "privacy.copy")
REFUSALS = ("refused", "refusal")
CERTIFICATES = ("retention", "destroy", "destruction")
CHUNK = 2000
PERSON, UNIT = "person:", "unit:"
"""How subjects of entries begin."""


@dataclass
class _Count:
    acts: int = 0
    records: set[str] = field(default_factory=set)
    readers: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class YearReport:
    """A year at a unit and all below it. Tables are rows of cells, the first row their titles; 1 to 4 persons are told
    as "<5". `findings`: (code, what it concerns)."""

    year: int
    unit_code: str
    unit_name: str
    tables: Mapping[str, list[tuple[Cell, ...]]]
    findings: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        return {"year": self.year, "unit": self.unit_code, "tables": self.tables, "findings": list(self.findings)}


def yearly_report(scope: Scope, unit_code: str, year: int, today: date) -> YearReport:
    """Counted at the unit that the entry names (where the reader holds the role, or that the act concerns); else where
    the pupil is now; a refusal, where the account holds a role. What belongs nowhere is counted at a topmost unit
    alone. Raises `out_of_scope`."""
    unit = roster_queries.unit_by_code(scope, unit_code)
    units = dict(Unit.objects.filter(path__startswith=unit.path).values_list("code", "name"))
    reads: dict[tuple[str, str, str], _Count] = defaultdict(_Count)
    plain: Counter[tuple[str, str]] = Counter()
    days: list[int] = []
    late = 0
    for act, at, actor, subject, detail in _entries(year, unit, units):
        month = f"{day_of(at):%Y-%m}"
        if act in READS:
            line = reads[month, str(detail["unit"]), str(detail.get("role", ""))]
            line.acts += 1
            line.records.add(subject)
            line.readers.add(actor)
        elif act in LISTS:
            plain["list", f"{detail['unit']} {detail.get('page', '')}"] += 1
        elif _is(act, EXPORTS):
            plain["export", act] += 1
        elif _is(act, REFUSALS):
            plain["refusal", act] += 1
        elif _is(act, CERTIFICATES):
            plain["certificate", act] += 1
        elif act in ("privacy.request", "privacy.answer"):
            plain[act, f"{detail.get('kind', '')} {detail.get('outcome', '')}".strip()] += 1
            if act == "privacy.answer":
                days.append(int(detail.get("days", 0)))
                late += bool(detail.get("late"))
        elif act in ("consent.give", "consent.withdraw", "privacy.notice"):
            plain[act, f"{detail.get('duty', '')} {detail.get('item', '')}".strip()] += 1
    end = min(today, date(year, 12, 31))
    tables: dict[str, list[tuple[Cell, ...]]] = {
        "reads": [
            ("月份 / month", "机构 / unit", "角色 / role", "查看次数 / reads", "学生数 / records", "查看人数 / readers")
        ],
        "acts": [("类别 / kind", "事项 / act", "次数 / times")],
        "requests": [("答复 / answered", "最长天数 / longest, days", "超期 / late")],
    }  # fmt: skip
    for (month, code, role), count in sorted(reads.items()):
        tables["reads"].append((month, units.get(code, code), role, _times(count), small_cell(len(count.records)),
                                small_cell(len(count.readers))))  # fmt: skip
    tables["acts"] += [(kind, what, small_cell(n)) for (kind, what), n in sorted(plain.items())]
    tables["requests"].append((small_cell(len(days)), max(days, default=0), small_cell(late)))
    findings = [("unassessed", duty.code) for duty in unassessed_duties(end)]
    findings += [("late_answers", str(small_cell(late)))] if late else []
    return YearReport(year, unit.code, unit.name, tables, tuple(findings))


def _times(count: _Count) -> Cell:
    """How often; not told exactly where the persons are not."""
    return small_cell(count.acts) if len(count.records) >= 5 else small_cell(min(count.acts, 4))


def _is(act: str, kinds: Collection[str]) -> bool:
    """Whether an act, or the family or last word of its name, is one of these."""
    return act in kinds or act.split(".")[0] in kinds or act.split(".")[-1] in kinds


def _entries(
    year: int, unit: Unit, units: Collection[str]
) -> Iterator[tuple[str, datetime, str, str, Mapping[str, Any]]]:
    """The year's acts at these units, about pupils where they are about a person; `detail` names the unit."""
    rows = AuditEntry.objects.filter(
        made_at__gte=instant_on(date(year, 1, 1), 0), made_at__lt=instant_on(date(year, 12, 31), 1440)
    ).order_by("pk")
    columns = ("act", "made_at", "actor", "subject", "detail")
    accounts = set(Grant.objects.filter(unit__path__startswith=unit.path).values_list("account__username", flat=True))
    entries = rows.values_list(*columns).iterator(CHUNK)
    while chunk := list(islice(entries, CHUNK)):
        people = _people({subject.removeprefix(PERSON) for _, _, _, subject, _ in chunk if subject.startswith(PERSON)})
        for act, at, actor, subject, detail in chunk:
            told = dict(detail) if isinstance(detail, dict) else {}
            population, place = people.get(subject.removeprefix(PERSON), ("", ""))
            where = told.get("unit") or place or (subject.removeprefix(UNIT) if subject.startswith(UNIT) else "")
            is_ours = where in units or (not where and (unit.authority_id is None or actor in accounts))
            if is_ours and population in ("", "student"):
                yield act, at, actor, subject, {**told, "unit": where}


def _people(codes: Collection[str]) -> dict[str, tuple[str, str]]:
    """Code -> population, and the unit to which the person belongs now. Who is gone is left out."""
    rows = Person.objects.filter(code__in=codes).values_list("code", "population")
    now = Placement.objects.filter(to_day=None, person__code__in=codes).values_list("person__code", "unit__code")
    places = dict(now)
    return {code: (population, places.get(code, "")) for code, population in rows}
