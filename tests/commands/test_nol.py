"""The `nol` command as a person runs it: from a roster file to who has not been heard from, on a new SQLite file."""

import json
import uuid
from typing import Any

import pytest

from tests.commands.nol import PEOPLE, Nol

pytestmark = pytest.mark.slow


def _report(person: str, **answers: Any) -> str:
    return json.dumps(
        {"id": str(uuid.uuid4()), "duty": "daily-health", "day": "2026-11-23", "person": person,
         "answers": {"condition": "well"} | answers, "made_at": "2026-11-23T07:10:00+08:00", "by": "guardian"}
    )  # fmt: skip


def test_from_a_roster_file_to_who_has_not_been_heard_from(new_nol: Nol) -> None:
    nol = new_nol
    dry = json.loads(nol.run_anew("roster", "import", "people.csv", "units.csv", "--dry-run", "--json"))
    assert (dry["rows"], dry["added"], dry["refused"]) == (8, 8, 0)
    assert nol.json("units")["items"] == []
    assert nol.json("roster", "import", "people.csv", "units.csv")["added"] == 8
    again = nol.json("roster", "import", "units.csv", "people.csv")
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 8)

    opened = nol.json("day", "open", "2026-11-23")
    assert opened["slots"] == 3 * 3 + 2
    assert opened["duties"]["daily-health"]["slots"] == 3

    lines = [_report("001", temperature=385), "not json", _report("009"), _report("003")]
    (nol.folder / "reports.jsonl").write_text("\n".join(lines), encoding="utf-8")
    sent = nol.json("report", "import", "reports.jsonl")
    assert {name: sent[name] for name in ("rows", "accepted", "duplicates", "refused")} == {
        "rows": 4, "accepted": 2, "duplicates": 0, "refused": 2,
    }  # fmt: skip
    assert [r.get("state") or r["error"]["code"] for r in sent["results"]] == [
        "reported", "not_json", "unknown_person", "reported",
    ]  # fmt: skip
    assert nol.json("report", "import", "reports.jsonl")["duplicates"] == 2

    whole = nol.json("completeness", "C", "2026-11-23", "--duty", "daily-health")
    assert {k: v for k, v in whole.items() if k != "children"} == {
        "unit": "C", "day": "2026-11-23", "duty": "daily-health", "expected": 3, "reported": 2, "on_time": 2,
        "late": 0, "excused": 0, "missing": 0, "due": 1, "rate": pytest.approx(2 / 3),
        "measures": {"abnormal": 1, "fever": 1},
    }  # fmt: skip
    assert [child["unit"] for child in whole["children"]] == ["D"]
    missing = nol.json("missing", "D", "2026-11-23", "--duty", "daily-health")
    assert [(item["person"], item["name"], item["state"]) for item in missing["items"]] == [("002", "李小红", "due")]
    ranked = nol.json("ranking", "C", "2026-11-23", "--duty", "daily-health", "--level", "class")
    assert [(item["place"], item["unit"]) for item in ranked["items"]] == [(1, "3137000001-2"), (2, "3137000001-1")]

    (nol.folder / "moved.csv").write_text(
        PEOPLE.replace("002,李小红,student,3137000001-1", "002,李小红,student,3137000001-2")
    )
    assert nol.json("roster", "import", "moved.csv")["changed"] == 1
    missing = nol.json("missing", "D", "2026-11-23", "--duty", "daily-health", "--level", "class")
    assert [item["unit"] for item in missing["items"]] == ["3137000001-2"]

    assert nol.json("day", "close", "2026-11-23")["duties"]["daily-health"]["missing"] == 1
    assert nol.json("recount", "2026-11-23") == {"day": "2026-11-23", "rows": 8, "exact": True, "differences": []}


def test_errors_are_told_with_code_and_field_and_leave_with_2(nol: Nol) -> None:
    for words, code, field in (
        (("day", "open", "tomorrow"), "bad_day", "day"),
        (("day", "close", "2026-11-23"), "day_not_open", "day"),
        (("completeness", "C", "2026-11-23", "--duty", "dance"), "unknown_duty", "duty"),
        (("completeness", "C", "2026-11-23", "--duty", "attendance"), "day_not_open", "day"),
    ):
        error = nol.json(*words, code=2)["error"]
        assert (error["code"], error["field"]) == (code, field)
        assert " / " in error["message"]


POLICY = """
[[document]]
number = "市教〔2026〕3号"
title_zh = "关于在校学生不重复上报的通知"

[[policy]]
code = "at-school"
unit = "C"
duty = "daily-health"
effect = "waive"
days = ["school_day"]
populations = ["student"]
states = ["at_school"]
effective_from = 2026-11-01
document = "市教〔2026〕3号"
title_zh = "在校学生不重复上报"
"""


def test_rules_are_previewed_published_explained_and_withdrawn(nol: Nol) -> None:
    nol.run("day", "open", "2026-11-23")
    (nol.folder / "rules.toml").write_text(POLICY, encoding="utf-8")
    preview = nol.json(
        "duty", "preview", "--policy", "rules.toml", "--unit", "C", "--from", "2026-11-23", "--days", "2"
    )
    assert [(one["added"], one["removed"]) for one in preview["days"]] == [(0, 3), (0, 3)]
    assert preview["clashes"] == []
    assert "2026-11-23" in nol.run("duty", "preview", "--policy", "rules.toml", "--unit", "C", "--from", "2026-11-23")
    assert nol.json("policy", "draft", "rules.toml", "--publish")["policies"] == [
        {"code": "at-school", "status": "published", "warnings": []}
    ]
    told = nol.run("duty", "explain", "001", "2026-11-23")
    assert "关于001 2026年11月23日（星期一）应报事项的说明" in told and "市教〔2026〕3号" in told
    assert "need not complete “Daily health report”" in told
    read = nol.json("duty", "explain", "001", "2026-11-23")
    health = next(one for one in read["duties"] if one["duty"] == "daily-health")
    assert (health["outcome"], health["ledger"]) == ("not_owed", "void")
    nol.run("state", "set", "001", "sick_home")
    health = nol.json("duty", "explain", "001", "2026-11-23")["duties"][0]
    assert (health["outcome"], health["ledger"]) == ("owed", "due")
    nol.run("state", "end", "001")
    nol.run("policy", "withdraw", "at-school", "--reason", "误发", "--yes")
    assert nol.json("duty", "explain", "002", "2026-11-23")["duties"][0]["ledger"] == "due"
    listed = nol.json("policy", "list", "--unit", "C")["policies"]
    assert [(one["code"], one["status"], one["to"]) for one in listed] == [("at-school", "withdrawn", "2026-11-22")]
    nol.run("duty", "explain", "nobody", "2026-11-23", code=2)
    nol.run("policy", "draft", "units.csv", code=2)


def test_a_calendar_is_explained_exported_and_imported(nol: Nol) -> None:
    assert "是上课日" in nol.run("calendar", "why", "D", "2026-11-23")
    assert "请录入" in nol.run("calendar", "why", "D", "2027-01-04")
    nol.run("calendar", "set", "D", "vacation", "2026-12-01", "2026-12-05", "--reason", "调休")
    nol.run("calendar", "export", "D", "--year", "2026", "--out", "days.ics")
    assert "新增 1" in nol.run("calendar", "import", "3137000001", "days.ics")
    assert "不变 1" in nol.run("calendar", "import", "3137000001", "days.ics")
    nol.run("calendar", "import", "D", "units.csv", code=2)
    nol.run("calendar", "import", "D", "absent.ics", code=2)


def test_a_year_is_entered_from_two_files_and_replaced_only_on_purpose(nol: Nol) -> None:
    (nol.folder / "off.txt").write_text("2027-01-01 2027-01-03 元旦 / New Year\n", encoding="utf-8-sig")
    (nol.folder / "worked.txt").write_text("2027-01-09\n", encoding="utf-8")
    words = ("calendar", "year", "C", "2027", "off.txt", "--makeups", "worked.txt", "--source", "国办")
    nol.run("calendar", "year", "D", "2027", "off.txt", code=2)
    assert "365" in nol.run(*words)
    assert "元旦" in nol.run("calendar", "why", "D", "2027-01-02")
    assert "全国调休上班" in nol.run("calendar", "why", "D", "2027-01-09")
    nol.run(*words, code=2)
    assert "365" in nol.run(*words, "--replace")


def test_help_needs_no_database(new_nol: Nol) -> None:
    for words in (("demo",), ("roster",), ("roster", "import"), ("policy",), ("audit",)):
        assert "Usage" in new_nol.run(*words, "--help")
        # Settings make the file, so that nobody else may read it; help puts nothing in it.
        assert (new_nol.folder / "var" / "notoneless.sqlite3").stat().st_size == 0
