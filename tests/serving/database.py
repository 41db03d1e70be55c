"""Databases for servers: a file in a folder, or a database in the cluster of DATABASE_URL; copied from a template."""

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Database:
    """Where a server's data is. `url` is empty for SQLite, whose file is in `var` beside the keys."""

    var: Path
    url: str = ""

    def environment(self, **more: str) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "NOL_NOW")}
        ours = {"NOL_VAR": str(self.var)} | ({"DATABASE_URL": self.url} if self.url else {})
        return plain | ours | more

    def run(self, *arguments: str, **environment: str) -> str:
        """Run a module of ours against this database, from the repository's root; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", *arguments], cwd=ROOT, env=self.environment(**environment), check=False,
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, f"{arguments}: {done.stderr}"
        return done.stdout


def is_postgres() -> bool:
    return bool(os.environ.get("DATABASE_URL"))


@contextmanager
def new_database(folder: Path, *, cluster: str = "", template: Database | None = None) -> Iterator[Database]:
    """A database that is removed at the end; a copy of `template`, or empty. `cluster`: the address of one in it."""
    folder.mkdir(parents=True, exist_ok=True)
    if template is not None:
        shutil.copytree(template.var, folder, dirs_exist_ok=True)
    if not cluster:
        yield Database(folder)
        return
    name = f"nol_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(cluster, autocommit=True) as connection:
        origin = f" TEMPLATE {template.url.rpartition('/')[2]}" if template is not None else ""
        connection.execute(f"CREATE DATABASE {name}{origin}".encode())
    yield Database(folder, f"{cluster.rpartition('/')[0]}/{name}")
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
