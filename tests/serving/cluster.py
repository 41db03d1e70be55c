"""A PostgreSQL cluster that a test owns, to be killed and started again on its port."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from tests.serving.database import ROOT
from tests.serving.processes import children_of, is_alive, kill
from tests.serving.waiting import wait_until


class Cluster:
    """`url`: of its database. What `scripts/with_postgres` made, and removes at the end."""

    def __init__(self, url: str) -> None:
        self.url = url
        with psycopg.connect(url) as connection:
            self._data = Path(str(connection.execute("SHOW data_directory").fetchall()[0][0]))
        self._program = Path(f"/proc/{self.pid}/exe").readlink()
        self._arguments = Path(f"/proc/{self.pid}/cmdline").read_text().rstrip("\0").split("\0")[1:]
        self._owner, self._group = self._data.stat().st_uid, self._data.stat().st_gid
        self._started: list[subprocess.Popen[bytes]] = []

    @property
    def pid(self) -> int:
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def kill(self) -> None:
        """The postmaster and everything it started, without a warning; nothing is flushed, nobody is told."""
        postmaster = self.pid
        pids = [postmaster, *(one.pid for one in children_of(postmaster))]
        kill(*pids)
        wait_until(lambda: not any(map(is_alive, pids)), "the cluster is dead")

    def start(self) -> None:
        """The same program with the same arguments, as the same user; until it answers."""
        is_root = os.geteuid() == 0  # as whom PostgreSQL refuses to run
        with (self._data.parent / "server.log").open("ab") as log:
            self._started.append(subprocess.Popen(
                [self._program, *self._arguments], cwd=self._data, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True, user=self._owner if is_root else None, group=self._group if is_root else None,
                extra_groups=[] if is_root else None,
            ))  # fmt: skip
        wait_until(self._is_up, "the cluster answers")

    def wait(self) -> None:
        """Until what was started here has ended."""
        for process in self._started:
            process.wait(timeout=30)

    def _is_up(self) -> bool:
        with suppress(psycopg.OperationalError), psycopg.connect(self.url, connect_timeout=2):
            return True
        return False


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    holder = subprocess.Popen(
        [ROOT / "scripts" / "with_postgres", "sh", "-c", 'echo "$DATABASE_URL"; read _'],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"NOL_PG_FSYNC": "on"},  # this one is killed: it keeps what it acknowledged as in service
    )  # fmt: skip
    assert holder.stdin is not None
    assert holder.stdout is not None
    cluster: Cluster | None = None
    try:
        cluster = Cluster(holder.stdout.readline().strip())
        yield cluster
    finally:
        holder.stdin.close()  # `read` ends, and with it the script, which stops and removes the cluster
        try:
            holder.wait(timeout=30)
        except subprocess.TimeoutExpired:
            holder.send_signal(signal.SIGTERM)
            holder.wait(timeout=30)
        holder.stdout.close()
        if cluster is not None:
            cluster.wait()
