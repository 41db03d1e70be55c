"""`make bench`: a city's morning on SQLite, then on a throw-away PostgreSQL, into docs/PERFORMANCE.md.

python -m benchmarks [--scale city] [--others]        --others: also the roster's and the day's own benchmarks
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.morning import report

ROOT = Path(__file__).parents[1]
WITH_POSTGRES = ROOT / "scripts" / "with_postgres"
OTHERS = ("benchmarks.roster_import", "benchmarks.day")
BUFFERS = "2GB"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", default="city", help="tiny | small | district | city")
    parser.add_argument("--seconds", default="8")
    parser.add_argument("--others", action="store_true")
    options = parser.parse_args()
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment["NOL_PG_BUFFERS"] = BUFFERS
    figures = []
    for title, prefix in (("SQLite", []), ("PostgreSQL", [str(WITH_POSTGRES)])):
        kept = folder / f"{title}.json"
        morning = ["benchmarks.morning", "--scale", options.scale, "--seconds", options.seconds, "--figures", str(kept)]
        for words in [morning] if not options.others else [morning, *([module] for module in OTHERS)]:
            print(f"\n== {title}: {' '.join(words)}", flush=True)
            status = subprocess.run([*prefix, sys.executable, "-m", *words], env=environment, check=False).returncode
            if status:
                return status
        figures.append(json.loads(kept.read_text(encoding="utf-8")))
    print(report.targets(*figures))
    report.write(ROOT / "docs" / "PERFORMANCE.md", *figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
