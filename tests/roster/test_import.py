"""What an import does to the roster."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.core.serializers import serialize
from django.db import connection
from django.db.models import Model
from python_calamine import CalamineWorkbook

from notoneless.kernel.clock import to_micros
from notoneless.kernel.crypto import Personal, blind_index, unseal
from notoneless.kernel.models import AuditEntry, OutboxEvent
from notoneless.roster.imports.outcome import ImportOutcome
from notoneless.roster.models import Household, Person, Placement, Unit
from tests.roster.conftest import PEOPLE, TODAY, UNITS, Import, people_text, problems, table, units_text

EVER = date.min


def placements(code: str) -> list[tuple[str, str, date, date | None]]:
    found = Placement.objects.filter(person__code=code).order_by("from_day", "id")
    return list(found.values_list("unit__code", "kind", "from_day", "to_day"))


def everything(*models: type[Model]) -> str:
    """Every row of these tables; of the roster and of what it tells others when none are named."""
    models = models or (Unit, Household, Person, Placement, OutboxEvent, AuditEntry)
    return json.dumps([json.loads(serialize("json", model._default_manager.order_by("pk"))) for model in models])


def test_county_stands_as_the_files_say(county: ImportOutcome) -> None:
    units = {unit.code: unit for unit in Unit.objects.all()}
    ids = {code: unit.id for code, unit in units.items()}

    assert (county.units.added, county.people.added, county.rows) == (11, 5, 16)
    assert units["C1"].path == "".join(units[code].path[-7:] for code in ("CITY", "YC", "2141000001", "C1"))
    assert (units["C1"].district_id, units["C1"].school_id) == (ids["YC"], ids["2141000001"])
    assert (units["C3"].district_id, units["C3"].school_id) == (ids["CITY"], ids["3141000002"]), "市直: the city"
    assert units["C9"].district_id == ids["KF"], "through the central school"
    assert (units["KF"].area, units["KF"].school_id) == ("KFQ", 0)
    assert units["2141000003"].closed_on == date(2020, 7, 1)


def test_people_stand_as_the_files_say(county: ImportOutcome) -> None:
    pupil, father, teacher = (Person.objects.get(code=code) for code in ("S1", "R1", "T1"))

    assert unseal(bytes(pupil.sealed), context="S1") == Personal("张三", "11010519491231002X", "")
    assert pupil.id_index == blind_index("id", "01:11010519491231002X")
    assert (pupil.sex, pupil.birth_date, pupil.tags) == ("2", date(1949, 12, 31), '["boarder"]')
    assert (father.id_type, father.household_id) == ("03", pupil.household_id)
    assert unseal(bytes(teacher.sealed), context="T1").phone == "13900000002"
    assert placements("S1") == [("C1", "enrolment", EVER, None)]
    assert placements("R1") == [("C1", "residence", EVER, None)], "the unit of the household's first pupil"
    assert placements("T1") == [("2141000001", "post", EVER, None)]


@pytest.mark.usefixtures("county")
def test_same_files_again_change_nothing(bring: Import) -> None:
    before = everything(Unit, Household, Person, Placement, OutboxEvent)

    outcome = bring(PEOPLE, UNITS)

    assert (outcome.unchanged, outcome.rows) == (16, 16)
    assert everything(Unit, Household, Person, Placement, OutboxEvent) == before
    assert AuditEntry.objects.filter(act="roster.import").count() == 2
    assert OutboxEvent.objects.filter(kind="roster.changed").count() == 1


@pytest.mark.usefixtures("county")
def test_dry_run_says_what_would_change_and_leaves_every_row_as_it_was(bring: Import) -> None:
    before = everything()

    outcome = bring(
        units_text("C7,新班,class,2141000001,,,,"), people_text("S1,张三,student,C7,H1,,,,,,"), is_dry_run=True
    )

    assert (outcome.added, outcome.changed, outcome.is_dry_run) == (1, 1, True)
    assert everything() == before


@pytest.mark.usefixtures("county")
def test_child_whose_class_changed_is_transferred_and_not_doubled(bring: Import) -> None:
    outcome = bring(people_text("S2,李四,student,C3,H1,,,,,,"), on=date(2026, 9, 1))

    assert (outcome.changed, outcome.rows) == (1, 1)
    assert placements("S2") == [
        ("C2", "enrolment", EVER, date(2026, 9, 1)),
        ("C3", "enrolment", date(2026, 9, 1), None),
    ]
    assert Person.objects.filter(population="student").count() == 3


@pytest.mark.usefixtures("county")
def test_transfer_without_a_day_takes_effect_today(bring: Import) -> None:
    bring(people_text("S2,李四,student,C3,H1,,,,,,"))

    assert placements("S2")[-1] == ("C3", "enrolment", TODAY, None)


@pytest.mark.usefixtures("county")
def test_second_transfer_on_the_same_day_replaces_the_first(bring: Import) -> None:
    bring(people_text("S2,李四,student,C3,H1,,,,,,"))
    bring(people_text("S2,李四,student,C1,H1,,,,,,"))

    assert placements("S2") == [("C2", "enrolment", EVER, TODAY), ("C1", "enrolment", TODAY, None)]


@pytest.mark.usefixtures("county")
def test_new_person_belongs_since_the_day_given(bring: Import) -> None:
    bring(people_text("N1,新,student,C1,,,,,,,"), on=date(2026, 9, 1))

    assert placements("N1") == [("C1", "enrolment", date(2026, 9, 1), None)]


@pytest.mark.usefixtures("county")
def test_pupil_who_becomes_staff_gets_a_post(bring: Import) -> None:
    bring(people_text("S3,王五,staff,3141000002,H3,01,411702201210150015,,,,"))

    assert placements("S3") == [("C3", "enrolment", EVER, TODAY), ("3141000002", "post", TODAY, None)]


@pytest.mark.usefixtures("county")
def test_relative_follows_the_first_child_of_the_household_known_to_the_roster(bring: Import) -> None:
    bring(people_text("R9,奶奶,relative,,H3,,,,,,"))

    assert placements("R9") == [("C3", "residence", EVER, None)]


@pytest.mark.usefixtures("county")
def test_household_without_people_is_gone(bring: Import) -> None:
    bring(people_text("S3,王五,student,C3,H4,01,411702201210150015,,,,"))

    assert set(Household.objects.values_list("code", flat=True)) == {"H1", "H4"}


@pytest.mark.usefixtures("county")
def test_unit_that_moves_takes_everything_below_it_along(bring: Import) -> None:
    outcome = bring(units_text("2141000001,实验小学,primary,KF,411702,primary,1990-01-01,"))

    moved, room, kf = (Unit.objects.get(code=code) for code in ("2141000001", "C1", "KF"))
    assert (outcome.changed, outcome.rows) == (1, 1)
    assert moved.path.startswith(kf.path) and room.path.startswith(moved.path)
    assert (room.district_id, room.school_id) == (kf.id, moved.id)


@pytest.mark.usefixtures("county")
def test_event_names_the_people_and_the_day() -> None:
    event = OutboxEvent.objects.get(kind="roster.changed")

    ids = sorted(Person.objects.values_list("id", flat=True))
    assert event.payload.pop("at") == to_micros(event.made_at)
    assert event.payload == {"day": "2026-11-23", "units_changed": True, "people": ids}


@pytest.mark.usefixtures("county")
def test_audit_counts_and_names_nobody() -> None:
    entry = AuditEntry.objects.get(act="roster.import")

    assert entry.actor == "clerk"
    assert entry.detail["people"] == {"rows": 5, "added": 5, "changed": 0, "unchanged": 0, "refused": 0}
    assert "张三" not in str(entry.detail)


@pytest.mark.usefixtures("county")
def test_report_gives_the_file_back_with_a_status_and_a_reason_on_every_row(bring: Import, tmp_path: Path) -> None:
    text = people_text("S1,张三,student,C1,H1,01,11010519491231002X,,,,boarder", "S2,李四,student,C3,H1,,,,,,",
                       "007,=1+1,student,C1,,,,,,,", "N2,坏,robot,C1,,,,12,,,")  # fmt: skip

    outcome = bring(text, report_to=tmp_path / "out.xlsx")

    with CalamineWorkbook.from_path(tmp_path / "out.xlsx") as book:
        rows = book.get_sheet_by_index(0).to_python()
    assert rows[0][:11] == table(text)[0]
    assert [row[:11] for row in rows[1:]] == table(text)[1:], "leading zeros kept, no formula"
    assert [str(row[11]).split(" / ")[1] for row in rows[1:]] == ["unchanged", "changed", "added", "refused"]
    assert [bool(row[12]) for row in rows[1:]] == [False, False, False, True]
    assert len(str(rows[4][12]).splitlines()) == 2
    assert (outcome.unchanged, outcome.changed, outcome.added, outcome.refused) == (1, 1, 1, 1)


def test_report_of_a_refused_file_says_why(bring: Import, tmp_path: Path) -> None:
    bring("code,name\n", report_to=tmp_path / "out.xlsx")

    with CalamineWorkbook.from_path(tmp_path / "out.xlsx") as book:
        rows = book.get_sheet_by_index(0).to_python()
    assert len(rows) == 2
    assert "missing" in str(rows[1])


@pytest.mark.usefixtures("county")
def test_units_not_open_yet_take_people_only_from_their_day(bring: Import) -> None:
    bring(units_text("C8,未来班,class,2141000001,,,2027-01-01,"))

    assert problems(bring(people_text("N1,新,student,C8,,,,,,,"))) == [(2, "unit_not_open_yet", "unit")]
    assert bring(people_text("N1,新,student,C8,,,,,,,"), on=date(2027, 1, 1)).added == 1


@pytest.mark.slow
def test_first_load_of_many_keeps_every_index_and_foreign_key(bring: Import) -> None:
    def shape() -> list[object]:
        with connection.cursor() as cursor:
            return [
                sorted((name, sorted(each["columns"]), each["unique"], each["foreign_key"] is not None)
                       for name, each in connection.introspection.get_constraints(cursor, model._meta.db_table).items())
                for model in (Household, Person, Placement)
            ]  # fmt: skip

    before = shape()
    outcome = bring(UNITS, people_text(*(f"N{row},新,student,C1,H{row // 2},,,,,," for row in range(20_001))))

    assert (outcome.people.added, Placement.objects.count()) == (20_001, 20_001)
    assert shape() == before
    assert OutboxEvent.objects.get(kind="roster.changed").payload["people"] is None
