"""`nol day open|close` and the calendar of a unit."""

from typing import Annotated

import typer

from notoneless.commands.ground import JsonFlag, counter, errors_told, parse_day, print_json
from notoneless.expect import services as expect
from notoneless.kernel.clock import SystemClock
from notoneless.rollup import queries as rollup_queries
from notoneless.roster.scope import SYSTEM

app = typer.Typer(help="打开、关闭某日的台账 / Open and close a day's ledger.", no_args_is_help=True)
calendar = typer.Typer(help="机构日历 / A unit's calendar.", no_args_is_help=True)


@app.command("open")
def open_(day: str, as_json: JsonFlag = False) -> None:
    """打开某日台账（可重复运行） / Open the ledger of DAY; running it again adds only what is new."""
    with errors_told(as_json=as_json), counter("打开台账 / Opening") as line:
        date = parse_day(day)
        opened = expect.open_day(date, clock=SystemClock(), progress=lambda duty, done, of: line.show(duty, done, of))
        slots = rollup_queries.slots_by_duty(date)
    duties = {
        code: {"slots": slots.get(code, 0), "added": m.added, "moved": m.moved, "voided": m.voided,
               "excused": m.excused, "changed": m.changed}
        for code, m in opened.duties.items()
    }  # fmt: skip
    if not opened.is_known_year:
        zh = f"警告：日历里没有 {date.year} 年，暂按星期判断上课日。请录入。"
        en = f"Warning: the calendar does not know {date.year}; weekdays decide until it is entered."
        typer.echo(f"{zh} / {en}", err=True)
    if as_json:
        print_json({"day": str(date), "slots": sum(slots.values()), "duties": duties})
        return
    typer.echo(f"{date} 台账已打开，共 {sum(slots.values()):,} 项应报 / opened, {sum(slots.values()):,} slots")
    for code, counts in duties.items():
        typer.echo(f"  {code:<15} {counts['slots']:>9,}  新增/added {counts['added']:,}  移动/moved {counts['moved']:,}"
                   f"  作废/voided {counts['voided']:,}")  # fmt: skip


@app.command("close")
def close(day: str, as_json: JsonFlag = False) -> None:
    """关闭某日台账：仍未报的记为缺报 / Close DAY: what is still due becomes missing."""
    with errors_told(as_json=as_json):
        date = parse_day(day)
        closed = expect.close_day(date, clock=SystemClock())
        slots = rollup_queries.slots_by_duty(date)
    if as_json:
        duties = {code: {"slots": slots.get(code, 0), "missing": n} for code, n in closed.items()}
        print_json({"day": str(date), "slots": sum(slots.values()), "missing": sum(closed.values()), "duties": duties})
        return
    typer.echo(f"{date} 台账已关闭，{sum(closed.values()):,} 项缺报 / closed, {sum(closed.values()):,} missing")
    for code, made in closed.items():
        typer.echo(f"  {code:<15} {made:>9,}")


@calendar.command("set")
def set_days(
    unit: str,
    kind: Annotated[str, typer.Argument(help="school_day | vacation | closure")],
    first_day: str,
    last_day: Annotated[str, typer.Argument()] = "",
    reason: Annotated[str, typer.Option(help="原因 / Reason.")] = "",
    document: Annotated[str, typer.Option(help="发文字号 / Document number.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """为机构及其下级设定上课、放假或停课 / Set school days, vacation or closure for a unit and all below it."""
    clock = SystemClock()
    with errors_told(as_json=as_json):
        first, last = parse_day(first_day), parse_day(last_day or first_day)
        expect.enter_override(SYSTEM, unit, kind=kind, first_day=first, last_day=last, clock=clock,
                              reason_zh=reason, reason_en=reason, document=document)  # fmt: skip
        days = expect.refresh_open_days(first, last, clock=clock, only=None)
    if as_json:
        print_json({"unit": unit, "kind": kind, "first_day": str(first), "last_day": str(last),
                    "refreshed": [str(day) for day in days]})  # fmt: skip
    else:
        typer.echo(f"已设定 / set: {unit} {kind} {first} … {last}")
