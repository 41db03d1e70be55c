"""`nol retention`: what is over, its destruction, and the certificates."""

from typing import Annotated

import typer

from notoneless.commands.ground import JsonFlag, counter, errors_told, parse_day, print_json
from notoneless.kernel.clock import SystemClock, day_of
from notoneless.kernel.errors import DomainError
from notoneless.retain import queries
from notoneless.retain.services import Approval, destroy_household, run_retention, scrub_storage

app = typer.Typer(help="保存期限与销毁 / Retention and destruction.", no_args_is_help=True)
By = Annotated[str, typer.Option("--approved-by", help="批准人 / Who approved it.")]
Why = Annotated[str, typer.Option("--reason", help="理由 / Why.")]
Yes = Annotated[bool, typer.Option("--yes", help="不再询问 / Do not ask.")]


@app.command("run")
def run(
    is_dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出，不销毁 / Only list.")] = False,
    until: Annotated[str, typer.Option(help="按哪一天计算（缺省为今天） / As of which day.")] = "",
    approved_by: By = "", reason: Why = "", yes: Yes = False,
) -> None:  # fmt: skip
    """销毁到期数据，每条规则一份证书 / Destroy what is over; one certificate for each rule."""
    clock = SystemClock()
    with errors_told(as_json=False):
        today = day_of(clock.now())
        day = parse_day(until) if until else today
        if day > today:
            raise DomainError("day_not_begun", "until", day=day)
        due = queries.due_on(day)
    for one in due:
        typer.echo(f"{one.term.rule}: {one.term.basis}")
        for table, n in one.counts().items():
            typer.echo(f"  {table:<28} {n:>12,}")
    if not due:
        typer.echo("没有到期的数据 / Nothing is over.")
    if is_dry_run or not due:
        return
    if not yes:
        typer.confirm("销毁后不能恢复，确定吗 / This cannot be undone. Continue?", abort=True)
    with errors_told(as_json=False), counter("销毁 / destroying") as line:
        made = run_retention(day, Approval(approved_by, reason), clock=clock, progress=line.show)
    scrub_storage()
    for row in made:
        typer.echo(f"证书 / certificate {row.pk}: {row.rule} {row.digest}")


@app.command("destroy-household")
def household(code: str, approved_by: By = "", reason: Why = "", yes: Yes = False) -> None:
    """销毁一个家庭的全部数据，统计数不变 / Destroy everything of one household; counts stay."""
    if not yes:
        typer.confirm("将销毁这个家庭的全部数据，不能恢复 / Everything of it goes, for good. Continue?", abort=True)
    with errors_told(as_json=False):
        row = destroy_household(code, Approval(approved_by, reason), clock=SystemClock())
    scrub_storage()
    typer.echo(f"证书 / certificate {row.pk}: {row.digest}")


@app.command("certificates")
def certificates(limit: int = 50, offset: int = 0, as_json: JsonFlag = False) -> None:
    """列出销毁证书 / List the certificates."""
    total, found = queries.certificates(limit=limit, offset=offset)
    if as_json:
        print_json({"total": total, "items": [one.as_json() for one in found]})
        return
    for one in found:
        counts = ", ".join(f"{table} {n:,}" for table, n in one.what.items())
        typer.echo(f"{one.number:>5}  {one.made_at:%Y-%m-%d %H:%M}  {one.rule}  {one.approved_by}  {counts}")
    typer.echo(f"{total} 份 / certificates")


@app.command("verify")
def verify(number: int) -> None:
    """检查一份证书是否被改动 / Whether a certificate is what the system wrote."""
    with errors_told(as_json=False):
        shown, is_whole = queries.certificate(number), queries.is_whole(number)
    print_json(shown.as_json())
    typer.echo("完好 / whole" if is_whole else "被改动 / changed", err=True)
    if not is_whole:
        raise typer.Exit(1)
