"""`nol account` and `nol grant`: the first accounts of a new system, and help when nobody can sign in."""

from datetime import date
from typing import Annotated

import typer

from notoneless.commands.ground import errors_told, parse_day, print_json
from notoneless.commands.viewer import viewer
from notoneless.kernel.clock import SystemClock, day_of
from notoneless.roster import grants
from notoneless.roster.accounts import making, texts
from notoneless.roster.roles import ROLES

account = typer.Typer(help="账号 / Accounts.", no_args_is_help=True)
grant = typer.Typer(help="角色 / Roles.", no_args_is_help=True)
Reason = Annotated[str, typer.Option("--reason", help="理由（进入审计日志） / Why; goes into the log.")]


@account.command("make")
def make(
    username: str, unit: str, person: Annotated[str, typer.Option(help="花名册编号 / Code in the roster.")] = ""
) -> None:
    """新建账号并打印初始密码（仅此一次） / Make an account and print its first password, this once."""
    with errors_told(as_json=False):
        _, first = making.make_account(viewer(), username, unit, clock=SystemClock(), person_code=person)
    typer.echo(first)


@account.command("reset")
def reset(username: str, reason: Reason) -> None:
    """重置初始密码，旧会话和令牌全部失效 / A new first password; sessions and tokens end."""
    with errors_told(as_json=False):
        typer.echo(making.reset_password(viewer(), username, reason=reason, clock=SystemClock()))


@account.command("off")
def off(
    username: str, reason: Reason, yes: Annotated[bool, typer.Option("--yes", help="不再询问 / Do not ask.")] = False
) -> None:
    """停用账号 / Switch an account off."""
    if not yes:
        typer.confirm("停用后不能再登录 / Nobody will sign in with it again. Continue?", abort=True)
    with errors_told(as_json=False):
        making.switch_off(viewer(), username, reason=reason, clock=SystemClock())
    typer.echo("已停用 / Switched off.")


@account.command("texts")
def dry_run() -> None:
    """查看演练通道中的短信（生产环境不可用） / Texts of the dry-run channel; not in production."""
    with errors_told(as_json=False):
        for one in texts.dry_run_texts():
            typer.echo(f"{one.made_at:%H:%M:%S}  {one.phone}  {one.text}")


@grant.command("roles")
def roles() -> None:
    """列出角色及其权限 / The roles and what they may do."""
    for role in ROLES.values():
        typer.echo(f"{role.code:<15} {role.zh}  {role.en}: {', '.join(sorted(role.powers)) or '—'}")


@grant.command("give")
def give(
    username: str, role: str, unit: str, reason: Reason,
    from_: Annotated[str, typer.Option("--from", help="首日 / First day.")] = "",
    to: Annotated[str, typer.Option("--to", help="到期日 / Ends on.")] = "",
    qualification: Annotated[str, typer.Option(help="资格证书编号 / Its number.")] = "",
    qualified_until: Annotated[str, typer.Option(help="资格有效至 / Valid until.")] = "",
) -> None:  # fmt: skip
    """授予角色 / Give a role."""
    clock = SystemClock()
    with errors_told(as_json=False):
        term = grants.Term(parse_day(from_) if from_ else day_of(clock.now()), _day(to))
        made = grants.give(
            viewer(), username, role, unit, term, reason=reason, clock=clock, qualification=qualification,
            qualified_until=_day(qualified_until),
        )  # fmt: skip
    typer.echo(f"{made.pk}")


@grant.command("list")
def list_grants(
    unit: str, as_json: Annotated[bool, typer.Option("--json")] = False, limit: int = 100, offset: int = 0
) -> None:
    """列出某单位及下级的角色 / Who holds which role in a unit's subtree."""
    with errors_told(as_json=as_json):
        total, lines = grants.grants_at(viewer(), unit, day_of(SystemClock().now()), limit=limit, offset=offset)
    if as_json:
        rows = [{"id": one.id, "account": one.username, "role": one.role, "unit": one.unit_code} for one in lines]
        print_json({"total": total, "items": rows})
        return
    for one in lines:
        typer.echo(f"{one.id:>6}  {one.username:<16} {ROLES[one.role].zh}  {one.unit_code} {one.unit_name}")
    typer.echo(f"{total} 个角色 / roles")


@grant.command("end")
def end(number: int, reason: Reason) -> None:
    """立即收回角色 / End a role now."""
    with errors_told(as_json=False):
        grants.end_grant(viewer(), number, reason=reason, clock=SystemClock())
    typer.echo("已收回 / Ended.")


def _day(text: str) -> date | None:
    return parse_day(text) if text else None
