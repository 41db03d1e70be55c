"""A demonstration's roster as the files that a clerk would send: units.csv and people.csv."""

from collections.abc import Callable
from pathlib import Path

from notoneless.demo.people import People
from notoneless.demo.units import Plan

UNIT_HEADER = "code,name,kind,authority,area,stage,opened_on,closed_on\n"
PEOPLE_HEADER = "code,name,population,unit,household,id_type,id_number,phone,sex,birth_date,tags\n"
Progress = Callable[[str, int, int | None], None]


def write_files(plan: Plan, seed: int, directory: Path, *, progress: Progress) -> list[Path]:
    """Write both files, streaming. The same plan and seed give the same bytes."""
    directory.mkdir(parents=True, exist_ok=True)
    units, people = directory / "units.csv", directory / "people.csv"
    with units.open("w", encoding="utf-8", newline="") as out:
        out.write(UNIT_HEADER)
        out.writelines(plan.unit_lines())
    stream = People(plan, seed)
    with people.open("w", encoding="utf-8", newline="", buffering=1 << 20) as out:
        out.write(PEOPLE_HEADER)
        for number, chunk in enumerate(stream.chunks()):
            out.write(chunk)
            if number % 500 == 0:
                progress("people.csv", stream.made, None)
    progress("people.csv", stream.made, stream.made)
    return [units, people]
