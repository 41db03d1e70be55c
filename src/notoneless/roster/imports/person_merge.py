"""People: stream into the staging table, check as sets, then write what differs with a handful of statements."""

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from django.db import connection

from notoneless.kernel.crypto import Sealing, sealing
from notoneless.kernel.sql import execute, fetch
from notoneless.roster.files.headers import Source, SourceRow
from notoneless.roster.imports import staging
from notoneless.roster.imports.first_load import built_afterwards
from notoneless.roster.imports.outcome import Counts
from notoneless.roster.imports.person_checks import HOUSEHOLD_UNIT, household_units, refuse_unfit_people
from notoneless.roster.imports.person_rows import NOTHING_HELD, Staged, person_reader
from notoneless.roster.imports.person_write import VERDICT, VERDICT_COLUMNS, look_at_tables_again, write_people
from notoneless.roster.imports.refusals import SOURCE_STEP, Refusal, refuse
from notoneless.roster.imports.scratch import scratch_table
from notoneless.roster.rules import plain

Progress = Callable[[str, int, int | None], None]
"""Stage, rows done, rows in all (None: not known)."""

IDS_TOLD = 5000
"""So many ids of people travel in the event; beyond that, later stages look at everyone."""
_KIND = "CASE s.population WHEN 'student' THEN 'enrolment' WHEN 'staff' THEN 'post' ELSE 'residence' END"

# What is new, differs or moves. Unchanged people are not in it: importing a city twice writes nothing.
_JUDGE = f"""
    INSERT INTO {VERDICT}
    SELECT place, code, person_id, household_id, placement_id, from_day, unit_id, kind, leaving, differs, moves FROM (
        SELECT s.place, s.code, p.id AS person_id, p.household_id, l.id AS placement_id, l.from_day,
               coalesce(s.unit_id, u.unit_id) AS unit_id, {_KIND} AS kind, s.leaving,
               CASE WHEN s.leaving = 0 AND p.id IS NOT NULL AND (
                    p.sealed <> s.sealed OR p.id_index <> s.id_index OR p.id_type <> s.id_type OR p.sex <> s.sex
                    OR p.birth_date IS DISTINCT FROM s.birth_date OR p.tags <> s.tags
                    OR p.population <> s.population OR coalesce(h.code, '') <> s.household
               ) THEN 1 ELSE 0 END AS differs,
               CASE WHEN s.leaving = 1 THEN CASE WHEN l.id IS NULL THEN 0 ELSE 1 END
                    WHEN p.id IS NULL THEN 0
                    WHEN l.id IS NULL OR l.unit_id <> coalesce(s.unit_id, u.unit_id) OR l.kind <> {_KIND} THEN 1
                    ELSE 0 END AS moves
        FROM {staging.TABLE} s
        LEFT JOIN {HOUSEHOLD_UNIT} u ON s.unit_id IS NULL AND u.household = s.household
        LEFT JOIN roster_person p ON p.code = s.code
        LEFT JOIN roster_household h ON h.id = p.household_id
        LEFT JOIN roster_placement l ON l.person_id = p.id AND l.to_day IS NULL
    ) judged
    WHERE (person_id IS NULL AND leaving = 0) OR differs = 1 OR moves = 1
"""


@dataclass
class PeopleDone:
    """`added`, `changed`: places in order, only where a report will be written. `told`: ids of added and changed
    people, None when there are more than IDS_TOLD. `left`, `moved`: of the changed, who leaves and who moves."""

    counts: Counts = field(default_factory=Counts)
    added: "array[int]" = field(default_factory=lambda: array("q"))
    changed: "array[int]" = field(default_factory=lambda: array("q"))
    told: list[int] | None = field(default_factory=list)
    left: int = 0
    moved: int = 0


def merge_people(
    sources: Sequence[tuple[int, Source]], standing: Mapping[str, tuple[int, str]], *, day: date, today: date,
    since: date, is_dry_run: bool, is_reported: bool, progress: Progress,
    within: str = "",
) -> PeopleDone:  # fmt: skip
    """Read, check and write the people of all sources. The caller holds the transaction and the staging tables.

    `day`: transfers take effect. `since`: new people's placements begin. A dry run judges and does not write.
    `within`: the path of the unit that imports; "" is the whole roster.
    """
    done = PeopleDone()
    counts = done.counts
    is_roster_empty = not staging.has_people()
    keys = sealing()  # of the whole import: rows sealed by two keys could not be compared
    for number, source in sources:
        _stage_source(number, source, standing, counts, is_roster_empty=is_roster_empty, today=today, keys=keys,
                      progress=progress)  # fmt: skip
    progress("check", counts.rows, counts.rows)
    staging.index_staged()
    with household_units(), scratch_table(VERDICT, VERDICT_COLUMNS):
        counts.refused += refuse_unfit_people(is_roster_empty=is_roster_empty, within=within)
        execute(_JUDGE)
        execute(f"ANALYZE {VERDICT}")
        _count_verdicts(done, is_reported=is_reported)
        counts.unchanged = counts.rows - counts.added - counts.changed - counts.refused
        if not is_dry_run and counts.added + counts.changed:
            progress("write", counts.added + counts.changed, counts.rows)
            with built_afterwards(people=counts.added, is_roster_empty=is_roster_empty):
                write_people(day=day, since=since, is_first_load=is_roster_empty)
            look_at_tables_again()
            done.told = _told(counts.added + counts.changed)
    return done


def _stage_source(
    number: int, source: Source, standing: Mapping[str, tuple[int, str]], counts: Counts, *, is_roster_empty: bool,
    today: date, keys: Sealing, progress: Progress,
) -> None:  # fmt: skip
    read = person_reader(absent=source.absent, standing=standing, today=today.isoformat(), keys=keys)
    is_filled_up = bool(source.absent) and not is_roster_empty
    for chunk in _chunks(source.rows()):
        held = staging.held_of([plain(row[1][0].strip()) for row in chunk if row[1]]) if is_filled_up else {}
        staged: list[Staged] = []
        refused: list[Refusal] = []
        for row_number, cells, problem in chunk:
            place = number * SOURCE_STEP + row_number
            if problem is not None:
                refused.append((place, problem))
                counts.refused += 1
                continue
            row = read(place, cells, held.get(plain(cells[0].strip()), NOTHING_HELD) if held else NOTHING_HELD)
            if isinstance(row, tuple):
                staged.append(row)
            else:
                refused += [(place, each) for each in row]
                counts.refused += 1
        staging.stage(staged)
        refuse(refused)
        counts.rows += len(chunk)
        progress("people", counts.rows, None)


def _chunks(rows: Iterator[SourceRow]) -> Iterator[list[SourceRow]]:
    while chunk := list(islice(rows, staging.CHUNK)):
        yield chunk


def _count_verdicts(done: PeopleDone, *, is_reported: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(CASE WHEN person_id IS NULL THEN 1 END), count(person_id) FROM {VERDICT}")
        done.counts.added, done.counts.changed = cursor.fetchone()
        cursor.execute(
            "SELECT count(CASE WHEN leaving = 1 THEN 1 END), count(CASE WHEN leaving = 0 THEN 1 END) "
            f"FROM {VERDICT} WHERE moves = 1"
        )
        done.left, done.moved = cursor.fetchone()
        if is_reported:
            cursor.execute(f"SELECT place, person_id FROM {VERDICT} ORDER BY place")
            while part := cursor.fetchmany(staging.CHUNK):
                for place, person_id in part:
                    (done.added if person_id is None else done.changed).append(place)


def _told(count: int) -> list[int] | None:
    if count > IDS_TOLD:
        return None
    found = fetch(f"SELECT p.id FROM {VERDICT} v JOIN roster_person p ON p.code = v.code ORDER BY p.id")
    return [row[0] for row in found]
