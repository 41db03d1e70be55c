"""A school year of New York's daily attendance reports, as published: silence stays silence, closures are closures.

Boroughs, districts and schools become units. `ATTN_PCT` is a percentage, or `NS`: not submitted by 4 p.m. A school that
a day's file does not list was not in session; a file with nothing but the TOTAL row is a holiday; a day on which every
school is NS was a closure, and its slots are excused instead of counted as everyone's failure (domain.md, 7.5).
"""

import re
import uuid
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from xml.etree.ElementTree import ParseError  # nosec B405

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.db import transaction

from notoneless.collect.services import apply_reports
from notoneless.expect.models import CalendarOverride
from notoneless.expect.services import close_day, open_day
from notoneless.kernel.clock import FixedClock, instant_on
from notoneless.kernel.errors import DomainError
from notoneless.replay.accounts import make_reader
from notoneless.replay.figures import Replayed, ReplayedDay
from notoneless.replay.places import close_units, found_unit, reopen_units
from notoneless.rollup.queries import completeness
from notoneless.roster.models import Unit
from notoneless.roster.scope import SYSTEM

ROOT, DUTY = "NYC", "attendance"
BOROUGHS = {"K": "Brooklyn", "M": "Manhattan", "Q": "Queens", "R": "Staten Island", "X": "Bronx", "O": "Other"}
NAMESPACE = uuid.UUID("0b5e7c52-6a0e-4c11-8e0c-201320140000")
FILE_NAME = re.compile(r"(?:.*/)?(\d{8})\.xml")
LARGEST_FILE = 20_000_000
BATCH = 500
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class SchoolRow:
    """One school's line of one day. `rate` in hundredths of a percent; None is NS, not submitted."""

    code: str
    name: str
    borough: str
    district: str
    rate: int | None


def read_day_file(name: str, data: bytes) -> tuple[date, list[SchoolRow]]:
    """The day and its schools. Raises DomainError `replay_file_broken` for a file that is truncated or odd: whole."""
    match = FILE_NAME.fullmatch(name)
    try:
        root = fromstring(data.replace(b"\x1a", b""))
        items = [{cell.tag: (cell.text or "").strip() for cell in item} for item in root.iter("item")]
        if match is None or not items or {item["ATTN_DATE_YMD"] for item in items} != {match[1]}:
            raise DomainError("replay_file_broken", name)
        day = date(int(match[1][:4]), int(match[1][4:6]), int(match[1][6:]))
        rows = [_row(item) for item in items if item["DBN"] != "TOTAL"]
    except (ParseError, DefusedXmlException, KeyError, ValueError, ArithmeticError) as error:
        raise DomainError("replay_file_broken", name) from error
    if len({row.code for row in rows}) != len(rows):
        raise DomainError("replay_file_broken", name)
    return day, rows


def _row(item: dict[str, str]) -> SchoolRow:
    text = item["ATTN_PCT"]
    return SchoolRow(
        item["DBN"], item["SCHOOL_NAME"], item["Borough"], item["DistrictCode"], None if text == "NS" else _rate(text)
    )


def _rate(text: str) -> int:
    """35.67 is 3567; finer than that would have to be rounded, which nobody asked for."""
    hundredths = Decimal(text).scaleb(2)
    if hundredths != int(hundredths):
        raise ValueError(text)
    return int(hundredths)


def replay_nyc(path: Path, *, most: int | None = None, progress: Progress = lambda what, done, total: None) -> Replayed:
    """Open, fill and close each day of the archive, and compare reported and missing with the file's own counts.

    Repeating it changes nothing. `most` stops after so many days. Raises DomainError `file_unreadable` for an archive
    that is none.
    """
    replayed = Replayed(ROOT)
    reopen_units(ROOT)
    last: date | None = None
    names = _names(path)
    with zipfile.ZipFile(path) as archive:
        for number, name in enumerate(names[:most], start=1):
            progress(name, number, len(names))
            try:
                day, rows = read_day_file(name, _read(archive, name))
            except DomainError as error:
                replayed.refused.append((name, error.code, error.message()))
                continue
            replayed.days.append(_replay_day(day, rows))
            last = day if last is None else max(last, day)
    if last is not None:
        root = Unit.objects.get(code=ROOT)
        close_units(root, on=last + timedelta(days=1))
        replayed.sign_in = make_reader("nyc", root)
        replayed.page = f"/bureau/{ROOT}/?day={replayed.days[0].day}&duty={DUTY}"
    return replayed


def _names(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return sorted(name for name in archive.namelist() if name.endswith(".xml"))
    except (OSError, zipfile.BadZipFile) as error:
        raise DomainError("file_unreadable", path.name, why=str(error)) from error


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > LARGEST_FILE:
        raise DomainError("replay_file_broken", name)
    return archive.read(name)


def _replay_day(day: date, rows: Sequence[SchoolRow]) -> ReplayedDay:
    with transaction.atomic():
        root = found_unit(ROOT, "New York City", "city", None, on=day)
        _found_schools(root, rows, day)
    silent = sum(row.rate is None for row in rows)
    is_closure = bool(rows) and silent == len(rows)
    _enter_calendar(root, rows, day, is_closure=is_closure)
    open_day(day, clock=FixedClock(instant_on(day, 0)), within=root.path, duty_codes=[DUTY])
    for batch in _batches(day, rows):
        outcomes = apply_reports(batch, scope=SYSTEM, clock=FixedClock(instant_on(day, 15 * 60 + 30)))
        for outcome in outcomes:
            if outcome.error is not None:
                raise outcome.error
    close_day(day, clock=FixedClock(instant_on(day, 24 * 60)), actor="replay")
    counts = completeness(SYSTEM, ROOT, day, DUTY).line.counts
    expected = {"reported": len(rows) - silent, "missing": 0 if is_closure else silent,
                "excused": silent if is_closure else 0}  # fmt: skip
    found = {"reported": counts.reported, "missing": counts.missing, "excused": counts.excused}
    return ReplayedDay(day, expected, found, "closure" if is_closure else "" if rows else "holiday")


def _found_schools(root: Unit, rows: Sequence[SchoolRow], day: date) -> None:
    known = {unit.code: unit for unit in Unit.objects.filter(path__startswith=root.path).select_related("authority")}
    for row in rows:
        district_code = f"{ROOT}-{row.borough}-{row.district}"
        school = known.get(row.code)
        if (
            school is not None
            and school.closed_on is None
            and school.authority
            and school.authority.code == district_code
        ):
            continue
        borough_code = f"{ROOT}-{row.borough}"
        if borough_code not in known:
            name = BOROUGHS.get(row.borough, row.borough)
            known[borough_code] = found_unit(borough_code, name, "district", root, on=day)
        if district_code not in known:
            name = f"District {row.district}"
            known[district_code] = found_unit(district_code, name, "central_school", known[borough_code], on=day)
        known[row.code] = found_unit(row.code, row.name, "school", known[district_code], on=day)


def _enter_calendar(root: Unit, rows: Sequence[SchoolRow], day: date, *, is_closure: bool) -> None:
    """The file is the calendar: who is listed was in session. Entered anew, so that a second replay finds the same."""
    listed = {row.code for row in rows}
    schools = Unit.objects.filter(path__startswith=root.path, level="school")
    CalendarOverride.objects.filter(unit__path__startswith=root.path, first_day=day, last_day=day).delete()

    def entry(unit: Unit, kind: str, zh: str, en: str) -> CalendarOverride:
        return CalendarOverride(unit=unit, first_day=day, last_day=day, kind=kind, reason_zh=zh, reason_en=en)

    entries = [entry(root, "school_day", "当日有报表", "a report was published") if rows
               else entry(root, "vacation", "当日无学校上课", "no school in session")]  # fmt: skip
    if rows:
        entries += [entry(school, "vacation", "当日未列入名单", "not in the day's list")
                    for school in schools if school.code not in listed]  # fmt: skip
    if is_closure:
        entries.append(entry(root, "closure", "全部学校未报：临时停课", "every school silent: closed"))
    CalendarOverride.objects.bulk_create(entries)


def _batches(day: date, rows: Sequence[SchoolRow]) -> Iterator[list[dict[str, object]]]:
    reports: list[dict[str, object]] = [
        {
            "id": str(uuid.uuid5(NAMESPACE, f"{day}:{row.code}")), "duty": DUTY, "day": str(day), "unit": row.code,
            "answers": {"rate": row.rate}, "made_at": f"{day}T15:30:00+08:00", "by": "import",
        }
        for row in rows
        if row.rate is not None
    ]  # fmt: skip
    for start in range(0, len(reports), BATCH):
        yield reports[start : start + BATCH]
