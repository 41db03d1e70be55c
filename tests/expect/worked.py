"""The worked city: four districts whose rules differ, built from the demo's file of policies."""

from datetime import date
from pathlib import Path

import notoneless.demo
from notoneless.expect.services import approve_policy, draft_policy, enter_override, publish_policy, read_policies
from notoneless.kernel.clock import FixedClock, instant_on
from notoneless.kernel.errors import DomainError
from notoneless.roster.models import Person, Unit
from notoneless.roster.scope import SYSTEM
from notoneless.roster.states import record_state
from tests.builders import make_person, make_unit

FILE = Path(notoneless.demo.__file__).with_name("worked_city.toml")
DISTRICTS = {"A": "410102", "B": "410103", "C": "410104", "D": "410105"}
BOARDING = "3441000004"
START = FixedClock(instant_on(date(2020, 1, 15), 480))


def build() -> dict[str, str]:
    """Units and people; returns what became of each policy: `published`, or the code of the refusal.

    People: `A-kg`, `A-pri`, `A-ill`, `A-leave`, `A-susp` (a class closed from 2020-09-21 to 24) and so on for B, C and
    D; `A1-board` and `A1-day` in the boarding school.
    """
    city = make_unit("410100", "city")
    for letter, code in DISTRICTS.items():
        district = make_unit(code, "district", city)
        for short, kind, stage in (("kg", "kindergarten", "preschool"), ("pri", "primary", "primary")):
            school = make_unit(f"{letter}-{short}-s", kind, district, stage=stage)
            room = make_unit(f"{letter}-{short}-1", "class", school)
            make_person(f"{letter}-{short}", room, household=f"H{letter}")
            make_person(f"{letter}-{short}-ill", room)
            record_state(SYSTEM, f"{letter}-{short}-ill", "sick_home", first_day=date(2020, 1, 15), clock=START)
        make_person(f"{letter}-leave", room)
        record_state(SYSTEM, f"{letter}-leave", "leave", first_day=date(2020, 1, 15), clock=START)
        closed = make_unit(f"{letter}-pri-2", "class", school)
        make_person(f"{letter}-susp", closed)
        enter_override(
            SYSTEM, closed.code, kind="closure", first_day=date(2020, 9, 21), last_day=date(2020, 9, 24), clock=START
        )
    boarding = make_unit(BOARDING, "senior", Unit.objects.get(code=DISTRICTS["A"]), stage="senior")
    room = make_unit("A1-1", "class", boarding)
    make_person("A1-day", room)
    make_person("A1-board", room)
    Person.objects.filter(code="A1-board").update(tags='["boarder"]')
    became = {}
    for terms in read_policies(FILE):
        try:
            draft_policy(SYSTEM, terms, clock=START)
            approve_policy(SYSTEM, terms.code, clock=START)
            publish_policy(SYSTEM, terms.code, clock=START)
            became[terms.code] = "published"
        except DomainError as error:
            became[terms.code] = error.code
    return became
