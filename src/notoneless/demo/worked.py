"""The worked city (docs/POLICIES.md): four small districts whose rules differ, made of the policies' own file.

Set NOL_NOW to a day of September or October 2020 to see it as it was.
"""

import csv
from datetime import date
from pathlib import Path
from random import Random

from notoneless.demo.accounts import DemoAccount, make_accounts
from notoneless.demo.people import invent_name
from notoneless.demo.roster import FAMILY, PERSON_COLUMNS, UNIT_COLUMNS
from notoneless.expect.services import (
    approve_policy,
    draft_policy,
    enter_override,
    open_day,
    publish_policy,
    read_policies,
)
from notoneless.kernel.clock import Clock, day_of
from notoneless.kernel.errors import DomainError
from notoneless.roster import states
from notoneless.roster.models import Unit
from notoneless.roster.scope import SYSTEM
from notoneless.roster.services import import_roster

CITY = "410100"
POLICIES = Path(__file__).with_name("worked_city.toml")
_DISTRICTS = (("410102", "甲区"), ("410103", "乙区"), ("410104", "丙区"), ("410105", "丁区"))
_SCHOOLS = (("11", "kindergarten", "幼儿园", "preschool", 3), ("21", "primary", "小学", "primary", 6))
BOARDING = "3441000004"
PUPILS = 12


def build_worked(*, clock: Clock, directory: Path) -> tuple[int, list[DemoAccount], list[str]]:
    """Rows imported, accounts, and what was refused of the policies: district D's, as it must be."""
    today = day_of(clock.now())
    directory.mkdir(parents=True, exist_ok=True)
    units, people = directory / "worked-units.csv", directory / "worked-people.csv"
    _write(units, people, today)
    outcome = import_roster([units, people], scope_actor="demo", clock=clock)
    refused = []
    for terms in read_policies(POLICIES):
        try:
            draft_policy(SYSTEM, terms, clock=clock)
            approve_policy(SYSTEM, terms.code, clock=clock)
            publish_policy(SYSTEM, terms.code, clock=clock)
        except DomainError as error:
            refused.append(f"{terms.code}: {error.message()}")
    classes = Unit.objects.filter(level="class", path__startswith=Unit.objects.get(code="410102").path).order_by("code")
    room = classes.filter(stage="primary")[0]
    enter_override(SYSTEM, classes.filter(stage="primary")[1].code, kind="closure", first_day=today,
                   last_day=date.fromordinal(today.toordinal() + 3), clock=clock, reason_zh="诺如病毒聚集，停课四天",
                   reason_en="Norovirus: suspended for four days")  # fmt: skip
    pupils = list(room.placements.order_by("person__code").values_list("person__code", flat=True))
    states.record_state(SYSTEM, pupils[1], "sick_home", first_day=today, clock=clock)
    states.record_state(SYSTEM, pupils[2], "leave", first_day=today, clock=clock)
    open_day(today, clock=clock)
    school = room.authority
    if school is None or school.authority is None:
        raise DomainError("unknown_unit", "unit")
    accounts = make_accounts(
        city=Unit.objects.get(code=CITY), district=school.authority, school=school, class_unit=room
    )  # fmt: skip
    return outcome.rows, accounts, refused


def _write(units: Path, people: Path, today: date) -> None:
    random, serial = Random(1), 0
    with units.open("w", encoding="utf-8", newline="") as unit_file, people.open("w", encoding="utf-8") as person_file:
        unit_rows, person_rows = csv.writer(unit_file), csv.writer(person_file)
        unit_rows.writerow(UNIT_COLUMNS)
        person_rows.writerow(PERSON_COLUMNS)
        unit_rows.writerow([CITY, "中州市教育局（演示）", "city", "", CITY, "", "", "", ""])
        for number, (district, name) in enumerate(_DISTRICTS):
            unit_rows.writerow([district, f"{name}教育局", "district", CITY, district, "", "", "", ""])
            schools = [(f"{kind[0]}41{number + 1:06}", f"{name}第一{kind[2]}", *kind[1:]) for kind in _SCHOOLS]
            if district == "410102":
                schools.append((BOARDING, "甲区寄宿高级中学", "senior", "高级中学", "senior", 3))
            for code, label, kind, _, stage, grades in schools:
                unit_rows.writerow([code, label, kind, district, district, stage, "", "", ""])
                for grade in range(1, grades + 1):
                    room = f"{code}-{grade}"
                    counted = {"preschool": f"k{grade}", "primary": str(grade), "senior": str(grade + 9)}[stage]
                    unit_rows.writerow([room, f"{grade}年级1班", "class", code, district, stage, "", "", counted])
                    for place in range(PUPILS):
                        serial += 1
                        is_family = district == "410102" and grade == 1 and place == 0
                        tags = "boarder" if stage == "senior" and place % 2 else ""
                        home = FAMILY if is_family else f"HW{serial:05}"
                        person_rows.writerow([f"SW{serial:06}", invent_name(random), "student", room, home, "", "", "",
                                              "1", "", tags])  # fmt: skip
