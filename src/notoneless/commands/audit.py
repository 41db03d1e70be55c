"""`nol audit`: whether the log of acts is what was written."""

from typing import Annotated

import typer

from notoneless.commands.ground import JsonFlag, print_json
from notoneless.kernel import audit as kernel_audit

app = typer.Typer(help="审计日志 / The audit log.", no_args_is_help=True)
_FAULTS = {
    "changed": ("被改动", "changed"), "removed": ("之前有条目被删除", "entries before it are gone"),
    "inserted": ("系统未写过的条目", "never written by the system"), "cut": ("末尾的条目被删除", "the end was cut off"),
    "head": ("链尾封签被改动", "the seal of the end was changed"),
}  # fmt: skip


@app.callback()
def group() -> None:
    """审计日志 / The audit log."""


@app.command("verify")
def verify(
    as_json: JsonFlag = False,
    is_by_day: Annotated[bool, typer.Option("--by-day", help="按日列出条数 / Count the entries of each day.")] = False,
) -> None:
    """检查审计日志有没有被改动、删除、插入 / Find changed, removed or inserted entries."""
    found = kernel_audit.verify()
    if as_json:
        faults = [{"kind": f.kind, "number": f.number, "day": str(f.day or "")} for f in found.faults]
        print_json({"entries": found.entries, "faults": faults})
    else:
        for day, count in sorted(found.days.items()) if is_by_day else ():
            typer.echo(f"{day}  {count:>8,}")
        for fault in found.faults:
            zh, en = _FAULTS[fault.kind]
            typer.echo(f"! {fault.number} {fault.day or ''} {zh} / {en}")
        verdict = "完好 / whole" if not found.faults else f"{len(found.faults)} 处异常 / faults"
        typer.echo(f"{found.entries:,} 条 / entries: {verdict}")
    if found.faults:
        raise typer.Exit(1)
