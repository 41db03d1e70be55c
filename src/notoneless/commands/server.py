"""`nol serve`, `run` and `jobs`: the server's process tree, and a demo for a first look."""

import subprocess
import sys
import time
from typing import Annotated

import typer
from django.conf import settings
from django.db import close_old_connections
from granian import Granian
from granian.constants import Interfaces

from notoneless.commands.ground import counter, migrate
from notoneless.demo.services import build_demo
from notoneless.jobs import tick
from notoneless.kernel.clock import SystemClock
from notoneless.web.api import tokens

PortOption = Annotated[int, typer.Option("--port", help="端口 / Port.")]
HostOption = Annotated[str, typer.Option("--host", help="监听地址 / Address to listen on.")]
PAUSE = 5.0


def serve(host: HostOption = "127.0.0.1", port: PortOption = 8000, workers: int = 1) -> None:
    """启动服务（页面、接口与定时任务） / Serve pages, API and jobs until stopped."""
    jobs_process = subprocess.Popen([sys.executable, "-m", "notoneless.cli", "jobs"])
    try:
        Granian(
            "notoneless.asgi:application", address=host, port=port, interface=Interfaces.ASGINL, workers=workers,
            log_access=False,
        ).serve()  # fmt: skip
    finally:
        jobs_process.terminate()
        jobs_process.wait(timeout=30)


def jobs(
    is_once: Annotated[bool, typer.Option("--once", help="只运行一次 / Run once and leave.")] = False,
) -> None:
    """定时任务：打开当日台账、关闭到期时段、处理事件 / Open the day, close windows, hear the outbox."""
    while True:
        close_old_connections()
        tick(clock=SystemClock())
        if is_once:
            return
        time.sleep(PAUSE)


def run(host: HostOption = "127.0.0.1", port: PortOption = 8000, workers: int = 1) -> None:
    """首次运行会建立演示城市 / Prepare, build the demo city if there is none, and serve."""
    migrate()
    with counter("演示城市 / Demo city") as line:
        summary = build_demo("small", clock=SystemClock(), progress=line.show, directory=settings.VAR_DIR / "demo")
    typer.echo(f"\n  一个都不能少 / Not One Less   http://{host}:{port}\n")
    for account in summary.accounts:
        typer.echo(f"  {account.role:<10} {account.username:<10} {account.password:<18} {account.unit}  {account.page}")
    typer.echo("\n  按 Ctrl-C 停止 / Ctrl-C stops.\n")
    serve(host, port, workers)


def token(username: str, hours: Annotated[int, typer.Option(min=1, max=720)] = 12) -> None:
    """为账号签发接口令牌 / Issue an API token for an account."""
    typer.echo(tokens.issue(username, hours))
