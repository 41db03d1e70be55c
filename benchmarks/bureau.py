"""The pages of a bureau on a city's tallies: 3,207 schools, 32,000 classes, sixty days; nothing kept between requests.

    python -m benchmarks.bureau [--rounds 5]      on DATABASE_URL, which must be empty, or a fresh SQLite file

The tree and the tallies are invented and written directly (no slots: these pages read none). Each page is asked through
the whole of Django, cold, as nobody had asked before; in a server what many look at is computed once a second. Prints
the median and the worst time of each page and what the process itself worked (on SQLite that is all there is, and on a
busy machine the honest figure), in milliseconds, and the size of its answer.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

DISTRICTS, SCHOOLS, CLASSES, PUPILS = 15, 3207, 10, 41
LIVE = 9
"""Days whose ledger is not locked yet; the rest of the sixty are kept as sums."""
PAGES = ("situation/", "", "trends/", "trends/?span=60", "map/", "ranking/", "quality/", "export/ranking.xlsx",
         "missing/?level=school")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", help="a folder for the city, made if it is not there and used again if it is")
    options = parser.parse_args()
    if options.keep:
        run(options.keep, options.rounds)
        return
    with tempfile.TemporaryDirectory() as folder:
        run(folder, options.rounds)


def run(folder: str, rounds: int) -> None:
    os.environ["NOL_VAR"] = folder
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notoneless.settings")
    import django  # noqa: PLC0415 - settings read the folder that was just made

    django.setup()
    from notoneless.commands.ground import migrate  # noqa: PLC0415 - models need Django
    from notoneless.roster.models import Account  # noqa: PLC0415 - as above

    migrate()
    if not Account.objects.exists():
        build()
    measure(rounds)


def build() -> None:
    """The tree, its tallies and an account."""
    from django.db import connection  # noqa: PLC0415 - as above

    from notoneless.expect.models import Duty  # noqa: PLC0415 - as above
    from notoneless.kernel.clock import SystemClock, day_of, instant_on  # noqa: PLC0415 - as above
    from notoneless.ledger.models import DaySession, DayUnit, MeasureTally, Tally  # noqa: PLC0415 - as above
    from notoneless.rollup.models import DaySum  # noqa: PLC0415 - as above
    from notoneless.rollup.sums import sum_day  # noqa: PLC0415 - as above
    from notoneless.roster.models import Account, Grant, Unit  # noqa: PLC0415 - as above
    from notoneless.roster.tree import segment  # noqa: PLC0415 - as above

    began, random = time.perf_counter(), Random(1)
    today = day_of(SystemClock().now())
    days = [today - timedelta(days=back) for back in range(60)]
    duties = {duty.code: duty for duty in Duty.objects.all()}
    city = Unit.objects.create(code="CITY", name="泉城市教育局", kind="city", level="city")
    city.path, city.district_id = segment(city.id), city.id
    city.save()
    units: list[dict[str, Any]] = [_unit(city.id, None, city.path, city.id, 0, "city", "city", "CITY", city.name)]
    number = city.id
    for district in range(DISTRICTS):
        number += 1
        path = city.path + segment(number)
        code = f"3701{district + 1:02}"
        units.append(_unit(number, city.id, path, number, 0, "district", "district", code, f"{code}区教育局"))
    districts = units[1:]
    for school in range(SCHOOLS):
        number += 1
        above = districts[school % DISTRICTS]
        path, school_id = above["path"] + segment(number), number
        units.append(
            _unit(number, above["unit_id"], path, above["unit_id"], number, "school", "primary", f"S{school}",
                  f"第{school}小学")
        )  # fmt: skip
        for room in range(CLASSES):
            number += 1
            units.append(
                _unit(number, school_id, path + segment(number), above["unit_id"], school_id, "class", "class",
                      f"S{school}-{room}", f"{room}班")
            )  # fmt: skip
    health, check, daily = (duties[code].pk for code in ("daily-health", "morning-check", "school-daily"))
    for day in days:
        for duty in (health, check, daily):
            opens, due, closes, locks = (instant_on(day, minutes) for minutes in (0, 600, 1440, 8 * 1440))
            DaySession.objects.create(
                day=day, duty_id=duty, session=0, opens_at=opens, due_at=due, closes_at=closes, locks_at=locks,
                opened_at=opens, merged_at=opens, closed_at=closes if day < today else None,
            )  # fmt: skip
    classes = [unit for unit in units if unit["level"] == "class"]
    DayUnit.objects.bulk_create([DayUnit(day=today, **unit) for unit in units], batch_size=2000)
    for duty in (health, check):
        Tally.objects.bulk_create(_tallies(Tally, classes, today, duty, random), batch_size=2000)
        MeasureTally.objects.bulk_create(_measures(MeasureTally, classes, today, duty, random), batch_size=2000)
    with connection.cursor() as cursor:
        for model in (DayUnit, Tally, MeasureTally):  # the other days are alike
            names = [
                column.column for column in model._meta.concrete_fields if column.column and column.column != "day"
            ]
            listed = ", ".join(names)
            for day in days[1:LIVE]:
                table = model._meta.db_table
                cursor.execute(
                    f"INSERT INTO {table} (day, {listed}) SELECT %s, {listed} FROM {table} WHERE day = %s", [day, today]
                )
    for duty in (health, check):
        sum_day(days[LIVE - 1], duty)
        one = list(DaySum.objects.filter(day=days[LIVE - 1], duty_id=duty).values())
        for day in days[LIVE:]:
            DaySum.objects.bulk_create([DaySum(**{**row, "day": day}) for row in one])
    account = Account.objects.create(username="officer")
    Grant.objects.create(account=account, role="officer", unit=city)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    people = SCHOOLS * CLASSES * PUPILS
    print(f"{people:,} people, {SCHOOLS:,} schools, built in {time.perf_counter() - began:.0f} s\n")


def _unit(
    unit_id: int, parent: int | None, path: str, district: int, school: int, level: str, kind: str, code: str, name: str
) -> dict[str, Any]:
    return {"unit_id": unit_id, "parent_id": parent, "path": path, "district_id": district, "school_id": school,
            "level": level, "kind": kind, "code": code, "name": name}  # fmt: skip


def _tallies(model: Any, classes: list[dict[str, Any]], day: date, duty: int, random: Random) -> Iterator[Any]:
    for unit in classes:
        missing, late = random.randint(0, 3), random.randint(0, 2)
        yield model(
            district_id=unit["district_id"], day=day, duty_id=duty, session=0, unit_id=unit["unit_id"],
            population="student", school_id=unit["school_id"], path=unit["path"], on_time=PUPILS - missing - late,
            late=late, missing=missing,
        )  # fmt: skip


def _measures(model: Any, classes: list[dict[str, Any]], day: date, duty: int, random: Random) -> Iterator[Any]:
    """About what a winter day has: one class in two has somebody ill, under three measures."""
    for unit in classes:
        if n := random.choice((0, 0, 0, 1, 1, 2)):
            for measure in ("abnormal", "absent.sick", "fever"):
                yield model(
                    district_id=unit["district_id"], day=day, duty_id=duty, session=0, unit_id=unit["unit_id"],
                    population="student", measure=measure, school_id=unit["school_id"], path=unit["path"], n=n,
                )  # fmt: skip


def measure(rounds: int) -> None:
    from django.test import Client  # noqa: PLC0415 - needs Django set up

    from notoneless.roster.models import Account  # noqa: PLC0415 - the same

    client = Client(headers={"accept-language": "zh"}, SERVER_NAME="127.0.0.1")
    client.force_login(Account.objects.get(username="officer"))
    addresses = [f"/bureau/CITY/{page}" for page in PAGES] + ["/bureau/370101/situation/", "/screen/CITY/"]
    print(f"{'page':<38}{'median ms':>10}{'worst ms':>10}{'own ms':>10}{'kB':>8}")
    for address in addresses:
        took, worked = [], []
        for _ in range(rounds + 1):  # the first warms templates and the database's cache
            began, busy = time.perf_counter(), time.process_time()
            answer = client.get(address)
            took.append((time.perf_counter() - began) * 1000)
            worked.append((time.process_time() - busy) * 1000)
            assert answer.status_code == 200, (address, answer.status_code)
        middle, most, own = statistics.median(took[1:]), max(took[1:]), statistics.median(worked[1:])
        print(f"{address:<38}{middle:>10.0f}{most:>10.0f}{own:>10.0f}{len(answer.content) / 1000:>8.0f}")


if __name__ == "__main__":
    main()
