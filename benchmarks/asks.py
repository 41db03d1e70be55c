"""How long it takes to count whom a notice would put over budget: the whole city and one school, open day and next.

    python -m benchmarks.asks [--scale city]        on the database of DATABASE_URL, which may hold a demo already

Prints seconds. Opens the day, which takes a minute or two if nobody has; changes nothing else.
"""

import argparse
import os
import time
from datetime import timedelta
from pathlib import Path

import django
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notoneless.settings")
django.setup()

# The product's modules import models, which need Django to be set up first.
from notoneless.commands.ground import migrate  # noqa: E402
from notoneless.demo.services import build_demo  # noqa: E402
from notoneless.expect import queries, services  # noqa: E402
from notoneless.kernel.clock import SystemClock, day_of  # noqa: E402
from notoneless.roster.models import Person, Unit  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", default="city")
    options = parser.parse_args()
    clock = SystemClock()
    migrate()
    if not Person.objects.exists():
        build_demo(
            options.scale, clock=clock, progress=lambda what, done, total: None, directory=Path("var/bench"), days=0
        )
    today = day_of(clock.now())
    connection.cursor().execute("ANALYZE")  # as any database in service has been
    services.open_day(today, clock=clock)
    print(f"{Person.objects.count():,} people")
    city = Unit.objects.filter(authority=None).order_by("path")[0]
    school = Unit.objects.filter(level="school").order_by("path")[0]
    for name, unit in (("city", city), ("school", school)):
        for label, day in (("an open day", today), ("a day to come", today + timedelta(days=1))):
            began = time.perf_counter()
            reach = queries.reach_of(unit.path, day)
            seconds = time.perf_counter() - began
            print(f"{name:<8}{label:<16}{reach.households:>10,} households{reach.over:>10,} over{seconds:>10.2f} s")


if __name__ == "__main__":
    main()
