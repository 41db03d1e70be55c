"""Tables of one import. Unlike kernel.sql.temp_table they are dropped, so that they are filled first and indexed later."""

from collections.abc import Iterator
from contextlib import contextmanager

from notoneless.kernel.sql import execute


@contextmanager
def scratch_table(name: str, columns: str) -> Iterator[None]:
    """A session-private table that is gone on exit; inside one transaction, whose failure takes it away too."""
    execute(f"DROP TABLE IF EXISTS {name}")
    execute(f"CREATE TEMPORARY TABLE {name} ({columns})")
    yield
    execute(f"DROP TABLE {name}")
