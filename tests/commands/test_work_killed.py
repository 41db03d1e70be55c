"""An import whose process is killed by the system in the middle: nothing of it is there, and the next takes it up."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import Any

import pytest

from tests.commands.nol import COMMAND, Nol

pytestmark = pytest.mark.slow
PUPILS = 20_000
ASK = """
import django
django.setup()
from notoneless.jobs import do_works
from notoneless.kernel.clock import SystemClock
from notoneless.roster import importing, queries
from notoneless.roster.models import Account, Grant, Unit

account = Account.objects.create(username="principal")
Grant.objects.create(account=account, role="school", unit=Unit.objects.get(code="3137000001"))
clock = SystemClock()
scope = queries.scope_of(account, clock.now().date())
rows = "".join(f"P{n},学生,student,3137000001-1\\n" for n in range(%d))
check = importing.ask_check(scope, "3137000001", "a.csv", ("code,name,population,unit\\n" + rows).encode(), clock=clock)
do_works(clock=clock)
check.refresh_from_db()
importing.ask_import(scope, "3137000001", check, typed="", clock=clock)
"""


def read(nol: Nol, statement: str) -> Any:
    """One row, as it is committed."""
    with closing(sqlite3.connect(nol.folder / "var" / "notoneless.sqlite3", timeout=20)) as database:
        return database.execute(statement).fetchone()


def state(nol: Nol) -> str:
    found: str = read(nol, "SELECT state FROM kernel_work WHERE kind = 'roster.import'")[0]
    return found


def test_an_import_killed_in_the_middle_left_nothing_and_is_done_by_the_next(nol: Nol) -> None:
    env = {**nol.env, "DJANGO_SETTINGS_MODULE": "notoneless.settings"}
    subprocess.run([sys.executable, "-c", ASK % PUPILS], cwd=nol.folder, env=env, check=True)
    before = read(nol, "SELECT count(*) FROM roster_person")
    with subprocess.Popen([*COMMAND, "jobs"], cwd=nol.folder, env=nol.env, stderr=subprocess.DEVNULL) as process:
        while state(nol) == "waiting":
            assert process.poll() is None
        process.kill()
    assert state(nol) == "running"
    assert read(nol, "SELECT count(*) FROM roster_person") == before
    nol.run("jobs", "--once")
    assert read(nol, "SELECT state, tries FROM kernel_work WHERE kind = 'roster.import'") == ("done", 2)
    assert read(nol, "SELECT count(*) FROM roster_person") == (before[0] + PUPILS,)
    assert not list((nol.folder / "var" / "works").iterdir()), "the file that the killed worker had open is gone"
