"""Writing the roster: imports."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from django.db import transaction

from notoneless.kernel import audit, outbox
from notoneless.kernel.clock import Clock, day_of, to_micros
from notoneless.kernel.errors import DomainError
from notoneless.kernel.resealing import bring_up_model
from notoneless.kernel.sql import lock_exclusively
from notoneless.roster.files.headers import Source
from notoneless.roster.files.opening import open_sources
from notoneless.roster.files.tables import FileRefused
from notoneless.roster.imports.annotated import Statuses, write_refusal, write_report
from notoneless.roster.imports.outcome import Counts, ImportOutcome, RowError
from notoneless.roster.imports.person_merge import PeopleDone, Progress, merge_people
from notoneless.roster.imports.refusals import SOURCE_STEP, errors_by_place, first_errors, refuse
from notoneless.roster.imports.scratch import scratch_on_disk
from notoneless.roster.imports.staging import staging_tables
from notoneless.roster.imports.unit_merge import UnitsDone, merge_units


def _silent(stage: str, done: int, total: int | None) -> None:
    """Progress for nobody."""


def import_roster(
    paths: Sequence[Path], *, scope_actor: str, clock: Clock, on: date | None = None, is_dry_run: bool = False,
    report_to: Path | None = None, progress: Progress = _silent, within: str = "",
    settle: Callable[[ImportOutcome], None] | None = None,
) -> ImportOutcome:  # fmt: skip
    """Import units and people from files in any order: units first. One transaction; a dry run ends without a trace.

    `on`: the day transfers take effect (the bureau's today unless given), and since when new people belong to their
    unit (since ever unless given). A bad row is refused and the others are not; when a file is refused whole, nothing
    of this call is imported. Writes one outbox event `roster.changed` when anything changed, and one audit entry.
    `within`: the path of the unit for which this is imported: whom it does not reach it does not change, and units are
    not its to bring. `settle` is called at the end of the transaction, and undoes it by raising. Raises DomainError
    `report_not_writable`.
    """
    today = day_of(clock.now())
    day = on or today
    if report_to is not None and not report_to.parent.is_dir():
        raise DomainError("report_not_writable", "--report")
    try:
        sources = _open_all(paths, day=day)
        if within and (units_in := [each.label for each in sources if each.subject != "people"]):
            raise _SetRefused([FileRefused(label, DomainError("import_units_not_here")) for label in units_in])
        bring_up_model("roster.Person")  # rows are compared by their sealed bytes and document indexes
        with scratch_on_disk(), transaction.atomic():
            # Two imports at once would each judge by what the other is about to change.
            lock_exclusively("roster.import")
            with staging_tables():
                outcome, statuses, units, people = _merge(
                    sources, day=day, today=today, since=on or date.min, is_dry_run=is_dry_run, progress=progress,
                    is_reported=report_to is not None, within=within,
                )  # fmt: skip
            outcome.is_dry_run = is_dry_run
            if is_dry_run:
                transaction.set_rollback(True)
            else:
                _tell(paths, outcome, units, people, day=day, actor=scope_actor, clock=clock)
                if settle is not None:
                    settle(outcome)
    except _SetRefused as refused:
        outcome = ImportOutcome(errors=refused.errors, is_refused=True, is_dry_run=is_dry_run)
        if report_to is not None:
            write_refusal(report_to, outcome.errors)
        return outcome
    if report_to is not None:
        progress("report", outcome.rows, outcome.rows)
        write_report(report_to, sources, statuses)
    return outcome


class _SetRefused(Exception):
    """Files that were refused whole, and so the command."""

    def __init__(self, refused: Sequence[FileRefused]) -> None:
        super().__init__()
        self.errors = [RowError(each.label, 0, each.error) for each in refused]


def _open_all(paths: Sequence[Path], *, day: date) -> list[Source]:
    """Every file is looked at, so that the clerk hears of all that are refused at once."""
    sources: list[Source] = []
    refused: list[FileRefused] = []
    for path in paths:
        try:
            sources += open_sources(path, day=day)
        except FileRefused as error:
            refused.append(error)
    if refused:
        raise _SetRefused(refused)
    return sources


def _merge(
    sources: Sequence[Source], *, day: date, today: date, since: date, is_dry_run: bool, progress: Progress,
    is_reported: bool, within: str,
) -> tuple[ImportOutcome, Statuses, UnitsDone, PeopleDone]:  # fmt: skip
    numbered = list(enumerate(sources))
    try:
        units = merge_units([each for each in numbered if each[1].subject == "units"], day=day)
        progress("units", units.counts.rows, units.counts.rows)
        people = merge_people(
            [each for each in numbered if each[1].subject == "people"], units.standing, day=day, today=today,
            since=since, is_dry_run=is_dry_run, is_reported=is_reported, progress=progress, within=within,
        )  # fmt: skip
        links = _refuse_links([each for each in numbered if each[1].subject == "links"])
    except FileRefused as error:
        # Found half way down: quotes that are never closed.
        raise _SetRefused([error]) from error
    outcome = ImportOutcome(units=units.counts, people=people.counts, links=links, left=people.left, moved=people.moved)
    outcome.errors, outcome.errors_left_off = first_errors(sources)
    statuses = Statuses()
    if is_reported:
        # A source holds units or people, so the places of both sort as one by source.
        statuses = Statuses(
            added=sorted([*units.added, *people.added]), changed=sorted([*units.changed, *people.changed]),
            refused=errors_by_place(sources),
        )  # fmt: skip
    return outcome, statuses, units, people


def _refuse_links(sources: Sequence[tuple[int, Source]]) -> Counts:
    refused = [
        (number * SOURCE_STEP + row, problem)
        for number, source in sources
        for row, _, problem in source.rows()
        if problem is not None
    ]
    refuse(refused)
    return Counts(rows=len(refused), refused=len(refused))


def _tell(
    paths: Sequence[Path], outcome: ImportOutcome, units: UnitsDone, people: PeopleDone, *, day: date, actor: str,
    clock: Clock,
) -> None:  # fmt: skip
    if outcome.added or outcome.changed:
        told = {
            "at": to_micros(clock.now()),
            "day": day.isoformat(),
            "units_changed": units.is_tree_changed,
            "people": people.told,
        }
        outbox.post("roster.changed", told, clock=clock)
    names = ", ".join(path.name for path in paths)
    detail = {"day": day.isoformat(), "units": outcome.units.as_json(), "people": outcome.people.as_json()}
    audit.record(actor, "roster.import", names[:200], clock=clock, detail=detail)
