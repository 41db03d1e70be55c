"""Run the morning on the (empty) database of DATABASE_URL, or on a fresh SQLite file; print the table."""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", default="city", help="tiny | small | district | city")
    parser.add_argument("--seconds", type=float, default=8.0, help="of each run, after its warm-up")
    parser.add_argument("--workers", type=int, default=0, help="0: as `nol serve` chooses")
    parser.add_argument("--figures", type=Path, help="write the figures here as JSON")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nol-morning-") as name:
        os.environ["NOL_VAR"] = name
        os.environ["NOL_IMPORT_MAX_MB"] = "1000"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notoneless.settings")
        import django  # noqa: PLC0415 - settings read the folder that was just made

        django.setup()
        from benchmarks.morning.runs import Morning  # noqa: PLC0415 - models need Django
        from benchmarks.morning.table import as_text  # noqa: PLC0415 - the same

        figures = Morning(arguments.scale, Path(name), seconds=arguments.seconds, workers=arguments.workers).run()
    print(as_text(figures))
    if arguments.figures:
        arguments.figures.write_text(json.dumps(figures, indent=1, ensure_ascii=False), encoding="utf-8")
    if not figures["is_exact"]:
        print("the tallies do not equal the recount", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
