"""A OneRoster 1.1 set, as a folder and as a zip."""

import zipfile
from datetime import date
from pathlib import Path

import pytest

from notoneless.kernel.crypto import unseal
from notoneless.roster.models import Person, Placement, Unit
from tests.roster.conftest import TODAY, Import

SET = {
    "manifest.csv": "propertyName,value\nmanifest.version,1.0\n",
    "orgs.csv": """sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId
state1,,,示例省,state,,
local1,,,示例市,local,,state1
dist1,,,示例区,district,,local1
sch1,active,,一小,school,123,dist1
""",
    "classes.csv": """sourcedId,status,dateLastModified,title,grades,classCode,classType,schoolSourcedId
cls1,,,一班,1,c,homeroom,sch1
cls0,,,体育,1,c,scheduled,sch1
11111111-2222-3333-4444-555555555555,,,二班,1,c,scheduled,sch1
""",
    "users.csv": """sourcedId,status,orgSourcedIds,role,username,givenName,familyName,email,sms,phone,agentSourcedIds
u1,,sch1,student,a,三,张,,,,"g1,t1"
u2,,sch1,student,b,四,张,,,,g1
u3,,sch1,student,c,Ann,Lee,,,,
t1,,"sch1,dist1",teacher,d,师,赵,,13800000001,,
g1,,sch1,guardian,e,父,张,,,13800000002,
g2,,sch1,parent,f,母,张,,,,u2
g3,,sch1,guardian,g,孤,李,,,,
x1,,sch1,wizard,h,巫,李,,,,
""",
    "enrollments.csv": """sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate
e1,,cls0,sch1,u1,student,false,,
e2,,cls1,sch1,u1,student,false,,
e3,,cls1,sch1,u2,student,false,,
e4,,11111111-2222-3333-4444-555555555555,sch1,u2,student,true,,
e5,,cls1,sch1,u3,student,false,2020-01-01,2020-06-30
e6,,cls1,sch1,t1,teacher,true,,
e7,,nowhere,sch1,u3,student,false,,
""",
}


def folder_of(path: Path, **changes: str) -> Path:
    """The set in a folder, with files named without .csv replaced; an empty text leaves a file out."""
    path.mkdir()
    for name, text in {**SET, **{f"{stem}.csv": text for stem, text in changes.items()}}.items():
        if text:
            (path / name).write_text(text, encoding="utf-8")
    return path


def unit_of(person: str) -> str:
    return str(Placement.objects.get(person__code=person, to_day=None).unit.code)


def test_set_becomes_units_people_and_households(bring: Import, tmp_path: Path) -> None:
    outcome = bring(folder_of(tmp_path / "set"))

    assert [(each.file, each.row, each.error.code, each.error.field) for each in outcome.errors] == [
        ("set/users.csv", 8, "unit_required", "orgSourcedIds"),
        ("set/users.csv", 9, "unknown_role", "role"),
        ("set/enrollments.csv", 8, "unknown_link", "classSourcedId"),
    ]
    assert (outcome.units.added, outcome.people.added, outcome.rows, outcome.refused) == (7, 6, 16, 3)
    kinds = dict(Unit.objects.values_list("code", "kind"))
    assert (kinds["state1"], kinds["local1"], kinds["dist1"], kinds["sch1"], kinds["cls1"]) == (
        "province", "city", "district", "school", "class"
    )  # fmt: skip
    assert unit_of("u1") == "cls1", "a homeroom before a lesson"
    assert unit_of("u2") == "11111111222233334444555555555555", "the primary one; a UUID without hyphens"
    assert unit_of("u3") == "sch1", "last year's class has ended"
    assert unit_of("t1") == "sch1"
    assert unit_of("g1") == "cls1"
    assert set(Person.objects.filter(household__code="u1").values_list("code", flat=True)) == {"u1", "u2", "g1", "g2"}
    names = {
        code: unseal(bytes(sealed), context=code).name for code, sealed in Person.objects.values_list("code", "sealed")
    }
    assert (names["u1"], names["u3"]) == ("张三", "Ann Lee")


def test_set_again_as_a_zip_changes_nothing(bring: Import, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "set")
    bring(folder)
    with zipfile.ZipFile(tmp_path / "set.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.iterdir():
            archive.write(file, f"export/{file.name}")

    outcome = bring(tmp_path / "set.zip")

    assert (outcome.unchanged, outcome.refused, outcome.rows) == (13, 3, 16)


def test_pupil_and_class_to_be_deleted_leave_on_the_day(bring: Import, tmp_path: Path) -> None:
    bring(folder_of(tmp_path / "first"))
    users = SET["users.csv"].replace("u3,,", "u3,tobedeleted,")
    classes = SET["classes.csv"].replace("cls0,,", "cls0,tobedeleted,")
    later = folder_of(tmp_path / "later", users=users, classes=classes)

    outcome = bring(later)

    left = Placement.objects.get(person__code="u3")
    assert (left.to_day, Unit.objects.get(code="cls0").closed_on) == (TODAY, TODAY)
    assert outcome.changed == 2
    assert bring(later, on=date(2026, 12, 1)).changed == 0, "gone is gone"


@pytest.mark.parametrize("name", ["orgs", "classes", "users", "enrollments"])
def test_set_without_a_file_is_refused_whole(name: str, bring: Import, tmp_path: Path) -> None:
    outcome = bring(folder_of(tmp_path / "set", **{name: ""}))

    assert [(each.error.code, each.error.field) for each in outcome.errors] == [("missing_file", f"{name}.csv")]
    assert outcome.is_refused and not Unit.objects.exists()


def test_set_whose_file_lacks_a_column_is_refused_whole(bring: Import, tmp_path: Path) -> None:
    outcome = bring(folder_of(tmp_path / "set", orgs="sourcedId,name,type\n"))

    assert [(each.file, each.error.code, each.error.field) for each in outcome.errors] == [
        ("set/orgs.csv", "missing_column", "parentSourcedId")
    ]


def test_report_of_a_set_has_a_sheet_for_each_file(bring: Import, tmp_path: Path) -> None:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - only here

    bring(folder_of(tmp_path / "set"), report_to=tmp_path / "out.xlsx")

    with CalamineWorkbook.from_path(tmp_path / "out.xlsx") as book:
        rows = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    assert [len(sheet) for sheet in rows.values()] == [5, 4, 9, 8]
    enrolments = list(rows.values())[3]
    assert [str(row[9]) for row in enrolments[1:]] == [""] * 6 + ["退回 / refused"]
