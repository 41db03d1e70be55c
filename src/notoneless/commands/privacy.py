"""`nol privacy`: the basis of duties and the yearly report; `nol pia`: impact assessments."""

from pathlib import Path
from typing import Annotated

import typer
import xlsxwriter

from notoneless.commands.ground import JsonFlag, errors_told, print_json
from notoneless.consent import queries, services
from notoneless.consent.queries import AssessmentInfo, YearReport
from notoneless.consent.queries.yearly import Cell
from notoneless.kernel import audit
from notoneless.kernel.clock import SystemClock, day_of
from notoneless.kernel.errors import DomainError
from notoneless.roster.scope import SYSTEM

app = typer.Typer(help="个人信息保护 / Protection of personal data.", no_args_is_help=True)
pia = typer.Typer(help="个人信息保护影响评估 / Impact assessments.", no_args_is_help=True)
TABLES = {
    "reads": "查看未成年人信息 / Reads of minors' records",
    "acts": "导出、拒绝、申请、同意、销毁 / Exports, refusals, requests, consents, destruction",
    "requests": "申请答复 / Answers to requests",
}
FINDINGS = {
    "unassessed": "收集敏感信息而没有有效的影响评估 / sensitive fields without a valid assessment",
    "late_answers": "超期答复的申请 / requests answered late",
}
FIRST_YEAR, LAST_YEAR = 2000, 2100


@app.command("basis")
def basis(
    duty: str,
    basis: Annotated[str, typer.Argument(metavar="BASIS", help="statutory | consent")],
    separate: Annotated[str, typer.Option(help="单独同意的项目，逗号分隔 / Fields by separate consent.")] = "",
) -> None:
    """设定任务的处理依据和单独同意的项目 / Set the basis of DUTY and its fields by separate consent."""
    codes = [code.strip() for code in separate.split(",") if code.strip()]
    with errors_told(as_json=False):
        services.set_basis(SYSTEM, duty, basis, codes, clock=SystemClock())
    typer.echo(f"{duty}: {basis} {' '.join(codes)}".rstrip())


@app.command("report")
def report(
    year: Annotated[int, typer.Option(min=FIRST_YEAR, max=LAST_YEAR, help="年份 / Year.")],
    unit: Annotated[str, typer.Option(help="机构代码 / Code of the unit.")],
    xlsx: Annotated[Path | None, typer.Option(help="写成电子表格 / Write a spreadsheet.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """未成年人信息访问年度报告，由审计日志生成，不含姓名 / The yearly report on access to minors' data; no names."""
    clock = SystemClock()
    with errors_told(as_json=as_json):
        found = queries.yearly_report(SYSTEM, unit, year, day_of(clock.now()))
        if xlsx is not None:
            _write(found, xlsx)
        audit.record("system", "privacy.report", unit, clock=clock, detail={"unit": unit, "year": year})
    if as_json:
        print_json(found.as_json())
        return
    typer.echo(f"{found.unit_name} {year}")
    for name, rows in found.tables.items():
        typer.echo(f"\n{TABLES[name]}")
        for row in rows:
            typer.echo("  " + "\t".join(str(cell) for cell in row))
    typer.echo(f"\n发现 / Findings: {len(found.findings)}")
    for code, what in found.findings:
        typer.echo(f"  ! {FINDINGS[code]}: {what}")


def _write(found: YearReport, path: Path) -> None:
    try:
        with xlsxwriter.Workbook(str(path)) as book:
            findings: list[tuple[Cell, ...]] = [(FINDINGS[code], what) for code, what in found.findings]
            for name, rows in (*found.tables.items(), ("findings", findings)):
                sheet = book.add_worksheet(name)
                for line, row in enumerate(rows):
                    for column, cell in enumerate(row):
                        if isinstance(cell, int):
                            sheet.write_number(line, column, cell)
                        else:
                            sheet.write_string(line, column, cell)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        raise DomainError("file_unreadable", path.name, why=type(error).__name__) from error


@pia.command("add")
def add(file: Annotated[Path, typer.Argument(metavar="FILE.toml")]) -> None:
    """登记一份影响评估；登记后不修改 / Register an assessment; it is never edited."""
    with errors_told(as_json=False):
        told = services.read_assessment(file)
        is_new = services.add_assessment(SYSTEM, told, clock=SystemClock())
    typer.echo(f"{told['code']}: {'已登记 / registered' if is_new else '早已登记 / registered before'}")


@pia.command("list")
def list_(as_json: JsonFlag = False) -> None:
    """列出影响评估 / List the assessments."""
    found, today = queries.assessments(), day_of(SystemClock().now())
    if as_json:
        print_json([_as_json(one) for one in found])
        return
    for one in found:
        valid = "有效 / valid" if one.is_valid(today) else "无效 / not valid"
        typer.echo(f"{one.code}\t{one.duty}\t{one.approved_on} … {one.valid_until}\t{one.conclusion}\t{valid}")


@pia.command("show")
def show(code: str) -> None:
    """显示一份影响评估 / Show an assessment."""
    with errors_told(as_json=False):
        one = queries.assessment_named(code)
    for title, text in (
        ("编号 / code", one.code), ("任务 / duty", one.duty), ("处理活动 / processing", one.processing),
        ("目的 / purpose", one.purpose), ("必要性 / necessity", one.necessity),
        ("风险 / risks", "\n  - ".join(["", *one.risks])), ("措施 / measures", "\n  - ".join(["", *one.measures])),
        ("结论 / conclusion", one.conclusion), ("说明 / remarks", one.remarks or "-"),
        ("批准 / approved", f"{one.approver}, {one.approved_on}"), ("有效至 / valid until", one.valid_until),
        ("保存至 / kept until", one.keep_until),
    ):  # fmt: skip
        typer.echo(f"{title}: {text}")


@pia.command("check")
def check(as_json: JsonFlag = False) -> None:
    """找出收集敏感信息而没有有效评估的任务 / Duties with sensitive fields and no valid assessment; exit code 1."""
    missing = queries.unassessed_duties(day_of(SystemClock().now()))
    if as_json:
        print_json([duty.code for duty in missing])
    for duty in () if as_json else missing:
        typer.echo(f"! {duty.code} {duty.name_zh} / {duty.name_en}: {FINDINGS['unassessed']}")
    if missing:
        raise typer.Exit(1)
    if not as_json:
        typer.echo("完备 / complete")


def _as_json(one: AssessmentInfo) -> dict[str, str]:
    return {"code": one.code, "duty": one.duty, "approved_on": str(one.approved_on),
            "valid_until": str(one.valid_until), "conclusion": one.conclusion}  # fmt: skip
