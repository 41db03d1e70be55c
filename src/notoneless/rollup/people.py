"""One person over many days, as the API shows it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from notoneless.expect import queries as expect_queries
from notoneless.kernel.errors import DomainError
from notoneless.kernel.sql import as_day, fetch
from notoneless.ledger.services import decode_measures
from notoneless.roster import queries as roster_queries
from notoneless.roster.scope import Scope

LONGEST = 366


@dataclass(frozen=True)
class PersonSlotDay:
    """What became of one thing owed: no answers, only what they raised."""

    day: date
    session: str
    state: str
    on_time: bool | None
    unit: str
    measures: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {"day": str(self.day), "session": self.session, "state": self.state, "on_time": self.on_time,
                "unit": self.unit, "measures": list(self.measures)}  # fmt: skip


def person_days(scope: Scope, code: str, duty_code: str, until: date, *, days: int = 30) -> list[PersonSlotDay]:
    """A person's slots of a duty on the days up to `until`, oldest first; void ones left out.

    A household sees all of them, a unit those that counted below it on that day. Raises `unknown_duty`,
    `bad_parameter`, and `unknown_person` (to a limited viewer `out_of_scope`, also where nothing is in its reach).
    """
    if not 1 <= days <= LONGEST:
        raise DomainError("bad_parameter", "days")
    duty = expect_queries.duty_by_code(duty_code)
    person = roster_queries.persons_by_code([code]).get(code)
    if person is None:
        raise DomainError("unknown_person" if scope.is_everything else "out_of_scope", "person")
    # The days are listed one by one: each is a look-up in the key, and names its partition.
    days = min(days, (until - date.min).days + 1)
    wanted = [until - timedelta(days=back) for back in range(days)]
    rows = fetch(
        "SELECT s.day, s.session, s.state, s.on_time, u.code, u.path, s.measures FROM person_slot s"
        " LEFT JOIN day_unit u ON u.day = s.day AND u.unit_id = s.unit_id"
        f" WHERE s.respondent_id = %s AND s.day IN ({', '.join(['%s'] * days)}) AND s.duty_id = %s"
        " AND s.state <> 'void' ORDER BY s.day, s.session",
        [person.id, *wanted, duty.id],
    )
    seen = [row for row in rows if scope.covers_person(row[5] or "", person.household_id)]
    if not seen and not scope.is_everything and person.household_id not in scope.households:
        raise DomainError("out_of_scope", "person")
    return [
        PersonSlotDay(
            as_day(day), duty.sessions[session].code, state, None if on_time is None else bool(on_time), unit or "",
            tuple(decode_measures(measures)),
        )
        for day, session, state, on_time, unit, _, measures in seen
    ]  # fmt: skip
