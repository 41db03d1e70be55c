"""A class on a day, as all of its pages begin: found within the reader's scope, with the duties that are owed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, QueryDict

from notoneless.collect.queries import form_in_force
from notoneless.collect.seen import reports_of_class
from notoneless.collect.sickness import sick_pupils
from notoneless.expect import queries as expect_queries
from notoneless.expect.queries import DutyInfo
from notoneless.kernel.errors import DomainError
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import DayUnitRef, SlotView
from notoneless.rollup.rules import Counts
from notoneless.roster import queries as roster_queries
from notoneless.roster.roles import BIND, CALL, GRANT, NAMES, REPORT, STATE
from notoneless.roster.scope import Scope
from notoneless.web.access import Reader
from notoneless.web.ui.days import CLOCK, ShownDay, shown_day
from notoneless.web.ui.reporting import Card, card_for
from notoneless.web.ui.words import state_key

CHECK = "class-check"
CHECKS = ("morning-check", "noon-check")
HEALTH = "daily-health"
DUTIES = (*CHECKS, HEALTH)


@dataclass(frozen=True)
class Class:
    """A class on a day, seen through one duty."""

    unit: DayUnitRef
    shown: ShownDay
    duty: DutyInfo
    duties: tuple[tuple[DutyInfo, Counts], ...]
    scope: Scope
    may_report: bool
    is_locked: bool
    unheard: Mapping[int, tuple[tuple[DutyInfo, SlotView], ...]]
    """Person -> what has not come of the sessions that have begun."""

    @property
    def may_bind(self) -> bool:
        """Whether the reader invites this class's families."""
        return self.scope.may(BIND, self.unit.path)

    @property
    def may_call(self) -> bool:
        return self.scope.may(CALL, self.unit.path)

    @property
    def may_state(self) -> bool:
        return self.scope.may(STATE, self.unit.path)

    @property
    def may_give(self) -> bool:
        """Whether the reader names a substitute."""
        return self.scope.may(GRANT, self.unit.path)

    @property
    def is_check(self) -> bool:
        return self.duty.form == CHECK

    @property
    def may_send(self) -> bool:
        return self.may_report and not self.is_locked

    @property
    def counts(self) -> Counts:
        return next(counts for duty, counts in self.duties if duty.id == self.duty.id)

    @property
    def purpose(self) -> str:
        """What a draft of this page is for."""
        return f"class:{self.unit.code}:{self.shown.day}:{self.duty.code}"


def class_of(request: HttpRequest, reader: Reader, code: str, duty_code: str) -> Class:
    """Raises DomainError `unknown_duty`, `out_of_scope`, `wrong_role`, or what `day_unit` raises."""
    shown = shown_day(request)
    unit = named_class(reader, shown.day, code)
    known = expect_queries.duties()
    if duty_code not in DUTIES or duty_code not in known:
        raise DomainError("unknown_duty", "duty", known=", ".join(DUTIES))
    now, sessions = CLOCK.now(), ledger_queries.sessions_on(shown.day)
    begun = {row.duty_id for row in sessions if row.opens_at <= now}
    counted = list[tuple[DutyInfo, Counts]]()
    unheard: dict[int, tuple[tuple[DutyInfo, SlotView], ...]] = {}
    for duty in (known[one] for one in DUTIES if one in known):
        slots = ledger_queries.slots_of_unit(unit, shown.day, duty.id)
        counted.append((duty, _counts(slots)))
        for slot in slots if duty.id in begun else ():
            if slot.state in ("due", "missing") and slot.respondent_id > 0:
                unheard[slot.respondent_id] = (*unheard.get(slot.respondent_id, ()), (duty, slot))
    return Class(
        unit, shown, known[duty_code], tuple(counted), reader.scope, reader.scope.may(REPORT, unit.path),
        any(row.duty_id == known[duty_code].id and row.locks_at <= now for row in sessions), unheard,
    )  # fmt: skip


def named_class(reader: Reader, day: date, code: str) -> DayUnitRef:
    """A class whose pupils the reader sees by name. Raises DomainError `out_of_scope`, `wrong_role` and others."""
    unit = ledger_queries.day_unit(reader.scope, day, code)
    if unit.level != "class":
        raise DomainError("out_of_scope", "unit")
    reader.scope.require_power(NAMES, unit.path)
    return unit


def beside(found: Class) -> dict[str, int]:
    """What waits on the other pages of the class, in number."""
    reports = reports_of_class(found.scope, found.unit.code, found.shown.day)
    sick = sick_pupils(found.scope, found.unit.code, found.shown.day)
    return {"missing": len(found.unheard), "sick": len(sick),
            "differing": sum(1 for one in reports if one.differences and not one.is_seen)}  # fmt: skip


def _counts(slots: Iterable[SlotView]) -> Counts:
    """Of the class's own slots, each in the column of its state."""
    found = dict.fromkeys(("on_time", "late", "excused", "missing", "due", "voluntary"), 0)
    for slot in slots:
        found[state_key(slot.state, slot.on_time)] += 1
    return Counts(**found)


def cards_of(found: Class, sent: QueryDict | None = None) -> list[Card]:
    """A card for everyone who owes the duty, by code: the order of the class's own list of names."""
    slots = [
        slot
        for slot in ledger_queries.slots_of_unit(found.unit, found.shown.day, found.duty.id)
        if slot.state != "voluntary" and slot.respondent_id > 0  # past its term, a slot is nobody's
    ]
    people = roster_queries.codes_and_names([slot.respondent_id for slot in slots])
    form = form_in_force(found.duty.form)
    cards = [
        card_for(found.duty, (slot.respondent_id, *people[slot.respondent_id]), "", slot, sent,
                 is_brief=found.is_check, form=form)
        for slot in slots
    ]  # fmt: skip
    return sorted(cards, key=lambda card: list_order(card.code))


def list_order(code: str) -> tuple[int, str]:
    """Codes of one class differ in their last digits: K1-2 stands before K1-10, as on the class's list."""
    return len(code), code
