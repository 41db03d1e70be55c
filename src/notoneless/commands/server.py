"""`nol serve`, `run` and `jobs`: the server, and a demo for a first look."""

import logging
import os
import tempfile
import threading
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
from notoneless.jobs import do_works, tick
from notoneless.kernel.clock import SystemClock
from notoneless.kernel.errors import DomainError
from notoneless.web.ui.packed import pack

PortOption = Annotated[int, typer.Option("--port", help="端口 / Port.")]
HostOption = Annotated[str, typer.Option("--host", help="监听地址 / Address to listen on.")]
PAUSE = 5.0
WORKS_PAUSE = 1.0
log = logging.getLogger(__name__)


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
    pack()
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
    if not is_once:
        threading.Thread(target=_do_works, name="works", daemon=True).start()
    while True:
        close_old_connections()
        tick(clock=SystemClock())
        if is_once:
            do_works(clock=SystemClock())
            return
        time.sleep(PAUSE)


def _do_works() -> None:
    """Long work in a thread of its own, so that no import holds up the opening of a day. It ends with the process: what
    it had in hand was not committed, and is taken again."""
    while True:
        close_old_connections()
        try:
            do_works(clock=SystemClock())
        except Exception:
            log.exception("the works could not be looked at")
        time.sleep(WORKS_PAUSE)


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
