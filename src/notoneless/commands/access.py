"""`nol token` and `nol keys`: tokens for programs, and the keys that sign them."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from notoneless.kernel import audit
from notoneless.kernel.clock import SystemClock
from notoneless.kernel.errors import DomainError
from notoneless.roster import queries as roster_queries
from notoneless.roster import tokens
from notoneless.roster.tokens.issuing import LONGEST_HOURS

app = typer.Typer(help="令牌 / Tokens.", no_args_is_help=True)
keys = typer.Typer(help="签名密钥 / The keys that sign tokens.", no_args_is_help=True)


@app.command()
def issue(username: str, hours: Annotated[int, typer.Option(min=1, max=LONGEST_HOURS)] = 12) -> None:
    """为账号签发接口令牌 / Issue an API token for an account."""
    try:
        account, clock = roster_queries.account_named(username), SystemClock()
        token = tokens.issue(account, clock=clock, hours=hours)
        audit.record("system", "tokens.issue", f"account:{account.pk}", clock=clock, detail={"hours": hours})
        typer.echo(token)
    except DomainError as error:
        _refuse(error)


@app.command()
def revoke(username: str) -> None:
    """撤销账号的全部令牌，数秒内生效 / End all of an account's tokens, within seconds."""
    try:
        tokens.revoke(roster_queries.account_named(username), actor="system", clock=SystemClock())
    except DomainError as error:
        _refuse(error)
    typer.echo("已撤销 / Revoked.")


@keys.command("list")
def list_keys() -> None:
    """列出密钥，最后一把用于签名 / List the keys; the last one signs."""
    for key in tokens.keys().listed():
        typer.echo(f"{key.name}  {datetime.fromtimestamp(key.made_at, UTC):%Y-%m-%d %H:%M} UTC")


@keys.command()
def rotate() -> None:
    """换一把新密钥签名，旧令牌仍有效 / Sign with a new key; tokens already given stay good."""
    clock = SystemClock()
    name = tokens.keys().rotate(now=int(clock.now().timestamp()))
    audit.record("system", "keys.rotate", f"key:{name}", clock=clock)
    typer.echo(name)


@keys.command()
def retire(name: str, yes: Annotated[bool, typer.Option("--yes", help="不再询问 / Do not ask.")] = False) -> None:
    """停用一把密钥：它签发的令牌全部失效 / Forget a key: every token that it signed is refused."""
    if not yes:
        typer.confirm("它签发的令牌将全部失效 / Every token it signed will be refused. Continue?", abort=True)
    try:
        tokens.keys().retire(name)
    except DomainError as error:
        _refuse(error)
    audit.record("system", "keys.retire", f"key:{name}", clock=SystemClock())
    typer.echo("已停用 / Retired.")


def _refuse(error: DomainError) -> None:
    typer.echo(error.message(), err=True)
    raise typer.Exit(1)
