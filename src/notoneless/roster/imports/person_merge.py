"""People: stream into the staging table, check as sets, then write what differs with a handful of statements."""

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from notoneless.kernel.sql import execute, fetch, is_postgres
from notoneless.roster.files.headers import Source, SourceRow
from notoneless.roster.imports import staging
from notoneless.roster.imports.outcome import Counts
from notoneless.roster.imports.person_checks import HOUSEHOLD_UNIT, household_units, refuse_unfit_people
from notoneless.roster.imports.person_rows import NOTHING_HELD, Staged, person_reader
from notoneless.roster.imports.refusals import SOURCE_STEP, Refusal, refuse
from notoneless.roster.imports.scratch import scratch_table

Progress = Callable[[str, int, int | None], None]
"""Stage, rows done, rows in all (None: not known)."""

VERDICT = "import_verdict"
IDS_TOLD = 5000
"""So many ids of people travel in the event; beyond that, later stages look at everyone."""
STATISTICS_FROM = 10_000
"""Rows written from which PostgreSQL is told to look at the tables again."""

# S608 throughout: the statements are put together from names of our own tables.

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
"""  # noqa: S608


@dataclass
class PeopleDone:
    """`told`: ids of added and changed people, None when there are more than IDS_TOLD."""

    counts: Counts = field(default_factory=Counts)
    added: "array[int]" = field(default_factory=lambda: array("q"))
    changed: "array[int]" = field(default_factory=lambda: array("q"))
    told: list[int] | None = field(default_factory=list)


def merge_people(
    sources: Sequence[tuple[int, Source]], standing: Mapping[str, tuple[int, str]], *, day: date, today: date,
    since: date, is_dry_run: bool, progress: Progress,
) -> PeopleDone:  # fmt: skip
    """Read, check and write the people of all sources. The caller holds the transaction and the staging tables.

    `day`: transfers take effect. `since`: new people's placements begin. A dry run judges and does not write.
    """
    done = PeopleDone()
    counts = done.counts
    is_roster_empty = not staging.has_people()
    for number, source in sources:
        _stage_source(number, source, standing, counts, is_roster_empty=is_roster_empty, today=today, progress=progress)
    progress("check", counts.rows, counts.rows)
    staging.index_staged()
    columns = (
        "place BIGINT NOT NULL, code TEXT NOT NULL, person_id BIGINT, household_id BIGINT, placement_id BIGINT, "
        "from_day DATE, unit_id INTEGER, kind TEXT, leaving SMALLINT, differs SMALLINT, moves SMALLINT"
    )
    with household_units(), scratch_table(VERDICT, columns):
        counts.refused += refuse_unfit_people(is_roster_empty=is_roster_empty)
        execute(_JUDGE)
        execute(f"ANALYZE {VERDICT}")
        for place, person_id in fetch(f"SELECT place, person_id FROM {VERDICT} ORDER BY place"):  # noqa: S608
            (done.added if person_id is None else done.changed).append(place)
        counts.added, counts.changed = len(done.added), len(done.changed)
        counts.unchanged = counts.rows - counts.added - counts.changed - counts.refused
        if not is_dry_run and (done.added or done.changed):
            progress("write", counts.added + counts.changed, counts.rows)
            _write(day=day, since=since)
            done.told = _told(counts.added + counts.changed)
    return done


def _stage_source(
    number: int, source: Source, standing: Mapping[str, tuple[int, str]], counts: Counts, *, is_roster_empty: bool,
    today: date, progress: Progress,
) -> None:  # fmt: skip
    read = person_reader(absent=source.absent, standing=standing, today=today.isoformat())
    is_filled_up = bool(source.absent) and not is_roster_empty
    for chunk in _chunks(source.rows()):
        held = staging.held_of([row[1][0].strip() for row in chunk if row[1]]) if is_filled_up else {}
        staged: list[Staged] = []
        refused: list[Refusal] = []
        for row_number, cells, problem in chunk:
            place = number * SOURCE_STEP + row_number
            if problem is not None:
                refused.append((place, problem))
                counts.refused += 1
                continue
            row = read(place, cells, held.get(cells[0].strip(), NOTHING_HELD) if held else NOTHING_HELD)
            if row.__class__ is tuple:
                staged.append(row)  # type: ignore[arg-type] # narrowed by class, which is faster than isinstance
            else:
                refused += [(place, each) for each in row]  # type: ignore[misc] # the same
                counts.refused += 1
        staging.stage(staged)
        refuse(refused)
        counts.rows += len(chunk)
        progress("people", counts.rows, None)


def _chunks(rows: Iterator[SourceRow]) -> Iterator[list[SourceRow]]:
    while chunk := list(islice(rows, staging.CHUNK)):
        yield chunk


def _write(*, day: date, since: date) -> None:
    """Households, people and placements from the verdicts."""
    params = {"day": day.isoformat(), "since": since.isoformat()}
    execute(f"""
        INSERT INTO roster_household (code)
        SELECT DISTINCT s.household FROM {VERDICT} v JOIN {staging.TABLE} s ON s.place = v.place
        WHERE s.household <> '' AND v.leaving = 0
          AND NOT EXISTS (SELECT 1 FROM roster_household h WHERE h.code = s.household)
    """)  # noqa: S608
    execute(f"""
        INSERT INTO roster_person
            (code, population, household_id, id_type, id_index, sex, birth_date, tags, sealed)
        SELECT s.code, s.population, h.id, s.id_type, s.id_index, s.sex, s.birth_date, s.tags, s.sealed
        FROM {VERDICT} v JOIN {staging.TABLE} s ON s.place = v.place
        LEFT JOIN roster_household h ON h.code = s.household
        WHERE v.person_id IS NULL ORDER BY v.place
    """)  # noqa: S608
    execute(f"""
        UPDATE roster_person SET population = s.population, household_id = h.id, id_type = s.id_type,
            id_index = s.id_index, sex = s.sex, birth_date = s.birth_date, tags = s.tags, sealed = s.sealed
        FROM {VERDICT} v JOIN {staging.TABLE} s ON s.place = v.place
        LEFT JOIN roster_household h ON h.code = s.household
        WHERE roster_person.id = v.person_id AND v.differs = 1
    """)  # noqa: S608
    _write_placements(params)
    execute(f"""
        DELETE FROM roster_household WHERE id IN (SELECT household_id FROM {VERDICT} WHERE differs = 1)
          AND NOT EXISTS (SELECT 1 FROM roster_person p WHERE p.household_id = roster_household.id)
          AND NOT EXISTS (SELECT 1 FROM roster_grant g WHERE g.household_id = roster_household.id)
    """)  # noqa: S608
    if is_postgres() and fetch(f"SELECT 1 FROM {VERDICT} OFFSET {STATISTICS_FROM} LIMIT 1"):  # noqa: S608
        execute("ANALYZE roster_household, roster_person, roster_placement")


def _write_placements(params: Mapping[str, str]) -> None:
    # A placement that began on the day itself, or later, never took effect: the unit is replaced where it stands.
    execute(f"""
        UPDATE roster_placement SET unit_id = v.unit_id, kind = v.kind FROM {VERDICT} v
        WHERE roster_placement.id = v.placement_id AND v.moves = 1 AND v.leaving = 0 AND v.from_day >= %(day)s
    """, params)  # noqa: S608
    execute(f"""
        UPDATE roster_placement SET to_day = CASE WHEN v.from_day > %(day)s THEN v.from_day ELSE {_day("day")} END
        FROM {VERDICT} v
        WHERE roster_placement.id = v.placement_id AND v.moves = 1 AND (v.leaving = 1 OR v.from_day < %(day)s)
    """, params)  # noqa: S608
    execute(f"""
        INSERT INTO roster_placement (person_id, unit_id, kind, title, from_day)
        SELECT v.person_id, v.unit_id, v.kind, '', {_day("day")} FROM {VERDICT} v
        WHERE v.person_id IS NOT NULL AND v.moves = 1 AND v.leaving = 0
          AND (v.placement_id IS NULL OR v.from_day < %(day)s)
    """, params)  # noqa: S608
    execute(f"""
        INSERT INTO roster_placement (person_id, unit_id, kind, title, from_day)
        SELECT p.id, v.unit_id, v.kind, '', {_day("since")} FROM {VERDICT} v JOIN roster_person p ON p.code = v.code
        WHERE v.person_id IS NULL ORDER BY v.place
    """, params)  # noqa: S608


def _day(name: str) -> str:
    """A day parameter that is a value of its own: SQLite keeps days as text and would make a number of a cast."""
    return f"CAST(%({name})s AS DATE)" if is_postgres() else f"%({name})s"


def _told(count: int) -> list[int] | None:
    if count > IDS_TOLD:
        return None
    found = fetch(f"SELECT p.id FROM {VERDICT} v JOIN roster_person p ON p.code = v.code ORDER BY p.id")  # noqa: S608
    return [row[0] for row in found]
