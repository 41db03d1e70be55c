"""`make bench`: every benchmark on SQLite, then on a throw-away PostgreSQL. Judge by ratios within one run."""

import os
import subprocess
import sys
from pathlib import Path

BENCHMARKS = ("benchmarks.roster_import", "benchmarks.day")
WITH_POSTGRES = Path(__file__).parents[1] / "scripts" / "with_postgres"


def main() -> int:
    plain = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    for title, prefix in (("SQLite", []), ("PostgreSQL", [str(WITH_POSTGRES)])):
        for module in BENCHMARKS:
            print(f"\n== {title}: {module}", flush=True)
            status = subprocess.run([*prefix, sys.executable, "-m", module], env=plain, check=False).returncode
            if status:
                return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
