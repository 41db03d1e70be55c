"""A day of the ledger: opening it, opening it again, reports in batches, closing, recounting.

    python -m benchmarks.day [--scale district]

Uses the database of DATABASE_URL, or a fresh SQLite file in the temporary folder. Prints rows a second of each step,
the ratio to the step of opening, and the peak memory of the whole run.
"""

import argparse
import os
import resource
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

REPORTS = 20_000
BATCH = 500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", default="district")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["NOL_VAR"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notoneless.settings")
        run(arguments.scale, Path(folder))


def run(scale: str, folder: Path) -> None:
    import django  # noqa: PLC0415 - settings read the folder that was just made

    django.setup()
    from notoneless.collect.services import apply_reports  # noqa: PLC0415 - models need Django
    from notoneless.commands.ground import migrate  # noqa: PLC0415 - the same
    from notoneless.demo.roster import write_roster  # noqa: PLC0415 - the same
    from notoneless.demo.shape import SCALES  # noqa: PLC0415 - the same
    from notoneless.expect.services import close_day, open_day  # noqa: PLC0415 - the same
    from notoneless.kernel.clock import SystemClock, day_of  # noqa: PLC0415 - the same
    from notoneless.rollup.queries import slots_by_duty  # noqa: PLC0415 - the same
    from notoneless.rollup.services import recount  # noqa: PLC0415 - the same
    from notoneless.roster.models import Person  # noqa: PLC0415 - the same
    from notoneless.roster.scope import SYSTEM  # noqa: PLC0415 - the same
    from notoneless.roster.services import import_roster  # noqa: PLC0415 - the same

    migrate()
    clock = SystemClock()
    day = day_of(clock.now())
    written = write_roster(SCALES[scale], folder, seed=1, today=day, progress=lambda what, done, total: None)
    import_roster([written.units, written.people], scope_actor="benchmark", clock=clock)
    lines: list[tuple[str, int, float]] = []

    def timed(name: str, count: Callable[[], int], act: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        result = act()
        lines.append((name, count(), time.perf_counter() - began))
        return result

    def slots() -> int:
        return sum(slots_by_duty(day).values())

    timed("open the day (slots)", slots, lambda: open_day(day, clock=clock))
    timed("open it again (slots)", slots, lambda: open_day(day, clock=clock))
    people = list(Person.objects.order_by("id").values_list("code", flat=True)[:REPORTS])
    bodies = [
        {
            "id": str(uuid.uuid4()), "duty": "daily-health", "day": str(day), "person": code,
            "answers": {"condition": "well", "temperature": 365}, "made_at": clock.now().isoformat(), "by": "guardian",
        }
        for code in people
    ]  # fmt: skip

    def send() -> None:
        for start in range(0, len(bodies), BATCH):
            apply_reports(bodies[start : start + BATCH], scope=SYSTEM, clock=clock)

    timed(f"reports, {BATCH} a batch", lambda: len(bodies), send)
    timed("the same again (repeats)", lambda: len(bodies), send)
    timed("close the day (slots)", slots, lambda: close_day(day, clock=clock))
    found = timed("recount (slots)", slots, lambda: recount(day))
    assert found.is_exact
    first = lines[0][1] / lines[0][2]
    print(f"{'step':<28}{'rows':>12}{'seconds':>10}{'rows/s':>12}{'ratio':>8}")
    for name, count, seconds in lines:
        print(f"{name:<28}{count:>12,}{seconds:>10.2f}{count / seconds:>12,.0f}{count / seconds / first:>8.2f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MB")


if __name__ == "__main__":
    main()
