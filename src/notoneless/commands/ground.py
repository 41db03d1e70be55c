"""What every command stands on: a database that is ready, arguments read once, errors told once."""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any

import typer
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from notoneless.collect import services as collect
from notoneless.collect.arrival import read_day
from notoneless.expect import services as expect
from notoneless.kernel import audit
from notoneless.kernel.errors import DomainError

LOGGED_SECONDS = 10.0
LANGUAGE = os.environ.get("NOL_LANG", "")
JsonFlag = Annotated[bool, typer.Option("--json", help="只输出 JSON / Print JSON and nothing else.")]
DutyOption = Annotated[str, typer.Option("--duty", help="应报任务代码 / Code of the duty.")]


def prepare_database() -> None:
    """Make a new database ready; refuse one that waits for migrations, so that nobody migrates by surprise."""
    tables = connection.introspection.table_names()
    if "django_migrations" not in tables:
        typer.echo("正在准备新的数据库 / Preparing a new database …", err=True)
        migrate()
        return
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise typer.Exit(
            _complain("数据库需要升级，请先运行 nol migrate / The database is behind: run nol migrate first.")
        )


def migrate() -> None:
    """Bring the schema up to date and add the standing duties, rules, calendar and forms that are not there."""
    call_command("migrate", verbosity=0, interactive=False)
    audit.begin_chain()
    expect.seed_standard()
    collect.seed_forms()


def _complain(message: str) -> int:
    typer.echo(message, err=True)
    return 2


def print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


def parse_day(text: str) -> date:
    """Raises DomainError `bad_day`."""
    return read_day(text)


@contextmanager
def errors_told(*, as_json: bool) -> Iterator[None]:
    """Tell a DomainError on stderr (and as JSON on stdout) and leave with exit code 2."""
    try:
        yield
    except DomainError as error:
        if as_json:
            print_json({"error": error.shape(LANGUAGE)})
        typer.echo(f"{error.code}: {error.message(LANGUAGE)}", err=True)
        raise typer.Exit(2) from error


@contextmanager
def counter(label: str) -> Iterator["Counter"]:
    """A line of progress on a terminal's stderr; where nobody watches, a whole line every ten seconds, for a log."""
    line = Counter(label)
    yield line
    line.end()


class Counter:
    def __init__(self, label: str) -> None:
        self.label = label
        self.is_shown = sys.stderr.isatty()
        self._told_at = time.monotonic()

    def show(self, what: str, done: int, total: int | None = None) -> None:
        if self.is_shown:
            of = f"/{total:,}" if total else ""
            sys.stderr.write(f"\r\x1b[K{self.label} {what} {done:,}{of}")
            sys.stderr.flush()
        elif time.monotonic() - self._told_at >= LOGGED_SECONDS:
            self._told_at = time.monotonic()
            sys.stderr.write(f"{self.label} {what} {done:,}{f'/{total:,}' if total else ''}\n")
            sys.stderr.flush()

    def end(self) -> None:
        if self.is_shown:
            sys.stderr.write("\r\x1b[K")
