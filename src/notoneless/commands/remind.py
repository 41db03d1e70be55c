"""`nol remind`: remind, see what became of it and whether it helped, and make the key for browsers."""

from typing import Annotated

import typer

from notoneless.commands.ground import DutyOption, JsonFlag, errors_told, parse_day, print_json
from notoneless.commands.viewer import viewer
from notoneless.expect import queries as expect_queries
from notoneless.follow import queries as follow_queries
from notoneless.follow.channels.webpush.keys import make_key
from notoneless.follow.services import remind_missing, send_waiting
from notoneless.kernel.clock import SystemClock, day_of
from notoneless.ledger import queries as ledger_queries

app = typer.Typer(help="提醒 / Reminders.", no_args_is_help=True)
DayOption = Annotated[str, typer.Option("--day", help="缺省为今天 / Today when left out.")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=100_000, help="条数 / Rows.")]
UNIT_HELP = "机构代码 / Code of the unit."
CLOCK = SystemClock()


def _day(text: str) -> str:
    return text or str(day_of(CLOCK.now()))


@app.command()
def send(
    unit: Annotated[str, typer.Argument(help=UNIT_HELP)],
    duty: DutyOption = "daily-health",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只看会提醒多少，不提醒 / Count, and remind nobody.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """提醒某机构今天未报的人，每户一次 / Remind everybody below a unit who is awaited today, once."""
    with errors_told(as_json=as_json):
        today = day_of(CLOCK.now())
        if dry_run:
            found = expect_queries.duty_by_code(duty)
            ref = ledger_queries.day_unit(viewer(), today, unit)
            follow_queries.require_reminding(viewer(), ref.path)
            standing = follow_queries.standing_of(viewer(), ref, today, found, clock=CLOCK)
            answer = {} if standing is None else vars(standing)
        else:
            told = remind_missing(viewer(), unit, today, duty, clock=CLOCK)
            answer = vars(told) | {"sent": send_waiting(clock=CLOCK)}
    if as_json:
        print_json(answer)
        return
    for name, value in answer.items():
        if value not in (None, 0, False):
            typer.echo(f"{name:<12} {value}")


@app.command("list")
def list_reminders(
    unit: Annotated[str, typer.Argument(help=UNIT_HELP)],
    day: DayOption = "",
    limit: LimitOption = 100,
    as_json: JsonFlag = False,
) -> None:
    """某日的提醒和结果，不含姓名 / A day's reminders and what became of them; ids, and no names."""
    with errors_told(as_json=as_json):
        found = follow_queries.reminders_of(viewer(), unit, parse_day(_day(day)), limit=limit, offset=0)
    codes = {duty.id: duty.code for duty in expect_queries.duties().values()}
    rows = [
        {
            "id": line.id, "duty": codes.get(line.duty_id, ""), "rung": line.rung, "state": line.state,
            "reason": line.reason, "channel": line.channel, "answer": line.answer, "by": line.by or "ladder",
            "asked_at": line.asked_at, "settled_at": line.settled_at, "unit": line.asked.code if line.asked else "",
            "people": [one.person_id for one in line.people],
        }
        for line in found.lines
    ]  # fmt: skip
    if as_json:
        print_json({"total": found.total, "states": found.by_state, "items": rows})
        return
    typer.echo("  ".join(f"{state} {n:,}" for state, n in found.by_state.items()))
    for row in rows:
        who = row["unit"] or row["people"]
        typer.echo(f"{row['asked_at']:%H:%M}Z {row['duty']:<14} {row['rung']:<8} {row['state']:<10}"
                   f" {row['reason']:<11} {row['channel']:<8} {row['by']:<10} {who}")  # fmt: skip


@app.command()
def effect(
    unit: Annotated[str, typer.Argument(help=UNIT_HELP)],
    duty: DutyOption = "daily-health",
    day: DayOption = "",
    as_json: JsonFlag = False,
) -> None:
    """提醒后一小时内上报的比例 / The share that reported within an hour of being reminded, by rung."""
    with errors_told(as_json=as_json):
        known = expect_queries.duty_by_code(duty)
        found = follow_queries.effect_of(viewer(), unit, parse_day(_day(day)), known, clock=CLOCK)
    shares = {rung: vars(share) for rung, share in found.by_rung.items()}
    compared = None if found.compared is None else vars(found.compared)
    if as_json:
        print_json({"within_minutes": found.within_minutes, "by_rung": shares, "not_reminded": compared})
        return
    for rung, share in found.by_rung.items():
        typer.echo(f"{rung:<14} {share.percent} %  {share.n:,}/{share.of:,}")
    if found.compared is not None:
        typer.echo(f"{'未提醒 / none':<14} {found.compared.percent} %  {found.compared.n:,}/{found.compared.of:,}")
    if not shares:
        typer.echo("提醒满一小时后统计 / Counted an hour after the reminders.")


@app.command()
def key() -> None:
    """生成浏览器通知所用的密钥（只需一次） / Make the key for browser notifications, once."""
    try:
        typer.echo(make_key().shown)
    except FileExistsError as error:
        typer.echo(
            "密钥已存在，更换后各家须重新打开通知 / There is one; another would mean asking everybody anew.", err=True
        )
        raise typer.Exit(1) from error
