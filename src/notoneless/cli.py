"""`nol`: the command line of Not One Less."""

import os
import signal
import sys
from typing import Annotated

import django
import typer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notoneless.settings")
django.setup()

# The commands import models, which need Django to be set up first.
from notoneless.commands import (  # noqa: E402
    access,
    accounts,
    audit,
    datakeys,
    day,
    deploy,
    duty,
    figures,
    ground,
    letter,
    policies,
    privacy,
    remind,
    report,
    retention,
    server,
    viewer,
)
from notoneless.demo.commands import demo  # noqa: E402
from notoneless.jobs import drain_outbox  # noqa: E402
from notoneless.kernel.clock import SystemClock  # noqa: E402
from notoneless.replay.commands import app as replay  # noqa: E402
from notoneless.roster.commands import app as roster  # noqa: E402

app = typer.Typer(
    help="一个都不能少：教育部门的每日台账 / Not One Less: the daily ledger of an education authority.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(roster, name="roster", help="花名册 / The roster.")
app.add_typer(day.app, name="day")
app.add_typer(day.calendar, name="calendar")
app.add_typer(report.app, name="report")
app.add_typer(duty.app, name="duty")
app.add_typer(duty.state, name="state")
app.add_typer(policies.app, name="policy")
app.add_typer(accounts.account, name="account")
app.add_typer(accounts.grant, name="grant")
app.add_typer(access.app, name="token")
app.add_typer(audit.app, name="audit")
app.add_typer(remind.app, name="remind")
app.add_typer(letter.app, name="letter")
app.add_typer(retention.app, name="retention")
app.add_typer(privacy.app, name="privacy")
app.add_typer(privacy.pia, name="pia")
access.keys.add_typer(datakeys.app, name="data")
app.add_typer(access.keys, name="keys")
app.add_typer(replay, name="replay", help="用真实数据重放 / Replay real data.")
for command in (figures.completeness, figures.missing, figures.ranking, figures.recount, figures.units, demo,
                server.serve, server.run, server.jobs, deploy.check):  # fmt: skip
    app.command()(command)


@app.command()
def migrate() -> None:
    """升级数据库并补齐标准任务、规则、日历和表单 / Bring the database up to date."""
    ground.migrate()
    typer.echo("数据库已就绪 / The database is ready.")


@app.callback()
def before(
    context: typer.Context,
    as_: Annotated[str, typer.Option("--as", help="只看该账号能看的 / See and do what this account may.")] = "",
) -> None:
    """Make the database ready; after an import, let the days that are open hear of it."""
    viewer.forget()
    if "--help" in sys.argv:
        return
    if context.invoked_subcommand not in (None, "migrate", "run"):
        ground.prepare_database()
    if as_:
        with ground.errors_told(as_json=False):
            viewer.act_as(as_, context.invoked_subcommand)
    if context.invoked_subcommand in ("roster", "demo"):
        context.call_on_close(lambda: drain_outbox(clock=SystemClock()))


def main() -> None:
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    app()


if __name__ == "__main__":
    main()
