"""A OneRoster 1.1 CSV set (folder or zip) told as units and people.

Kinds: national and state are `province`; local is `city`; district is `district`; school is `school`; department is a
`school` within its parent; a class is `class` below its school. Codes are sourcedIds; the hyphens of a UUID are left
out, so that it fits. Academic sessions, courses, demographics and other files are not read.

What must be known about everyone before the first row is told is kept in dicts of ids: which class each pupil is in,
and who is whose agent. That is some 200 bytes a pupil.
"""

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from django.conf import settings

from notoneless.kernel.errors import DomainError
from notoneless.roster.files.contents import require_archive, require_members
from notoneless.roster.files.csv_files import csv_table
from notoneless.roster.files.headers import LEAVING, PEOPLE_COLUMNS, UNIT_COLUMNS, Problem, Source, SourceRow
from notoneless.roster.files.oneroster_links import Links, code_of, is_leaving, read_links, sort_of
from notoneless.roster.files.tables import UNREADABLE, FileRefused, Table, require_size
from notoneless.roster.kinds import grade_named

COLUMNS = {
    "orgs.csv": ("sourcedId", "name", "type", "parentSourcedId"),
    "classes.csv": ("sourcedId", "title", "schoolSourcedId"),
    "users.csv": ("sourcedId", "orgSourcedIds", "role", "givenName", "familyName"),
    "enrollments.csv": ("classSourcedId", "userSourcedId", "role"),
}
"""The files of a set and the columns that each must have; others are used where present or left alone."""

ORG_KINDS = {"national": "province", "state": "province", "local": "city", "district": "district",
             "school": "school", "department": "school"}  # fmt: skip

_UNIT_TITLES = {"code": "sourcedId", "name": "name", "kind": "type", "authority": "parentSourcedId"}
_CLASS_TITLES = {"code": "sourcedId", "name": "title", "kind": "classType", "authority": "schoolSourcedId",
                 "grade": "grades"}  # fmt: skip
_PEOPLE_TITLES = {"code": "sourcedId", "name": "givenName", "population": "role", "unit": "orgSourcedIds",
                  "household": "agentSourcedIds", "phone": "phone"}  # fmt: skip

Record = dict[str, str]


@dataclass(frozen=True)
class _Member:
    """One CSV file of the set: rows as records by column name."""

    table: Table

    def records(self) -> Iterator[tuple[int, Record, Problem | None]]:
        header = self.table.header
        for number, cells in self.table.read():
            if cells == [UNREADABLE]:
                yield number, {}, ("bad_quotes", "", {})
            elif len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
                yield number, {}, ("too_many_cells", str(len(header) + 1), {})
            else:
                yield number, dict(zip(header, map(str.strip, cells), strict=False)), None


def open_oneroster(path: Path, *, day: date) -> list[Source]:
    """Raises FileRefused for the whole set: missing_file, missing_column, not_zip, and what csv_table raises."""
    files = _folder(path) if path.is_dir() else _archive(path)
    members = {}
    for name, needed in COLUMNS.items():
        if name not in files:
            raise FileRefused(path.name, DomainError("missing_file", name))
        table = csv_table(f"{path.name}/{name}", files[name])
        for column in needed:
            if column not in table.header:
                raise FileRefused(table.label, DomainError("missing_column", column))
        members[name] = _Member(table)
    orgs, classes = members["orgs.csv"], members["classes.csv"]
    users, enrollments = members["users.csv"], members["enrollments.csv"]
    links = read_links(classes.records, users.records, enrollments.records, day=day.isoformat())
    return [
        _source(orgs, "units", _UNIT_TITLES, lambda: _org_rows(orgs)),
        _source(classes, "units", _CLASS_TITLES, lambda: _class_rows(classes)),
        _source(users, "people", _PEOPLE_TITLES, lambda: _user_rows(users, links)),
        _source(enrollments, "links", {}, lambda: iter([(number, (), each) for number, each in links.problems])),
    ]


def _source(member: _Member, subject: str, titles: dict[str, str], rows: Callable[[], Iterator[SourceRow]]) -> Source:
    columns = UNIT_COLUMNS if subject == "units" else PEOPLE_COLUMNS
    absent = frozenset(columns) - frozenset(titles)
    if "phone" in titles and not {"phone", "sms"} & set(member.table.header):
        absent |= {"phone"}
    if "grade" in titles and "grades" not in member.table.header:
        absent |= {"grade"}
    if subject == "units":
        # OneRoster has no day of closing; a unit that is given as active is open again.
        absent -= {"closed_on"}
    return Source(member.table.label, subject, titles, absent, rows, member.table)  # type: ignore[arg-type] # literals


def _folder(path: Path) -> dict[str, Callable[[], BinaryIO]]:
    files = {entry.name.lower(): entry for entry in path.iterdir() if entry.is_file()}
    wanted = {name: entry for name, entry in files.items() if name in COLUMNS}
    require_size(path.name, sum(entry.stat().st_size for entry in wanted.values()))
    return {name: cast(Callable[[], BinaryIO], lambda entry=entry: entry.open("rb")) for name, entry in wanted.items()}


def _archive(path: Path) -> dict[str, Callable[[], BinaryIO]]:
    """Members by name, at the top of the zip or in folders within it; they are read in place, never unpacked."""
    if not path.is_file():
        raise FileRefused(path.name, DomainError("file_not_found"))
    require_size(path.name, path.stat().st_size)
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            require_size(path.name, sum(info.file_size for info in infos))
            require_archive(archive, most=settings.IMPORT_MAX_BYTES)
            require_members(archive, most=settings.IMPORT_MAX_BYTES, is_xml=False)
            if any(info.flag_bits & 1 for info in infos) or archive.testzip() is not None:
                raise FileRefused(path.name, DomainError("not_zip"))
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, RuntimeError) as error:
        raise FileRefused(path.name, DomainError("not_zip")) from error
    # Mac archives carry a shadow of every file beside it.
    members = [info for info in infos if not info.filename.startswith("__MACOSX")]
    by_name = {PurePosixPath(info.filename).name.lower(): info for info in members}
    wanted = {name: info for name, info in by_name.items() if name in COLUMNS}

    def opener(info: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
        return lambda: cast(BinaryIO, zipfile.ZipFile(path).open(info))

    return {name: opener(info) for name, info in wanted.items()}


def _unit_cells(*, code: str, name: str, kind: str, authority: str, leaving: bool, grade: str = "") -> tuple[str, ...]:
    return (code, name, kind, authority, "", "", "", "", "", grade, LEAVING if leaving else "")


def _grade(grades: str) -> str:
    """The grade of a class that has one; a class of several, or a code of another country's, has none here."""
    return (grade_named(grades) or "") if "," not in grades else ""


def _org_rows(orgs: _Member) -> Iterator[SourceRow]:
    for number, org, unreadable in orgs.records():
        problem = unreadable or sort_of(org.get("status", ""))
        kind = ORG_KINDS.get(org.get("type", "").lower(), "")
        if problem is None and not kind:
            problem = ("unknown_org_type", "type", {})
        if problem is not None:
            yield number, (), problem
            continue
        yield number, _unit_cells(
            code=code_of(org["sourcedId"]), name=org.get("name", ""), kind=kind,
            authority=code_of(org.get("parentSourcedId", "")), leaving=is_leaving(org),
        ), None  # fmt: skip


def _class_rows(classes: _Member) -> Iterator[SourceRow]:
    for number, each, unreadable in classes.records():
        problem = unreadable or sort_of(each.get("status", ""))
        if problem is not None:
            yield number, (), problem
            continue
        yield number, _unit_cells(
            code=code_of(each["sourcedId"]), name=each.get("title", ""), kind="class",
            authority=code_of(each.get("schoolSourcedId", "")), leaving=is_leaving(each),
            grade=_grade(each.get("grades", "")),
        ), None  # fmt: skip


def _user_rows(users: _Member, links: Links) -> Iterator[SourceRow]:
    for number, user, unreadable in users.records():
        problem = unreadable or sort_of(user.get("status", ""))
        population = links.population_of(user)
        if problem is None and not population:
            problem = ("unknown_role", "role", {})
        if problem is not None:
            yield number, (), problem
            continue
        source_id = user["sourcedId"]
        org = code_of(user.get("orgSourcedIds", "").split(",")[0].strip())
        unit = {"student": links.class_of(source_id) or org, "staff": org}.get(population, "")
        yield number, (
            code_of(source_id), _full_name(user), population, unit, links.household_of(source_id), "", "",
            user.get("phone", "") or user.get("sms", ""), "", "", "", LEAVING if is_leaving(user) else "",
        ), None  # fmt: skip


def _full_name(user: Record) -> str:
    """Chinese names as they are said, family first and without a space; others given name first."""
    given, family = user.get("givenName", ""), user.get("familyName", "")
    if given.isascii() and family.isascii():
        return f"{given} {family}".strip()
    return f"{family}{given}"
