"""`nol duty`: why somebody owes what, and what a change of the rules would do; `nol state`: where somebody stands."""

from pathlib import Path
from typing import Annotated

import typer

from notoneless.commands.ground import LANGUAGE, JsonFlag, counter, errors_told, parse_day, print_json
from notoneless.commands.policies import languages
from notoneless.commands.viewer import viewer
from notoneless.expect import queries as expect_queries
from notoneless.expect import services as expect
from notoneless.expect.words import letter_about
from notoneless.jobs import drain_outbox
from notoneless.kernel.clock import SystemClock, day_of
from notoneless.kernel.errors import DomainError
from notoneless.roster import states as roster_states
from notoneless.roster.kinds import PERSON_STATES, RECORDED_STATES, STAGES

app = typer.Typer(help="应报任务 / Duties.", no_args_is_help=True)
state = typer.Typer(
    help="人员状态：因病在家、请假…… / Where people stand: ill at home, on leave …", no_args_is_help=True
)


@app.command("explain")
def explain(person: str, day: str, as_json: JsonFlag = False) -> None:
    """某人某日该报什么、为什么、依据哪份文件 / What PERSON owes on DAY, why, and by which document."""
    with errors_told(as_json=as_json):
        found = expect_queries.explain_person(viewer(), person, parse_day(day))
    if not as_json:
        typer.echo("\n".join(letter_about(found, language).text() for language in languages()))
        return
    policies = found.policies
    print_json({
        "person": found.code, "day": str(found.day), "day_type": found.judgement.day_type, "state": found.state,
        "unit": found.chain[-1].code,
        "duties": [
            {"duty": item.duty.code, "session": item.session.code, "outcome": item.outcome,
             "due": item.window[1], "ledger": item.recorded.state if item.recorded else None,
             "policies": [{"code": policies[s.rule.id].code, "outcome": s.outcome} for s in item.walk.steps],
             "silent": [{"code": policies[rule.id].code, "because": why} for rule, why in item.silent]}
            for item in found.items
        ],
    })  # fmt: skip


@app.command("preview")
def preview(
    policy: Annotated[Path, typer.Option("--policy", help="规定文件 / A file of policies.")],
    unit: Annotated[str, typer.Option(help="机构代码 / Code of the unit to look at.")],
    from_: Annotated[str, typer.Option("--from", help="首日 / First day.")],
    days: Annotated[int, typer.Option(help="天数 / Days.")] = 14,
    as_json: JsonFlag = False,
) -> None:
    """发布之前先看：每天增减多少应报项、哪些家庭超出上限、与谁冲突 / Look before you publish."""
    with errors_told(as_json=as_json), counter("预览 / Preview") as line:
        terms = expect.read_policies(policy)
        found = expect.preview_policies(
            viewer(), terms, unit, first_day=parse_day(from_), days=days,
            progress=lambda done, of: line.show("天/days", done, of),
        )  # fmt: skip
    clashes = [
        {"policy": mine.code, "clash": clash.code, "with": other.code, "title": other.title_zh}
        for mine, clash, other in found.clashes
    ]
    if as_json:
        print_json({
            "clashes": clashes, "ask_limit": found.ask_limit,
            "days": [{"day": str(one.day), "day_type": one.day_type, **one.whole.as_json(),
                      "districts": {name: change.as_json() for name, change in one.by_district.items()},
                      "stages": {stage: change.as_json() for stage, change in one.by_stage.items()},
                      "households_over_budget": one.over_budget} for one in found.days],
        })  # fmt: skip
        return
    for mine, clash, other in found.clashes:
        error = DomainError(clash.code, "policy", mine=mine.code, other=other.code, title=other.title_zh or other.code,
                            document=other.document.number if other.document else "-",
                            unit=other.unit.name if other.unit else "系统 / system")  # fmt: skip
        typer.echo(f"! {error.message(LANGUAGE)}")
    typer.echo("日期 / day       类型 / type     新增 / added  取消 / removed  变更 / changed  超限家庭 / over budget")
    for one in found.days:
        over = "-" if one.over_budget is None else f"{one.over_budget:,}"
        change = one.whole
        typer.echo(f"{one.day}      {one.day_type:<12} {change.added:>14,} {change.removed:>15,} {change.changed:>15,}"
                   f" {over:>20}")  # fmt: skip
    for title, parts in (("区县 / district", "by_district"), ("学段 / stage", "by_stage")):
        sums: dict[str, list[int]] = {}
        for one in found.days:
            for name, change in getattr(one, parts).items():
                held = sums.setdefault(name, [0, 0])
                held[0] += change.added
                held[1] += change.removed
        typer.echo(f"\n{title}（{days} 天合计 / in {days} days）")
        for name, (added, removed) in sorted(sums.items()):
            if added or removed:
                shown = STAGES[name][0] if name in STAGES else name or "-"
                typer.echo(f"  {shown:<16} +{added:,}  -{removed:,}")


@state.command("set")
def set_state(
    person: str,
    what: Annotated[str, typer.Argument(metavar="STATE", help=" | ".join(RECORDED_STATES))],
    first_day: Annotated[str, typer.Option("--from", help="首日，缺省今天 / First day; today unless given.")] = "",
    last_day: Annotated[str, typer.Option("--to", help="末日 / Last day.")] = "",
) -> None:
    """登记人员状态，应报事项随之改变 / Record where a person stands."""
    clock = SystemClock()
    with errors_told(as_json=False):
        first = parse_day(first_day) if first_day else day_of(clock.now())
        last = parse_day(last_day) if last_day else None
        roster_states.record_state(viewer(), person, what, first_day=first, last_day=last, clock=clock)
        drain_outbox(clock=clock)
    zh, en = PERSON_STATES[what]
    typer.echo(f"{person}: {zh} / {en}, {first} … {last or ''}")


@state.command("end")
def end_state(
    person: str,
    on: Annotated[str, typer.Option(help="自何日起返校 / From which day on; today unless given.")] = "",
) -> None:
    """结束人员状态：已返校（已解除） / The person is back at school (cleared)."""
    clock = SystemClock()
    with errors_told(as_json=False):
        day = parse_day(on) if on else day_of(clock.now())
        roster_states.end_state(viewer(), person, on=day, clock=clock)
        drain_outbox(clock=clock)
    typer.echo(f"{person}: 在校 / at school, {day}")
