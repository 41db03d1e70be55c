"""`nol report import`: reports from a file, one JSON object a line, through the same core as every other way in."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from notoneless.collect.services import Outcome, apply_reports
from notoneless.commands.ground import LANGUAGE, JsonFlag, counter, errors_told
from notoneless.commands.viewer import viewer
from notoneless.kernel.clock import SystemClock
from notoneless.kernel.errors import DomainError

app = typer.Typer(help="上报 / Reports.", no_args_is_help=True)
BATCH = 500
LONGEST_LINE = 1_000_000
SHOWN = 20


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="JSONL 文件，每行一份 / A JSONL file, one report a line.")],
    as_json: JsonFlag = False,
) -> None:
    """导入上报文件 / Take reports from FILE; a bad line never stops a good one."""
    counts = {"rows": 0, "accepted": 0, "duplicates": 0, "refused": 0}
    shown = 0
    with errors_told(as_json=False), counter("导入上报 / Importing") as line:
        try:
            source = file.open("rb")
        except OSError as error:
            raise DomainError("file_unreadable", file.name, why=error.strerror or "") from error
        with source:
            if as_json:
                typer.echo('{"results": [', nl=False)
            for outcome in _outcomes(source):
                if as_json:
                    text = json.dumps(outcome.as_json(LANGUAGE), ensure_ascii=False)
                    typer.echo(f"{', ' if counts['rows'] else ''}{text}", nl=False)
                elif outcome.error is not None and shown < SHOWN:
                    shown += 1
                    typer.echo(f"第 {counts['rows'] + 1} 行 / line {counts['rows'] + 1}: {outcome.error}", err=True)
                counts["rows"] += 1
                counts["refused" if outcome.error else "duplicates" if outcome.is_duplicate else "accepted"] += 1
                if counts["rows"] % BATCH == 0:
                    line.show("行/lines", counts["rows"])
    if as_json:
        typer.echo(f"], {json.dumps(counts)[1:]}")
    else:
        zh = "共 {rows:,} 行：接受 {accepted:,}，重复 {duplicates:,}，拒绝 {refused:,}"
        en = "{rows:,} lines: {accepted:,} accepted, {duplicates:,} repeats, {refused:,} refused"
        typer.echo(f"{zh} / {en}".format(**counts))


def _outcomes(source: Iterator[bytes]) -> Iterator[Outcome]:
    clock = SystemClock()
    lines = (line for line in source if line.strip())
    while batch := list(islice(lines, BATCH)):
        reports = [_decode(line) for line in batch]
        good = [report for report in reports if not isinstance(report, DomainError)]
        applied = iter(apply_reports(good, scope=viewer(), clock=clock))
        for report in reports:
            yield Outcome("", error=report) if isinstance(report, DomainError) else next(applied)


def _decode(line: bytes) -> object:
    try:
        if len(line) > LONGEST_LINE:
            raise DomainError("not_json", "line")
        return msgspec.json.decode(line.removeprefix(b"\xef\xbb\xbf"))
    except msgspec.DecodeError:
        return DomainError("not_json", "line")
    except DomainError as error:
        return error
