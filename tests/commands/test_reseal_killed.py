"""`nol keys data reseal` killed by the system, as a person meets it, on a new SQLite file."""

import json
import subprocess

import pytest

from tests.commands.nol import COMMAND, Nol

pytestmark = pytest.mark.slow
PUPILS = 10_000
HEADER = "code,name,population,unit,household,id_type,id_number,phone,sex,birth_date,tags"


def rows(nol: Nol) -> dict[str, int]:
    """Rows of the roster by the name of their key."""
    listed = json.loads(nol.run("keys", "data", "list", "--json"))
    return {key["name"]: key["rows"].get("roster.Person.sealed", 0) for key in listed if key["kind"] == "data"}


def test_a_resealing_killed_in_the_middle_is_ended_by_the_next(new_nol: Nol) -> None:
    nol = new_nol
    people = [f"P{n},学生,student,3137000001-1,,,,,,," for n in range(PUPILS)]
    (nol.folder / "people.csv").write_text("\n".join([HEADER, *people, ""]), encoding="utf-8")
    files = ("roster", "import", "units.csv", "people.csv")
    nol.run(*files)
    name = nol.run("keys", "data", "rotate", "--suite", "sm4").strip()
    command = [*COMMAND, "keys", "data", "reseal"]
    with subprocess.Popen(command, cwd=nol.folder, env=nol.env, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        told = process.stderr.readline()  # the first chunk is written
        process.kill()
    assert told.startswith("roster.Person.sealed")
    killed = rows(nol)
    assert killed["first"] + killed[name] == PUPILS
    assert min(killed.values()) > 0
    nol.run("keys", "data", "reseal")
    assert rows(nol) == {"first": 0, name: PUPILS}
    unchanged = json.loads(nol.run(*files, "--json"))
    assert (unchanged["people"]["changed"], unchanged["people"]["unchanged"]) == (0, PUPILS)
    nol.run("audit", "verify")
