"""PostgreSQL keeps slots in monthly partitions: a person's history meets few, and retention drops whole ones."""

from datetime import date

from django.db import transaction

from notoneless.kernel.sql import execute, fetch, is_postgres, lock_exclusively


def ensure_partition(table: str, day: date) -> None:
    """Make the partition that holds `day`, if it is not there. Nothing to do on SQLite."""
    if not is_postgres():
        return
    name = f"{table}_{day:%Y_%m}"
    if fetch("SELECT to_regclass(%s)", [name])[0][0] is not None:
        return
    first = day.replace(day=1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    with transaction.atomic():
        lock_exclusively(f"partition:{table}")
        # Half of each page stays free for the report that will fill the slot: no index is touched then (a HOT update).
        execute(
            f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {table} FOR VALUES FROM ('{first}') TO ('{after}')"
            " WITH (fillfactor = 50)"
        )


def analyze_partition(table: str, day: date) -> None:
    """Let PostgreSQL count the partition of a day: a fresh one still looks empty to its planner."""
    if is_postgres():
        execute(f"ANALYZE {table}_{day:%Y_%m}")
