"""`nol keys data`: the keys of the personal data, and of their blind indexes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from notoneless.commands.ground import JsonFlag, print_json
from notoneless.kernel import resealing
from notoneless.kernel.clock import SystemClock
from notoneless.kernel.errors import DomainError
from notoneless.kernel.suites import AES_SIV

app = typer.Typer(help="个人数据的密钥 / The keys of personal data.", no_args_is_help=True)
IndexFlag = Annotated[bool, typer.Option("--index", help="查询索引的密钥 / The key of the blind indexes instead.")]
_ACTOR = "system"


@app.command("list")
def list_keys(as_json: JsonFlag = False) -> None:
    """列出密钥和仍由其加密的行数，每组最后一把在用 / List the keys and their rows; the last of each kind seals."""
    told = [
        {
            "kind": kind, "name": key.name, "suite": key.suite, "made_at": _made(key.made_at),
            "rows": resealing.rows_under(key.name, is_index=kind == "index"),
        }
        for kind in ("data", "index")
        for key in resealing.ring_of(is_index=kind == "index").listed()
    ]  # fmt: skip
    if as_json:
        print_json(told)
        return
    for each in told:
        rows = sum(each["rows"].values()) if isinstance(each["rows"], dict) else 0
        typer.echo(f"{each['kind']:<5}  {each['name']:<6}  {each['suite']:<7}  {each['made_at']}  {rows:>9,} 行 / rows")


@app.command()
def rotate(
    suite: Annotated[str, typer.Option(help="算法套件 / aes-siv or sm4.")] = AES_SIV, is_index: IndexFlag = False
) -> None:
    """换一把新密钥，一秒内生效，旧数据仍可读 / Seal with a new key from now on; older rows stay readable."""
    with _refusals():
        typer.echo(resealing.rotate(suite, actor=_ACTOR, clock=SystemClock(), is_index=is_index))


@app.command()
def reseal() -> None:
    """用最新密钥重新加密全部数据，可中断后继续 / Put every row under the newest keys; may be interrupted."""
    told = resealing.reseal(actor=_ACTOR, clock=SystemClock(), progress=_progress)
    for column, rows in told.written.items():
        typer.echo(f"{column:<28} {rows:>9,} 行 / rows")
    if told.unreadable:
        typer.echo(f"{told.unreadable:,} 行无法解密，未改动 / rows that no key opens were left as they are", err=True)
    if told.left:
        typer.echo(f"{told.left:,} 行未完成，请再次运行 / rows are left: run it again", err=True)
        raise typer.Exit(1)


@app.command()
def retire(
    name: str, is_index: IndexFlag = False,
    at_once: Annotated[bool, typer.Option("--at-once", help="服务已停止 / The service is stopped.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 / Do not ask.")] = False,
) -> None:  # fmt: skip
    """删除一把不再使用的密钥 / Forget a key that no row needs: backups made under it need it still."""
    if not yes:
        typer.confirm("旧备份将无法解密 / Backups made under it cannot be read without a copy. Continue?", abort=True)
    with _refusals():
        grace = timedelta() if at_once else resealing.GRACE
        resealing.retire(name, actor=_ACTOR, clock=SystemClock(), is_index=is_index, grace=grace)
    typer.echo("已停用 / Retired.")


def _progress(column: str, done: int, to_do: int) -> None:
    typer.echo(f"{column} {done:,}/{to_do:,}", err=True)


def _made(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC" if at else "-"


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except DomainError as error:
        typer.echo(error.message(), err=True)
        raise typer.Exit(1) from error
