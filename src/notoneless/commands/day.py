"""`nol day open|close` and the calendar of a unit."""

from pathlib import Path
from typing import Annotated

import typer

from notoneless.commands.ground import LANGUAGE, JsonFlag, counter, errors_told, parse_day, print_json
from notoneless.commands.viewer import viewer
from notoneless.expect import queries as expect_queries
from notoneless.expect import services as expect
from notoneless.expect.words import day_sentence
from notoneless.jobs import drain_outbox, open_day
from notoneless.kernel.clock import SystemClock
from notoneless.kernel.errors import DomainError
from notoneless.rollup import queries as rollup_queries
from notoneless.roster import queries as roster_queries
from notoneless.roster.tree import ids_of

app = typer.Typer(help="打开、关闭某日的台账 / Open and close a day's ledger.", no_args_is_help=True)
calendar = typer.Typer(help="机构日历 / A unit's calendar.", no_args_is_help=True)


@app.command("open")
def open_(day: str, as_json: JsonFlag = False) -> None:
    """打开某日台账（可重复运行） / Open the ledger of DAY; running it again adds only what is new."""
    with errors_told(as_json=as_json), counter("打开台账 / Opening") as line:
        date = parse_day(day)
        opened = open_day(date, clock=SystemClock(), actor=viewer().actor, progress=line.show)
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
        expect.enter_override(viewer(), unit, kind=kind, first_day=first, last_day=last, clock=clock,
                              reason_zh=reason, reason_en=reason, document=document)  # fmt: skip
        days = expect.refresh_open_days(first, last, clock=clock, only=None)
    if as_json:
        print_json({"unit": unit, "kind": kind, "first_day": str(first), "last_day": str(last),
                    "refreshed": [str(day) for day in days]})  # fmt: skip
    else:
        typer.echo(f"已设定 / set: {unit} {kind} {first} … {last}")


@calendar.command("why")
def why(unit: str, day: str) -> None:
    """某机构某日为什么是（不是）上课日 / Why DAY is a school day for UNIT, or is not."""
    with errors_told(as_json=False):
        date = parse_day(day)
        held = roster_queries.unit_by_code(viewer(), unit)
        tree = expect_queries.tree_on(date, within=held.path)
        judgement = tree.judgement(ids_of(held.path), held.stage)
    by = tree.nodes.get(judgement.by.unit_id) if judgement.by else None
    for language in (LANGUAGE,) if LANGUAGE else ("zh", "en"):
        typer.echo(day_sentence(judgement, by.label(language) if by else "", language))


@calendar.command("export")
def export(
    unit: str,
    year: Annotated[int, typer.Option(help="年份 / Year.")],
    out: Annotated[Path | None, typer.Option(help="写入文件 / File to write.")] = None,
) -> None:
    """导出校历为 .ics 文件 / Write a unit's year as a calendar file."""
    with errors_told(as_json=False):
        raw = expect.export_days(viewer(), unit, year)
    if out is None:
        typer.echo(raw.decode(), nl=False)
    else:
        out.write_bytes(raw)
        typer.echo(f"已写入 / written: {out}")


@calendar.command("import")
def import_(
    unit: str,
    file: Annotated[Path, typer.Argument(help=".ics 文件 / An .ics file.")],
    is_dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查 / Only check.")] = False,
) -> None:
    """从 .ics 文件录入校历；一条有误不影响其余 / Enter a unit's days from a calendar file."""
    clock = SystemClock()
    with errors_told(as_json=False):
        raw = _read(file)
        done = expect.import_days(viewer(), unit, raw, clock=clock, is_dry_run=is_dry_run)
    drain_outbox(clock=clock)
    typer.echo(f"新增 {done.added}，更新 {done.changed}，不变 {done.unchanged}，拒绝 {len(done.refused)} / "
               f"{done.added} entered, {done.changed} changed, {done.unchanged} as they were, "
               f"{len(done.refused)} refused")  # fmt: skip
    for summary, refusal in done.refused:
        typer.echo(f"  ! {summary}: {refusal.message(LANGUAGE)}", err=True)


@calendar.command("year")
def year_(
    unit: str,
    year: int,
    holidays: Annotated[Path, typer.Argument(help="放假安排，每行：首日 末日 名称 / Lines: first, last, name.")],
    makeups: Annotated[Path | None, typer.Option(help="调休上班日，每行一天 / Worked weekend days.")] = None,
    source: Annotated[str, typer.Option(help="发文字号 / Document.")] = "",
    is_replacing: Annotated[bool, typer.Option("--replace", help="替换已有年份 / Replace a known year.")] = False,
) -> None:
    """由最上级机构录入全国日历的一年 / Enter a year of the national calendar, as the topmost unit."""
    clock = SystemClock()
    with errors_told(as_json=False):
        off = expect.read_holidays(_text(holidays))
        worked = expect.read_makeups(_text(makeups)) if makeups else []
        days = expect.enter_year(
            viewer(), unit, year, off, worked, source=source, clock=clock, is_replacing=is_replacing
        )
    drain_outbox(clock=clock)
    typer.echo(f"已录入 {year} 年，{days} 天 / entered: {year}, {days} days")


def _text(file: Path) -> str:
    try:
        return _read(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DomainError("file_unreadable", file.name, why="UTF-8") from error


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise DomainError("file_unreadable", file.name, why=error.strerror or "") from error
