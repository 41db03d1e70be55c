"""`nol roster ...`: the roster at a terminal. Django is set up by whoever imports this."""

import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from notoneless.kernel.clock import SystemClock
from notoneless.kernel.errors import DomainError
from notoneless.roster import services as roster_services
from notoneless.roster.imports.outcome import ImportOutcome

ERRORS_PRINTED = 20
REFUSED_WHOLE = 2
"""Exit code: a file was refused whole and nothing was imported."""

app = typer.Typer(help="花名册 / The roster.", no_args_is_help=True)

_STAGES = {"units": "机构 / units", "people": "人员 / people", "check": "核对 / checking", "write": "写入 / writing",
           "report": "回执 / report"}  # fmt: skip


@app.callback()
def roster() -> None:
    """花名册 / The roster."""


@app.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help=".xlsx, .csv, OneRoster folder or .zip")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing; say what would change.")] = False,
    report: Annotated[Path | None, typer.Option("--report", help="Give the file back, a status on each row.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    on: Annotated[str, typer.Option("--on", metavar="YYYY-MM-DD", help="The day it takes effect; else today.")] = "",
    lang: Annotated[str, typer.Option("--lang", metavar="zh|en", help="Language of messages; else both.")] = "",
) -> None:
    """导入机构和人员 / Import units and people.

    Leaves with 2 when a file was refused whole: then nothing was imported. Refused rows alone leave with 0.
    """
    language = lang or os.environ.get("NOL_LANG", "")
    try:
        day = _day(on)
        outcome = roster_services.import_roster(
            files, scope_actor="system", clock=SystemClock(), on=day, is_dry_run=dry_run, report_to=report,
            progress=_show_progress,
        )  # fmt: skip
    except DomainError as error:
        typer.echo(error.message(language), err=True)
        raise typer.Exit(REFUSED_WHOLE) from error
    if as_json:
        typer.echo(json.dumps(outcome.as_json(language), ensure_ascii=False))
    else:
        _print_summary(outcome, language)
    if outcome.is_refused:
        raise typer.Exit(REFUSED_WHOLE)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise DomainError("bad_date", "--on") from error


def _show_progress(stage: str, done: int, total: int | None) -> None:
    """One line that is written over, and only for a person who watches."""
    if sys.stderr.isatty():
        of = f" / {total:,}" if total and total != done else ""
        typer.echo(f"\r\x1b[K{_STAGES.get(stage, stage)}: {done:,}{of}", err=True, nl=stage == "report")


def _print_summary(outcome: ImportOutcome, language: str) -> None:
    if sys.stderr.isatty():
        typer.echo("\r\x1b[K", err=True, nl=False)
    if outcome.is_refused:
        typer.echo(DomainError("refused_whole").message(language))
    elif outcome.is_dry_run:
        typer.echo("试运行，未做任何更改 / Dry run: nothing was changed")
    for title, counts in (("机构 / units", outcome.units), ("人员 / people", outcome.people)):
        if counts.rows:
            typer.echo(
                f"{title}: {counts.rows:,} 行 / rows, 新增 / added {counts.added:,}, "
                f"更改 / changed {counts.changed:,}, "
                f"未变 / unchanged {counts.unchanged:,}, 退回 / refused {counts.refused:,}"
            )
    for shown in outcome.errors[:ERRORS_PRINTED]:
        where = f"{shown.file}:{shown.row}" if shown.row else shown.file
        typer.echo(f"  {where}: {shown.error.message(language)} [{shown.error.code}]")
    left = len(outcome.errors) + outcome.errors_left_off - ERRORS_PRINTED
    if left > 0:
        typer.echo(f"  …… 另有 {left:,} 条，见 --report 或 --json / and {left:,} more: see --report or --json")
