"""`nol policy`: the rules of who owes what, drafted from a file, approved, published, withdrawn."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from notoneless.commands.ground import LANGUAGE, JsonFlag, errors_told, parse_day, print_json
from notoneless.commands.viewer import viewer
from notoneless.expect import queries as expect_queries
from notoneless.expect import services as expect
from notoneless.expect.queries import PolicyInfo
from notoneless.expect.words import basis, policy_sentence
from notoneless.jobs import drain_outbox
from notoneless.kernel.clock import SystemClock, day_of
from notoneless.kernel.errors import DomainError

app = typer.Typer(help="规定：谁在哪天报什么 / Policies: who owes what on which days.", no_args_is_help=True)


def languages() -> tuple[str, ...]:
    """The reader's language, or both, Chinese first."""
    return (LANGUAGE,) if LANGUAGE else ("zh", "en")


def _told(info: PolicyInfo, status: str) -> None:
    duty = expect_queries.duty_by_code(info.duty_code)
    rule = info.rule
    until = "…" if rule.effective_to == date.max else str(rule.effective_to)
    typer.echo(f"{info.code}  [{status}]  {info.unit_code or '-'}  {rule.effective_from} … {until}")
    for language in languages():
        typer.echo(f"    {policy_sentence(info, duty, language)} {basis(info, language)}")


@app.command("list")
def list_(
    unit: Annotated[str, typer.Option(help="机构代码 / Code of a unit.")] = "",
    day: Annotated[str, typer.Option(help="某日在执行的 / Those in force on a day.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """列出规定：全部（含草稿），或某日在执行的 / Policies: all of them, drafts too, or those in force on a day."""
    with errors_told(as_json=as_json):
        infos = expect_queries.policies_of(viewer(), unit)
        if day:
            in_force = expect_queries.policies_read(parse_day(day))
            infos = [info for info in infos if info.id in in_force]
    if as_json:
        print_json({"policies": [{"code": i.code, "status": i.status, "unit": i.unit_code, "duty": i.duty_code,
                                  "effect": i.rule.effect, "strictness": i.rule.bound or "default",
                                  "from": str(i.rule.effective_from), "to": _end(i)} for i in infos]})  # fmt: skip
        return
    for info in infos:
        _told(info, info.status)


def _end(info: PolicyInfo) -> str | None:
    return None if info.rule.effective_to == date.max else str(info.rule.effective_to)


@app.command("draft")
def draft(
    file: Annotated[Path, typer.Argument(help="TOML 或 JSON 文件 / A TOML or JSON file.")],
    is_published: Annotated[
        bool, typer.Option("--publish", help="随即批准并发布 / Approve and publish at once.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """把文件中的规定存为草稿；一条有误不影响其余 / Draft the policies of a file; a wrong one stops no other."""
    clock = SystemClock()
    with errors_told(as_json=as_json):
        terms = expect.read_policies(file)
    results = [_drafted(one, clock, is_published=is_published) for one in terms]
    drain_outbox(clock=clock)
    if as_json:
        print_json({"policies": results})
    else:
        for result in results:
            error = result.get("error")
            typer.echo(f"{result['code']}: {error['code'] + ': ' + error['message'] if error else result['status']}")
            for code, name in result.get("warnings", ()):
                typer.echo(f"  {DomainError(code, 'policy', name=name).message(LANGUAGE)}")
    if any("error" in result for result in results):
        raise typer.Exit(2)


def _drafted(terms: expect.PolicyTerms, clock: SystemClock, *, is_published: bool) -> dict[str, Any]:
    """What became of one policy of a file: its code, and its status and warnings or the error."""
    result: dict[str, Any] = {"code": terms.code}
    try:
        expect.draft_policy(viewer(), terms, clock=clock)
        result["status"] = "draft"
        if is_published:
            expect.approve_policy(viewer(), terms.code, clock=clock)
            published = expect.publish_within_budget(viewer(), terms.code, clock=clock)
            result |= {"status": "published", "warnings": published.warnings}
    except DomainError as error:
        result["error"] = error.shape(LANGUAGE)
    return result


@app.command("approve")
def approve(code: str) -> None:
    """批准草稿 / Approve a draft."""
    with errors_told(as_json=False):
        expect.approve_policy(viewer(), code, clock=SystemClock())
    typer.echo(f"已批准 / approved: {code}")


@app.command("publish")
def publish(code: str) -> None:
    """发布已批准的规定 / Put an approved policy in force."""
    clock = SystemClock()
    with errors_told(as_json=False):
        published = expect.publish_within_budget(viewer(), code, clock=clock)
        drain_outbox(clock=clock)
    typer.echo(f"已发布 / published: {code}")
    for warning, name in published.warnings:
        typer.echo(f"  {DomainError(warning, 'policy', name=name).message(LANGUAGE)}")


@app.command("withdraw")
def withdraw(
    code: str,
    reason: Annotated[str, typer.Option(help="原因 / Reason.")],
    on: Annotated[str, typer.Option(help="自何日起 / From which day on; today unless given.")] = "",
    is_sure: Annotated[bool, typer.Option("--yes", help="不再询问 / Do not ask.")] = False,
) -> None:
    """撤回规定：过去的台账不变 / Take a policy out of force; days gone by keep their ledger."""
    clock = SystemClock()
    with errors_told(as_json=False):
        day = parse_day(on) if on else day_of(clock.now())
        if not is_sure:
            typer.confirm(f"自 {day} 起撤回 {code}？ / Withdraw {code} from {day}?", abort=True)
        expect.withdraw_policy(viewer(), code, on=day, reason=reason, clock=clock)
        drain_outbox(clock=clock)
    typer.echo(f"已撤回 / withdrawn: {code} {day}")
