"""`nol roster import` at a terminal."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from notoneless.roster.commands import app
from notoneless.roster.models import Person
from tests.roster.conftest import PEOPLE, UNITS, people_text

Write = Callable[[str, str | bytes], Path]

pytestmark = pytest.mark.django_db


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["import", *map(str, arguments)])
    return result.exit_code, result.stdout


def test_json_is_one_object_and_nothing_else(write: Write) -> None:
    code, out = run(write("p.csv", PEOPLE), write("u.csv", UNITS), "--json")

    answer = json.loads(out)
    assert code == 0
    assert {key: answer[key] for key in ("rows", "added", "changed", "unchanged", "refused", "errors")} == {
        "rows": 16, "added": 16, "changed": 0, "unchanged": 0, "refused": 0, "errors": []
    }  # fmt: skip


def test_refused_rows_leave_with_0_and_are_listed(write: Write) -> None:
    bad = people_text("N1,甲,robot,C1,,,,,,,", "N2,乙,student,C1,,,,,,,")

    code, out = run(write("u.csv", UNITS), write("p.csv", bad), "--json", "--lang", "en")

    (error,) = json.loads(out)["errors"]
    assert code == 0
    assert (error["file"], error["row"], error["column"], error["code"]) == (
        "p.csv", 2, "population", "unknown_population"
    )  # fmt: skip
    assert error["message"] == "“population” must be student, staff or relative."


def test_file_refused_whole_leaves_with_2_and_nothing_is_imported(write: Write) -> None:
    code, out = run(write("u.csv", UNITS), write("p.xlsx", b"junk"), "--json")

    answer = json.loads(out)
    assert code == 2
    assert (answer["rows"], answer["refused"], answer["errors"][0]["row"]) == (0, 0, 0)
    assert answer["errors"][0]["code"] == "not_xlsx"


def test_summary_for_a_person_is_chinese_first_and_shows_twenty_errors(write: Write) -> None:
    bad = people_text(*(f"N{row},甲,robot,C1,,,,,,," for row in range(25)))

    code, out = run(write("u.csv", UNITS), write("p.csv", bad))

    assert code == 0
    assert "机构 / units: 11 行" in out
    assert out.count("[unknown_population]") == 20
    assert "5 条" in out


def test_dry_run_says_so(write: Write) -> None:
    code, out = run(write("u.csv", UNITS), write("p.csv", PEOPLE), "--dry-run")

    assert code == 0
    assert "Dry run" in out and not Person.objects.exists()


def test_bad_day_and_report_into_nowhere_leave_with_2(write: Write, tmp_path: Path) -> None:
    path = write("u.csv", UNITS)

    assert run(path, "--on", "tomorrow")[0] == 2
    assert run(path, "--report", tmp_path / "nowhere" / "out.xlsx")[0] == 2
