"""Imports from a page: checked, confirmed by their numbers, applied whole, and only within the unit."""

from pathlib import Path

import pytest

from notoneless.jobs import do_works
from notoneless.kernel import works
from notoneless.kernel.errors import DomainError
from notoneless.kernel.models import AuditEntry, OutboxEvent, Work
from notoneless.kernel.sql import fetch
from notoneless.roster import importing, queries
from notoneless.roster.models import Grant, Household, Person, Placement, Unit
from notoneless.roster.scope import Scope
from tests.builders import DAY, clock_at, make_city, make_person
from tests.web.cast import make_account

pytestmark = pytest.mark.django_db
NINE = clock_at(9)
HEADER = "学号,姓名,人员类别,班级,离校\n"


@pytest.fixture
def units() -> dict[str, Unit]:
    units = make_city()
    make_account("principal", ("school", "S"))
    make_account("system_admin", ("system_admin", "C"))
    make_account("teacher", ("teacher", "K1"))
    return units


def scope(name: str) -> Scope:
    return queries.scope_of(queries.account_named(name), DAY)


def checked(*rows: str, by: str = "principal", unit: str = "S", header: str = HEADER) -> Work:
    content = (header + "".join(f"{row}\n" for row in rows)).encode()
    work = importing.ask_check(scope(by), unit, "花名册.csv", content, clock=NINE)
    do_works(clock=NINE)
    work.refresh_from_db()
    return work


def applied(check: Work, typed: str = "", by: str = "principal") -> Work:
    work = importing.ask_import(scope(by), check.unit, check, typed=typed, clock=NINE)
    do_works(clock=NINE)
    work.refresh_from_db()
    return work


def roster() -> list[tuple[object, ...]]:
    """Everything an import can write."""
    people = fetch("SELECT code, population, household_id, id_index, sex, birth_date, tags, sealed FROM roster_person")
    places = fetch("SELECT person_id, unit_id, kind, from_day, to_day FROM roster_placement")
    return sorted([*people, *places, *Household.objects.values_list("code")], key=str)


def test_a_file_is_checked_first_and_changes_nothing(units: dict[str, Unit]) -> None:
    before = roster()
    work = checked("N1,𠮷小㛃,学生,K1,", "K1-1,王小明,学生,K2,", "K1-2,王小明,学生,K1,离校", "00123,é小红,学生,K1,")
    assert work.state == "done", work.error
    told = {name: work.result[name] for name in ("added", "changed", "left", "moved", "refused", "present")}
    assert told == {"added": 2, "changed": 2, "left": 1, "moved": 1, "refused": 0, "present": 7}
    assert roster() == before
    assert not OutboxEvent.objects.exists()
    assert "花名册" not in str(work.params), "clerks write names of children into names of files"


def test_what_was_checked_is_applied_whole(units: dict[str, Unit]) -> None:
    work = applied(checked("00123,𠮷小㛃,学生,K1,", "K1-1,王小明,学生,K2,", "K1-2,王小明,学生,K1,离校"))
    assert (work.state, work.result["added"], work.result["left"], work.result["moved"]) == ("done", 1, 1, 1)
    assert Placement.objects.get(person__code="00123").unit.code == "K1"
    assert queries.names_of(scope("principal"), [Person.objects.get(code="00123").pk]) != {}
    assert not Placement.objects.filter(person__code="K1-2", to_day=None).exists()
    assert OutboxEvent.objects.get(kind="roster.changed").payload["units_changed"] is False
    assert AuditEntry.objects.filter(actor="principal", act="roster.import").count() == 1


@pytest.mark.parametrize(
    "row",
    ["L1-1,慕容,学生,K1,", "K1-1,王小明,学生,L1,", "N1,新生,学生,L1,", "L1-1,慕容,学生,L1,离校", "T-t,李,教职工,S,"],
)
def test_school_changes_nobody_of_another_school(units: dict[str, Unit], row: str) -> None:
    before = roster()
    work = checked(row, "N2,张三,学生,K1,")
    assert (work.result["added"], work.result["refused"]) == (1, 1)
    ((_, line, error),) = importing.refusals_of(work, clock=NINE)
    assert (line, error.code) == (2, "import_outside")
    assert applied(work).state == "done"
    assert [each for each in before if each not in roster()] == []


def test_relative_does_not_come_in_through_a_household_elsewhere(units: dict[str, Unit]) -> None:
    make_person("L1-9", units["L1"], household="FAR")
    work = checked("R1,李父,relative,,FAR", header="学号,姓名,人员类别,班级,家庭编号\n")
    assert [each[2].code for each in importing.refusals_of(work, clock=NINE)] == ["import_outside"]


def test_units_are_brought_by_the_topmost_unit_alone(units: dict[str, Unit]) -> None:
    header, row = "code,name,kind,authority\n", "K3,三班,class,S"
    work = checked(row, header=header)
    assert work.result["refused_whole"]
    assert [each[2].code for each in importing.refusals_of(work, clock=NINE)] == ["import_units_not_here"]
    with pytest.raises(DomainError, match="import_not_checked"):
        importing.ask_import(scope("principal"), "S", work, typed="", clock=NINE)
    assert checked(row, header=header, by="system_admin", unit="C").result["units_added"] == 1


def test_many_leavers_are_typed_as_a_number(units: dict[str, Unit]) -> None:
    for number in range(4, 9):
        make_person(f"K1-{number}", units["K1"])
    check = checked(*(f"K1-{number},王小明,学生,K1,离校" for number in range(1, 9)))
    for typed in ("", "7", "yes"):
        with pytest.raises(DomainError, match="import_leaves_many"):
            importing.ask_import(scope("principal"), "S", check, typed=typed, clock=NINE)
    assert applied(check, typed=" 8 ").state == "done"


def test_roster_that_changed_since_the_check_is_not_written(units: dict[str, Unit]) -> None:
    check = checked("N1,新生,学生,K1,")
    make_person("N1", units["K1"], name="新生")
    before = roster()
    work = applied(check)
    assert (work.state, work.error) == ("failed", "import_changed_since_check")
    assert roster() == before


def test_file_that_can_no_longer_be_read_is_no_import_that_was_done(units: dict[str, Unit]) -> None:
    before = roster()
    check = checked("N1,𠮷小㛃,学生,K1,")
    works.keep_file(check, "given", b"\xd0\xcf nothing of ours", clock=NINE)
    work = applied(check)
    assert (work.state, work.error) == ("failed", "import_changed_since_check")
    assert roster() == before


def test_cancel_leaves_the_roster_as_it_was(units: dict[str, Unit]) -> None:
    check = checked("N1,新生,学生,K1,")
    before = roster()
    work = importing.ask_import(scope("principal"), "S", check, typed="", clock=NINE)
    taken = works.take([importing.APPLY], clock=NINE)
    assert taken is not None
    works.cancel(work, actor="principal", clock=NINE)  # while it runs
    works.run(taken, importing.run_import, clock=NINE)
    work.refresh_from_db()
    assert work.state == "cancelled"
    assert roster() == before and not OutboxEvent.objects.exists()


def test_power_that_ended_before_its_turn_imports_nothing(units: dict[str, Unit]) -> None:
    check = checked("N1,新生,学生,K1,")
    work = importing.ask_import(scope("principal"), "S", check, typed="", clock=NINE)
    Grant.objects.filter(account__username="principal").update(to_day=DAY)
    do_works(clock=NINE)
    work.refresh_from_db()
    assert (work.state, work.error) == ("failed", "out_of_scope")


@pytest.mark.parametrize(
    ("by", "unit"), [("teacher", "K1"), ("principal", "T"), ("principal", "D"), ("principal", "NO")]
)
def test_who_has_not_the_power_asks_in_vain(units: dict[str, Unit], by: str, unit: str) -> None:
    with pytest.raises(DomainError, match=r"wrong_role|out_of_scope"):
        importing.ask_check(scope(by), unit, "a.csv", b"", clock=NINE)
    assert not Work.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("a.xlsx", b"\x89PNG\r\n\x1a\n", "file_disguised"), ("a.csv", "学号,姓名\n".encode("utf-16"), "not_text"),
     ("a.csv", b"", "empty_file"), ("a.csv", "甲,乙\n1,2\n".encode(), "unknown_header"),
     ("../../a.csv", b"MZ\x90\x00\x03", "file_disguised")],
)  # fmt: skip
def test_file_that_is_not_what_it_says_is_refused_whole(
    units: dict[str, Unit], name: str, content: bytes, code: str, tmp_path: Path
) -> None:
    work = importing.ask_check(scope("principal"), "S", name, content, clock=NINE)
    do_works(clock=NINE)
    work.refresh_from_db()
    assert work.result["refused_whole"], work.error
    assert [each[2].code for each in importing.refusals_of(work, clock=NINE)] == [code]


def test_file_of_a_kind_or_size_that_is_not_taken_is_not_kept(units: dict[str, Unit]) -> None:
    for name, content, code in (("a.exe", b"x", "upload_kind"), ("a.xls", b"x", "upload_kind"),
                                ("a.csv", bytes(20_000_001), "upload_too_large")):  # fmt: skip
        with pytest.raises(DomainError, match=code):
            importing.ask_check(scope("principal"), "S", name, content, clock=NINE)
    assert not Work.objects.exists()
