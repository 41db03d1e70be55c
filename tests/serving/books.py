"""What the database holds, read by a process of its own: every report, and whether slots and tallies fit them.

As a script it prints that as JSON for the database of its environment.
"""

import json
import sys
from dataclasses import dataclass

from tests.serving.database import Database


@dataclass(frozen=True)
class Books:
    """`reports`: (state, on time, revision) by id. `differences` of the recount, and slots that their reports deny."""

    reports: dict[str, tuple[str, bool, int]]
    differences: list[str]
    denied: list[str]


def read_books(database: Database, day: str) -> Books:
    read = json.loads(database.run("tests.serving.books", day))
    return Books({one: tuple(told) for one, told in read["reports"].items()}, read["differences"], read["denied"])


_DENIED = """
    SELECT s.respondent_id, s.revision, r.n FROM person_slot AS s
    JOIN (SELECT respondent_id, day, duty_id, session, COUNT(*) AS n, MAX(revision) AS revision,
                 MAX(made_at) AS made_at, MIN(received_at) AS received_at
          FROM report GROUP BY respondent_id, day, duty_id, session) AS r
      ON r.respondent_id = s.respondent_id AND r.day = s.day AND r.duty_id = s.duty_id AND r.session = s.session
    WHERE s.revision <> r.n OR s.revision <> r.revision OR s.made_at <> r.made_at OR s.filled_at <> r.received_at
       OR s.state <> 'reported'
"""
"""A slot counts its reports, is held by the one made last, and was filled when the first came in."""


def _main(day: str) -> None:
    import django  # noqa: PLC0415 - this module is imported by tests that need no Django

    django.setup()
    from notoneless.collect.arrival import read_day  # noqa: PLC0415 - models need Django
    from notoneless.collect.models import Report  # noqa: PLC0415 - the same
    from notoneless.kernel.sql import fetch  # noqa: PLC0415 - the same
    from notoneless.rollup.services import recount  # noqa: PLC0415 - the same

    rows = Report.objects.values_list("id", "state", "on_time", "revision")
    print(json.dumps({  # noqa: T201 - what the script is for
        "reports": {str(one): told for one, *told in rows},
        "differences": recount(read_day(day)).differences,
        "denied": [str(row) for row in fetch(_DENIED)],
    }))  # fmt: skip


if __name__ == "__main__":
    import os

    os.environ["DJANGO_SETTINGS_MODULE"] = "notoneless.settings"
    _main(sys.argv[1])
