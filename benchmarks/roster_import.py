"""How fast a roster comes in: rows a second and peak memory of each step.

    python -m benchmarks.roster_import [--people 200000] [--xlsx 100000]

Uses the database of DATABASE_URL, or a fresh SQLite file in the temporary folder. Each step is a process of its own, so
that its peak memory is its own. First load, the same again, every tenth moved, a dry run; then an Excel file.
"""

import argparse
import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

PUPILS_A_CLASS = 41
CLASSES_A_SCHOOL = 10
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
UNIT_HEADER = ("code", "name", "kind", "authority", "area", "stage", "opened_on", "closed_on")
PEOPLE_HEADER = ("code", "name", "population", "unit", "household", "id_type", "id_number", "phone", "sex",
                 "birth_date",
                 "tags")  # fmt: skip


def resident_number(serial: int, born: date, *, is_male: bool) -> str:
    """Well formed and distinct for each serial below 34 million or so."""
    area = 410000 + serial // 500 % 10000
    body = f"{area}{born:%Y%m%d}{serial % 500 * 2 + is_male:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def unit_rows(classes: int) -> Iterator[Sequence[str]]:
    yield "CITY", "示例市教育局", "city", "", "4117", "", "", ""
    schools = -(-classes // CLASSES_A_SCHOOL)
    for district in range(10):
        yield f"D{district}", f"第{district}区", "district", "CITY", f"41170{district}", "", "", ""
    for school in range(schools):
        code = f"2141{school:06d}"
        yield code, f"第{school}小学", "primary", f"D{school % 10}", "", "primary", "1990-01-01", ""
    for each in range(classes):
        yield f"C{each}", f"{each}班", "class", f"2141{each // CLASSES_A_SCHOOL:06d}", "", "primary", "", ""


def people_rows(people: int, *, moved: bool = False) -> Iterator[Sequence[str]]:
    """Of ten: six pupils with a household, three relatives who take their unit, one of the staff."""
    rng = random.Random(7)
    classes = _classes(people)
    for serial in range(people):
        sort, ten = serial % 10, serial // 10
        is_male = rng.random() < 0.5
        phone = f"138{serial % 100_000_000:08d}"
        if sort < 6:
            pupil = ten * 6 + sort
            home = pupil // PUPILS_A_CLASS
            home = (home + 1) % classes if moved and serial % 10 == 0 else home
            born = date(2010, 1, 1) + timedelta(days=serial % 3000)
            number = resident_number(serial, born, is_male=is_male)
            tags = "boarder;left_behind" if sort == 5 else ""
            yield (f"G{serial:012d}", f"学生{serial}", "student", f"C{home}", f"H{ten}-{sort % 3}", "01", number, "",
                   "", "", tags)  # fmt: skip
        elif sort < 9:
            yield (f"R{serial:012d}", f"家长{serial}", "relative", "", f"H{ten}-{sort % 3}", "", "", phone,
                   "1" if is_male else "2", "1985-05-05", "")  # fmt: skip
        else:
            born = date(1970, 1, 1) + timedelta(days=serial % 9000)
            number = resident_number(serial, born, is_male=is_male)
            school = ten * 6 // PUPILS_A_CLASS // CLASSES_A_SCHOOL
            yield (f"T{serial:012d}", f"教师{serial}", "staff", f"2141{school:06d}", "", "01", number, phone, "", "",
                   "")  # fmt: skip


def _classes(people: int) -> int:
    return -(-(people // 10 + 1) * 6 // PUPILS_A_CLASS)


def write_csv(path: Path, header: Sequence[str], rows: Iterator[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def write_xlsx(path: Path, people: int) -> None:
    import xlsxwriter  # noqa: PLC0415 - only one step of the benchmark writes a workbook

    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate((PEOPLE_HEADER, *people_rows(people))):
            for column, cell in enumerate(row):
                sheet.write_string(line, column, cell)


def step(paths: Sequence[Path], *, is_dry_run: bool, profile: str = "") -> None:
    """One import in this process; prints its figures as JSON."""
    import django  # noqa: PLC0415 - the parent process needs no Django

    django.setup()
    from notoneless.kernel.clock import SystemClock  # noqa: PLC0415 - after django.setup
    from notoneless.roster.services import import_roster  # noqa: PLC0415 - after django.setup

    marks: dict[str, float] = {}
    started = time.perf_counter()

    def note(stage: str, done: int, total: int | None) -> None:
        marks[stage] = time.perf_counter() - started

    outcome = import_roster(paths, scope_actor="benchmark", clock=SystemClock(), is_dry_run=is_dry_run, progress=note)
    seconds = time.perf_counter() - started
    assert not outcome.refused and not outcome.is_refused, outcome.as_json("en")
    print(json.dumps({
        "rows": outcome.rows, "added": outcome.added, "changed": outcome.changed, "unchanged": outcome.unchanged,
        "seconds": round(seconds, 2), "rows_a_second": round(outcome.rows / seconds),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "marks": {stage: round(at, 1) for stage, at in marks.items()},
    }))  # fmt: skip


def run(title: str, paths: Sequence[Path], *, is_dry_run: bool = False) -> None:
    command = [sys.executable, "-m", "benchmarks.roster_import", "--step", *map(str, paths)]
    done = subprocess.run(command + ["--dry-run"] * is_dry_run, check=True, capture_output=True, text=True)
    print(f"{title:28}", done.stdout.strip(), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--xlsx", type=int, default=100_000, help="people in the workbook; 0: no workbook")
    parser.add_argument("--step", nargs="+", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--dry-run", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notoneless.settings")
    os.environ.setdefault("NOL_IMPORT_MAX_MB", "1000")
    if options.step:
        step(options.step, is_dry_run=options.dry_run)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["NOL_VAR"] = name
        subprocess.run([sys.executable, "-m", "django", "migrate", "--verbosity", "0"], check=True)
        units, people, moved, book = (folder / f for f in ("units.csv", "people.csv", "moved.csv", "people.xlsx"))
        write_csv(units, UNIT_HEADER, unit_rows(_classes(options.people)))
        write_csv(people, PEOPLE_HEADER, people_rows(options.people))
        run("units", [units])
        run("people, dry run", [people], is_dry_run=True)
        run("people, first load", [people])
        run("people, the same again", [people])
        write_csv(moved, PEOPLE_HEADER, people_rows(options.people, moved=True))
        run("people, every tenth moved", [moved])
        moved.unlink()
        if options.xlsx:
            write_xlsx(book, options.xlsx)
            run("the same from Excel", [book])


if __name__ == "__main__":
    main()
