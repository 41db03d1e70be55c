"""`nol completeness`, `missing`, `ranking` and `recount`: what came in, who is missing, and that it adds up."""

from typing import Annotated

import typer

from notoneless.commands.ground import DutyOption, JsonFlag, errors_told, parse_day, print_json
from notoneless.commands.viewer import viewer
from notoneless.rollup import services as rollup
from notoneless.roster import queries as roster_queries
from notoneless.web.api.answers import completeness_json, missing_json, ranking_json

LevelOption = Annotated[str, typer.Option("--level", help="person | class | school | district …")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=100_000, help="每页条数 / Rows a page.")]
OffsetOption = Annotated[int, typer.Option("--offset", min=0, help="从第几条起 / Rows to skip.")]


def _percent(rate: float | None) -> str:
    return "—" if rate is None else f"{rate:.2%}"


def completeness(unit: str, day: str, duty: DutyOption, as_json: JsonFlag = False) -> None:
    """某机构某日的上报情况 / What a unit's day came to, and its children's."""
    with errors_told(as_json=as_json):
        answer = completeness_json(viewer(), unit, parse_day(day), duty)
    if as_json:
        print_json(answer)
        return
    typer.echo(f"{'':<24}{'应报':>10}{'已报':>10}{'免报':>8}{'缺报':>8}{'待报':>8}{'上报率':>10}")
    for line in (answer, *answer["children"]):
        typer.echo(f"{line['unit']:<24}{line['expected']:>12,}{line['reported']:>12,}{line['excused']:>10,}"
                   f"{line['missing']:>10,}{line['due']:>10,}{_percent(line['rate']):>12}")  # fmt: skip


def missing(
    unit: str,
    day: str,
    duty: DutyOption,
    level: LevelOption = "",
    limit: LimitOption = 1000,
    offset: OffsetOption = 0,
    as_json: JsonFlag = False,
) -> None:
    """还没有消息的人、班、校 / Who has not been heard from."""
    with errors_told(as_json=as_json):
        answer = missing_json(viewer(), unit, parse_day(day), duty, level=level, limit=limit, offset=offset)
    if as_json:
        print_json(answer)
        return
    typer.echo(f"{answer['unit']} {answer['day']} {answer['duty']}: {answer['total']:,}")
    for item in answer["items"]:
        typer.echo("  " + "  ".join(str(value) for value in item.values()))


def ranking(
    unit: str,
    day: str,
    duty: DutyOption,
    level: LevelOption = "school",
    limit: LimitOption = 100_000,
    offset: OffsetOption = 0,
    as_json: JsonFlag = False,
) -> None:
    """按上报率排名，并列同名次 / Units by completeness; ties share a place."""
    with errors_told(as_json=as_json):
        answer = ranking_json(viewer(), unit, parse_day(day), duty, level=level, limit=limit, offset=offset)
    if as_json:
        print_json(answer)
        return
    for item in answer["items"]:
        typer.echo(f"{item['place'] or '—':>6}  {_percent(item['rate']):>8}  {item['reported']:,}/{item['expected']:,}"
                   f"  {item['unit']}  {item['name']}")  # fmt: skip


def recount(day: str, as_json: JsonFlag = False) -> None:
    """由应报项重算汇总并比对，必须一致 / Rebuild the tallies from the slots and compare."""
    with errors_told(as_json=as_json):
        found = rollup.recount(parse_day(day))
    if as_json:
        print_json({"day": str(found.day), "rows": found.rows, "exact": found.is_exact,
                    "differences": list(found.differences)})  # fmt: skip
    else:
        typer.echo(f"{found.day}: {found.rows:,} 行汇总，{len(found.differences)} 处不一致 / tally rows, differences")
        for difference in found.differences[:50]:
            typer.echo(f"  {difference}")
    if not found.is_exact:
        raise typer.Exit(1)


def units(
    code: Annotated[str, typer.Argument(help="上级机构代码，省略则列出顶层 / Authority; roots when left out.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """列出机构 / List a unit's children."""
    with errors_told(as_json=as_json):
        found = roster_queries.units_under(viewer(), code)
    if as_json:
        print_json({"unit": code or None, "items": [{"code": u.code, "name": u.name, "kind": u.kind} for u in found]})
        return
    for unit in found:
        typer.echo(f"{unit.code:<24} {unit.kind:<14} {unit.name}")
