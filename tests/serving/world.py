"""The world behind a server: the city of tests/builders.py, today opened, accounts and their tokens.

As a script it builds one in the database of its environment and prints it as JSON.
"""

import json
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.serving.database import Database


@dataclass(frozen=True)
class World:
    """`tokens` and `accounts` (ids) by user name; `people`: codes of pupils; `now`: when it was built."""

    day: str
    now: str
    people: tuple[str, ...]
    tokens: dict[str, str]
    accounts: dict[str, int]

    def report(self, number: int, **changes: Any) -> dict[str, Any]:
        """The `number`-th report of a long morning: pupils take turns, each report was made after those before."""
        made_at = datetime.fromisoformat(self.now) - timedelta(hours=3) + timedelta(milliseconds=number)
        return {
            "id": str(uuid.uuid4()), "duty": "daily-health", "day": self.day,
            "person": self.people[number % len(self.people)], "made_at": made_at.isoformat(), "by": "guardian",
            "answers": {"condition": "well", "temperature": 360 + number % 10},
        } | changes  # fmt: skip


def build_world(database: Database, *, pupils: int = 80, now: str = "") -> World:
    """`pupils` in each of three classes. `now`: an instant at which the clock stands still; the machine's otherwise."""
    environment = {"NOL_NOW": now} if now else {}
    built = json.loads(database.run("tests.serving.world", str(pupils), **environment))
    return World(**built | {"people": tuple(built["people"])})


def _main(pupils: int) -> None:
    import django  # noqa: PLC0415 - this module is imported by tests that need no Django

    django.setup()
    from notoneless.commands.ground import migrate  # noqa: PLC0415 - models need Django
    from notoneless.expect.services import open_day  # noqa: PLC0415 - the same
    from notoneless.kernel.clock import SystemClock, day_of  # noqa: PLC0415 - the same
    from notoneless.roster import tokens  # noqa: PLC0415 - the same
    from notoneless.roster.models import Account, Person  # noqa: PLC0415 - the same
    from tests.builders import make_city  # noqa: PLC0415 - the same
    from tests.web.cast import make_cast  # noqa: PLC0415 - the same

    migrate()
    clock = SystemClock()
    day = day_of(clock.now())
    make_city(pupils=pupils)
    make_cast()
    open_day(day, clock=clock)
    accounts = list(Account.objects.order_by("id"))
    world = World(
        day=str(day), now=clock.now().isoformat(),
        people=tuple(Person.objects.filter(population="student").order_by("id").values_list("code", flat=True)),
        tokens={account.username: tokens.issue(account, clock=clock, hours=48) for account in accounts},
        accounts={account.username: account.pk for account in accounts},
    )  # fmt: skip
    print(json.dumps(asdict(world)))  # noqa: T201 - what the script is for


if __name__ == "__main__":
    import os
    import sys

    os.environ["DJANGO_SETTINGS_MODULE"] = "notoneless.settings"
    _main(int(sys.argv[1]))
