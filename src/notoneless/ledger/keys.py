"""Names of things in the ledger: a session of a duty on a day, and the table that holds its slots."""

from datetime import date
from typing import Literal, NamedTuple

Respondent = Literal["person", "unit"]

TABLES: dict[Respondent, str] = {"person": "person_slot", "unit": "unit_slot"}


class SessionKey(NamedTuple):
    """One session of one duty on one day, and who answers it."""

    day: date
    duty_id: int
    session: int
    respondent: Respondent

    @property
    def table(self) -> str:
        return TABLES[self.respondent]

    @property
    def lock(self) -> str:
        """Held shared while reports fill slots, exclusively while slots are added, moved, voided or closed."""
        return f"slots:{self.day}:{self.duty_id}"

    def params(self) -> dict[str, object]:
        return {"day": self.day, "duty": self.duty_id, "session": self.session}


class Window(NamedTuple):
    """A session's instants on one day, in microseconds since 1970 UTC."""

    opens_at: int
    due_at: int
    closes_at: int


class GroupClaim(NamedTuple):
    """What the policies say of people of one unit who are alike: each of them owes it, or is excused, until the same
    instants. `trait`: what sets them apart from the rest of their population there (services.traits); "" nothing.
    """

    unit_id: int
    population: str
    trait: str
    claim: Literal["owed", "excused"]
    reason: str
    policy_id: int
    window: Window
