"""`nol serve`, `run` and `jobs`: the server, and a demo for a first look."""

import os
import tempfile
import time
from typing import Annotated

import typer
from django.conf import settings
from django.db import close_old_connections

from notoneless.commands.ground import counter, migrate
from notoneless.commands.processes import (
    JobsProcess,
    fitting_workers,
    folder_in_memory,
    leave_database,
    outlive_broken_pipes,
    raise_open_files,
    require_free,
    server,
)
from notoneless.demo.services import build_demo
from notoneless.jobs import tick
from notoneless.kernel.clock import SystemClock
from notoneless.kernel.errors import DomainError

PortOption = Annotated[int, typer.Option("--port", help="端口 / Port.")]
HostOption = Annotated[str, typer.Option("--host", help="监听地址 / Address to listen on.")]
PAUSE = 5.0


def serve(
    host: HostOption = "127.0.0.1",
    port: PortOption = 8000,
    workers: Annotated[int, typer.Option(min=0, help="进程数，0 为自动 / Worker processes; 0: as many as fit.")] = 0,
) -> None:
    """启动服务（页面、接口与定时任务） / Serve pages, API and jobs until stopped."""
    try:
        require_free(host, port)
    except DomainError as error:
        typer.echo(error.message(), err=True)
        raise typer.Exit(1) from error
    raise_open_files()
    outlive_broken_pipes()
    with tempfile.TemporaryDirectory(prefix="nol-metrics-", dir=folder_in_memory()) as folder, JobsProcess():
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        count = workers or fitting_workers()
        leave_database()
        server(host, port, count).serve()


def jobs(
    is_once: Annotated[bool, typer.Option("--once", help="只运行一次 / Run once and leave.")] = False,
) -> None:
    """定时任务：打开当日台账、关闭到期时段、处理事件 / Open the day, close windows, hear the outbox."""
    outlive_broken_pipes()
    while True:
        close_old_connections()
        tick(clock=SystemClock())
        if is_once:
            return
        time.sleep(PAUSE)


def run(host: HostOption = "127.0.0.1", port: PortOption = 8000, workers: int = 0) -> None:
    """首次运行会建立演示城市 / Prepare, build the demo city if there is none, and serve."""
    migrate()
    with counter("演示城市 / Demo city") as line:
        summary = build_demo("small", clock=SystemClock(), progress=line.show, directory=settings.VAR_DIR / "demo")
    typer.echo(f"\n  一个都不能少 / Not One Less   http://{host}:{port}\n")
    for account in summary.accounts:
        typer.echo(f"  {account.role:<10} {account.username:<10} {account.password:<18} {account.unit}  {account.page}")
    typer.echo("\n  按 Ctrl-C 停止 / Ctrl-C stops.\n")
    serve(host, port, workers)
