"""Two hundred policies over a city: resolving everybody, previewing a change, and following one school's own rule.

    python -m benchmarks.policies [--scale city]        on the database of DATABASE_URL, which may hold a demo already

Prints seconds; nothing that it makes is kept in force: its policies are withdrawn again.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notoneless.settings")
django.setup()

# The product's modules import models, which need Django to be set up first.
from notoneless.demo.services import build_demo  # noqa: E402
from notoneless.expect import queries, services  # noqa: E402
from notoneless.expect.models import Policy  # noqa: E402
from notoneless.expect.services import PolicyTerms  # noqa: E402
from notoneless.kernel.clock import SystemClock, day_of  # noqa: E402
from notoneless.ledger import services as ledger  # noqa: E402
from notoneless.roster.models import Person, Unit  # noqa: E402
from notoneless.roster.scope import SYSTEM  # noqa: E402

POLICIES = 200
CODE = "bench-"


@contextmanager
def timed(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(f"{what:<60} {time.perf_counter() - began:8.2f} s", flush=True)


def make_policies(first_day: date) -> None:
    """Rules of districts and schools that differ in everything a policy can see."""
    random = Random(5)
    units = list(Unit.objects.filter(level__in=["district", "school"]).order_by("id"))
    duties = {duty.code: duty.id for duty in queries.duties().values()}
    for number in range(POLICIES):
        audience: dict[str, list[str]] = {"populations": ["student"]}
        if number % 5 == 0:
            audience["tags"] = ["boarder"]
        if number % 7 == 0:
            audience["states"] = ["sick_home"]
        Policy.objects.create(
            code=f"{CODE}{number}", unit=random.choice(units), status="published",
            duty_id=duties[random.choice(["daily-health", "morning-check", "noon-check", "evening-check"])],
            effect=random.choice(["require", "waive"]), audience=audience,
            days=random.choice([["school_day"], ["weekend"], ["holiday", "vacation"]]), effective_from=first_day,
        )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", default="city")
    options = parser.parse_args()
    clock = SystemClock()
    day = day_of(clock.now()) + timedelta(days=1)
    if not Person.objects.exists():
        quiet: Callable[[str, int, int | None], None] = lambda what, done, total: None  # noqa: E731 - a progress for nobody
        with timed("building the city"):
            build_demo(options.scale, clock=clock, progress=quiet, directory=Path("var/bench"), days=0)
    root = Unit.objects.filter(authority=None).order_by("path")[0]
    make_policies(day)
    try:
        measure(day, root, clock)
    finally:
        Policy.objects.filter(code__startswith=CODE).delete()


def measure(day: date, root: Unit, clock: SystemClock) -> None:
    print(f"{Person.objects.count():,} people, {Policy.objects.count()} policies")
    rules = queries.policies_on(day)
    with timed("resolving everybody for every duty and session"):
        tree = queries.tree_on(day)
        tags = queries.tags_named(rule for some in rules.values() for rule in some)
        with ledger.staged_traits(day, tags=tags) as traits:
            claims = sum(
                1
                for duty in queries.duties().values()
                for session in duty.sessions
                for _ in queries.claims_of(tree, duty, session, rules.get(duty.id, []), traits.by_unit)
            )
    print(f"{claims:,} claims")
    change = PolicyTerms(
        code=f"{CODE}change", duty="daily-health", effect="waive", effective_from=day, unit=root.code,
        days=("school_day",), populations=("student",), states=("at_school",),
    )  # fmt: skip
    with timed("preview of a city-wide change over 14 days"):
        services.preview_policies(SYSTEM, [change], root.code, first_day=day, days=14)
    with timed("who reports what, for the public page"):
        queries.public_rules(day)
    school = Unit.objects.filter(level="school").order_by("id")[0]
    today = day_of(clock.now())
    with timed("one school's rule changes during the day"):
        services.refresh_open_days(
            today, None, clock=clock, only=None, within=school.path, duty_codes=["morning-check"]
        )
    person = Person.objects.filter(population="student").order_by("id")[0]
    with timed("one pupil's state changes during the day"):
        services.refresh_open_days(today, None, clock=clock, only=[person.pk])


if __name__ == "__main__":
    main()
