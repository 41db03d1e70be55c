"""One server for all tests of the lane, over a world of its own; its wall clock stands still at nine.

That it stands still is a test by itself: whatever the lane waits for or reads again, it does by another clock.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from notoneless.kernel.clock import to_micros
from notoneless.kernel.keyring import KeyRing
from notoneless.roster.tokens import Bearer
from notoneless.roster.tokens.bearer import read, sign
from notoneless.roster.tokens.revocations import Revocations
from tests.builders import DAY, clock_at
from tests.serving.database import new_database
from tests.serving.lines import Answer, Line
from tests.serving.server import Server, serving
from tests.serving.world import World, build_world

NINE = to_micros(clock_at(9).now())
OFFICER = "program"


@dataclass
class Lane:
    """The server, its world, and the keys that sign its tokens."""

    server: Server
    world: World
    ring: KeyRing
    _taken: int = field(default=0)

    def report(self, **changes: Any) -> dict[str, Any]:
        """A right report for a pupil of whom no other test has sent one."""
        self._taken += 1
        return self.world.report(self._taken, **changes)

    def bearer(self, name: str = OFFICER) -> Bearer:
        return read(self.world.tokens[name], ring=self.ring, revoked=Revocations(), now=NINE)

    def token(self, name: str = OFFICER, *, ring: KeyRing | None = None, **changes: Any) -> str:
        """A token like the account's own, changed, and signed."""
        return sign(msgspec.structs.replace(self.bearer(name), **changes), ring or self.ring)

    @contextmanager
    def line(self, token: str | None = None) -> Iterator[Line]:
        line = Line(self.server.port, self.world.tokens[OFFICER] if token is None else token)
        yield line
        line.close()

    def post(self, content: object, token: str | None = None, **headers: str) -> Answer:
        with self.line(token) as line:
            return line.post(content, **headers)


@pytest.fixture(scope="session")
def lane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lane]:
    folder = tmp_path_factory.mktemp("lane")
    with new_database(folder / "var", cluster=os.environ.get("DATABASE_URL", "")) as database:
        nine = clock_at(9).now().isoformat()
        world = build_world(database, pupils=400, now=nine)
        assert world.day == str(DAY)
        with serving(database, folder / "server.log", NOL_NOW=nine) as server:
            yield Lane(server, world, KeyRing(database.var / "token.keys"))
