"""Sealing and unsealing one person's fields by each suite, and a roster's rows a second through `nol keys data reseal`.

Sealing is timed as an import does it, with keys that it holds; unsealing as a page does it, with a look at the ring.
Resealing begins with rows of `data.key` and goes on from the suite before: its figures tell of the database mostly.

    python -m benchmarks.sealing [--rows 20000]        in a folder and a SQLite file of its own

Prints operations a second and their ratio to AES-SIV; the suites take turns, the best of seven rounds counts.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable

os.environ["NOL_VAR"] = os.environ.get("NOL_VAR") or tempfile.mkdtemp(prefix="nol-sealing-")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notoneless.settings")

import django

django.setup()

# The product's modules import models, which need Django to be set up first.
from django.core.management import call_command  # noqa: E402

from notoneless.kernel import resealing  # noqa: E402
from notoneless.kernel.clock import SystemClock  # noqa: E402
from notoneless.kernel.crypto import Personal, Sealing, data_ring, seal, unseal  # noqa: E402
from notoneless.kernel.suites import AES_SIV, SECRET_BYTES, SUITES  # noqa: E402
from notoneless.roster.models import Person  # noqa: E402

ROUNDS, TIMES = 7, 5000
MING = Personal("王小明", "11010519491231002X", "13800000000")


def rate(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    for _ in range(TIMES):
        work()
    return TIMES / (time.perf_counter() - began)


def seal_with(keys: Sealing) -> Callable[[], object]:
    return lambda: keys.seal(MING, context="370102000001")


def unseal_of(sealed: bytes) -> Callable[[], object]:
    return lambda: unseal(sealed, context="370102000001")


def index_with(keys: Sealing) -> Callable[[], object]:
    return lambda: keys.blind_index("phone", MING.phone)


def suites() -> None:
    works: dict[str, dict[str, Callable[[], object]]] = {"seal": {}, "unseal": {}, "blind index": {}}
    ring = data_ring()
    for suite in SUITES:
        ring.rotate(now=0, suite=suite, key_bytes=SECRET_BYTES)
        keys = Sealing(ring.known()[-1], ring.known()[-1])
        works["seal"][suite] = seal_with(keys)
        works["unseal"][suite] = unseal_of(keys.seal(MING, context="370102000001"))
        works["blind index"][suite] = index_with(keys)
    for what, by_suite in works.items():
        best = dict.fromkeys(SUITES, 0.0)
        for _ in range(ROUNDS):
            for suite, work in by_suite.items():
                best[suite] = max(best[suite], rate(work))
        for suite, value in best.items():
            print(f"{what:<12} {suite:<8} {value:>10,.0f} a second   {value / best[AES_SIV]:5.2f}", flush=True)


def reseals(rows: int) -> None:
    call_command("migrate", verbosity=0)
    Person.objects.filter(code__startswith="bench-").delete()
    codes = (f"bench-{number}" for number in range(rows))
    made = (Person(code=code, population="student", sealed=seal(MING, context=code)) for code in codes)
    Person.objects.bulk_create(made, batch_size=500)
    first = 0.0
    for suite in SUITES:
        resealing.rotate(suite, actor="benchmark", clock=SystemClock())
        began = time.perf_counter()
        told = resealing.reseal(actor="benchmark", clock=SystemClock(), progress=lambda *_: None)
        value = told.written["roster.Person.sealed"] / (time.perf_counter() - began)
        first = first or value
        print(f"{'reseal rows':<12} {suite:<8} {value:>10,.0f} a second   {value / first:5.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    options = parser.parse_args()
    suites()
    reseals(options.rows)


if __name__ == "__main__":
    main()
