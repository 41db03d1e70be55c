"""`nol demo`."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings

from notoneless.demo.roster import write_roster
from notoneless.demo.services import build_demo
from notoneless.demo.shape import SCALES
from notoneless.demo.worked import build_worked
from notoneless.kernel.clock import SystemClock, day_of


def _progress(what: str, done: int, total: int | None) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r\x1b[K{what} {done}/{total or '?'}", err=True, nl=False)


def demo(
    scale: Annotated[str, typer.Option(help="small | district | city | worked")] = "small",
    days: Annotated[int | None, typer.Option(min=0, max=60, help="历史天数 / Days of history.")] = None,
    seed: Annotated[int, typer.Option(help="随机种子 / Seed: the same city for the same number.")] = 1,
    csv: Annotated[Path | None, typer.Option(help="只写 CSV 到此目录 / Only write the CSV files there.")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """生成演示城市（姓名均为虚构） / Invent a city: nobody in it exists."""
    if scale == "worked":
        _worked()
        return
    if scale not in SCALES:
        raise typer.BadParameter(", ".join(SCALES), param_hint="--scale")
    clock = SystemClock()
    if csv is not None:
        written = write_roster(SCALES[scale], csv, seed=seed, today=day_of(clock.now()), progress=_progress)
        typer.echo(json.dumps({"units": written.unit_rows, "people": written.person_rows, "directory": str(csv)}))
        return
    directory = settings.VAR_DIR / "demo"
    summary = build_demo(scale, clock=clock, progress=_progress, directory=directory, days=days, seed=seed)
    if as_json:
        typer.echo(json.dumps(asdict(summary), ensure_ascii=False))
        return
    typer.echo(f"{summary.rows:,} 行 / rows, {summary.days} 天历史 / days of history")
    for account in summary.accounts:
        typer.echo(f"  {account.role:<12} {account.username:<10} {account.password}  {account.unit}  {account.page}")


def _worked() -> None:
    """The worked city of docs/POLICIES.md."""
    clock = SystemClock()
    rows, accounts, refused = build_worked(clock=clock, directory=settings.VAR_DIR / "demo")
    typer.echo(f"{rows:,} 行 / rows, {day_of(clock.now())}")
    for line in refused:
        typer.echo(f"  ! {line}")
    for account in accounts:
        typer.echo(f"  {account.role:<12} {account.username:<10} {account.password}  {account.unit}  {account.page}")
