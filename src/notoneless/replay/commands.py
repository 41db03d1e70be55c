"""`nol replay nyc|norovirus`."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from notoneless.kernel.errors import DomainError
from notoneless.replay.figures import Replayed
from notoneless.replay.norovirus import replay_norovirus
from notoneless.replay.nyc import replay_nyc

app = typer.Typer(no_args_is_help=True)
JsonFlag = Annotated[bool, typer.Option("--json", help="只输出 JSON / Print JSON and nothing else.")]


def _progress(what: str, done: int, total: int | None) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r\x1b[K{what} {done}/{total}", err=True, nl=False)


def _tell(replayed: Replayed, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(replayed.as_json(), ensure_ascii=False))
    else:
        for day in replayed.days:
            figures = "  ".join(f"{name} {n}" for name, n in day.in_ledger.items() if n or name == replayed.unit)
            mark = "=" if day.is_equal else f"≠ {day.in_file}"
            typer.echo(f"{day.day}  {mark}  {figures}  {day.note}")
        for _, _, message in replayed.refused:
            typer.echo(message)
        days, unequal, refused = len(replayed.days), len(replayed.mismatches), len(replayed.refused)
        typer.echo(f"{days} 天，{unequal} 天与文件不符，{refused} 个文件被整份拒绝")
        typer.echo(f"{days} days, {unequal} unequal to the file, {refused} files refused whole")
        typer.echo(f"登录查看 / sign in to look: {replayed.sign_in}  {replayed.page}")
    if replayed.mismatches:
        raise typer.Exit(1)


def _run(replay: Callable[[], Replayed], *, as_json: bool) -> None:
    try:
        replayed = replay()
    except DomainError as error:
        if as_json:
            typer.echo(json.dumps({"error": error.shape()}, ensure_ascii=False))
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    _tell(replayed, as_json=as_json)


@app.command()
def nyc(path: Path, as_json: JsonFlag = False) -> None:
    """重放纽约 2013–14 学年每日出勤 / Replay a school year of New York's attendance."""
    _run(lambda: replay_nyc(path, progress=_progress), as_json=as_json)


@app.command()
def norovirus(path: Path, as_json: JsonFlag = False) -> None:
    """重放 2001 年一所小学的诺如病毒暴发 / Replay a school's norovirus outbreak of 2001."""
    _run(lambda: replay_norovirus(path, progress=_progress), as_json=as_json)
