"""`nol letter`: list what families were sent, send a letter, withdraw one."""

from typing import Annotated

import typer

from notoneless.commands.ground import JsonFlag, errors_told, print_json
from notoneless.commands.viewer import viewer
from notoneless.kernel.clock import SystemClock
from notoneless.publish import queries, services
from notoneless.publish.rules import INFORMATION, RECEIPT, Words
from notoneless.web.api.letters import unit_letters_json

app = typer.Typer(help="致家长信 / Letters to families.", no_args_is_help=True)


@app.command("list")
def list_(
    unit: str,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    offset: Annotated[int, typer.Option(min=0)] = 0,
    as_json: JsonFlag = False,
) -> None:
    """UNIT 的家庭收到的信 / What the families of UNIT were sent."""
    with errors_told(as_json=as_json):
        found = unit_letters_json(viewer(), unit, limit, offset)
    if as_json:
        print_json(found)
        return
    for one in found["items"]:
        figures = f"{one['confirmed']}/{one['opened']}/{one['households']}" if "households" in one else "-"
        state = "已撤回 / withdrawn" if one["withdrawn"] else one["kind"]
        typer.echo(f"{one['id']}\t{one['sent_at'][:16]}\t{one['unit']}\t{one['title_zh']}\t{state}\t{figures}")
    typer.echo(f"{found['total']} 封（确认/打开/送达户数） / letters (confirmed/opened/households)")


@app.command("send")
def send(
    unit: str,
    title: Annotated[str, typer.Option(help="中文标题 / Title in Chinese.")],
    body: Annotated[
        typer.FileText,
        # What is not UTF-8 becomes halves of characters, which a letter refuses in words.
        typer.Option(encoding="utf-8", errors="surrogateescape", help="中文正文，- 为标准输入 / File, - for stdin."),
    ],
    receipt: Annotated[bool, typer.Option("--receipt", help="请家长确认 / Ask families to confirm.")] = False,
    households: Annotated[int, typer.Option(help="户数，教育局须填 / How many; a bureau must say.")] = 0,
) -> None:
    """发信；不填户数的教育局先得到户数 / Send; a bureau that gives no number is told it first."""
    words = Words(RECEIPT if receipt else INFORMATION, title, body.read())
    with errors_told(as_json=False):
        count = services.check_letter(viewer(), unit, words, clock=SystemClock())
        typer.echo(f"{count} 户 / households")
        sent = services.send_letter(viewer(), unit, words, number=households or None, clock=SystemClock())
    typer.echo(f"{sent.pk} 已发出 / sent")


@app.command("withdraw")
def withdraw(
    unit: str, letter: int, reason: Annotated[str, typer.Option(help="理由，家长可见 / Why; families read it.")]
) -> None:
    """撤回 / Withdraw LETTER of UNIT."""
    with errors_told(as_json=False):
        is_new = services.withdraw_letter(viewer(), unit, letter, why=reason, clock=SystemClock())
    typer.echo("已撤回 / withdrawn" if is_new else "此前已撤回 / withdrawn before")


@app.command("show")
def show(unit: str, letter: int, as_json: JsonFlag = False) -> None:
    """按下级单位统计 / LETTER's figures, by the units right below UNIT."""
    with errors_told(as_json=as_json):
        found = queries.standing_of(viewer(), unit, letter)
    lines = [(line.code, line.name_zh, line.counts) for line in found.lines]
    if as_json:
        print_json({"total": found.total.as_json(), "lines": [{"unit": code, **n.as_json()} for code, _, n in lines]})
        return
    for code, name, counts in (*lines, (unit, "合计 / total", found.total)):
        typer.echo(f"{code}\t{name}\t{counts.confirmed}/{counts.opened}/{counts.households}")
