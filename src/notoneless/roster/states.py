"""Where people stand: a state is recorded from a day on, and ended from a day on. One at a time.

Whoever records tells later stages in the same transaction, and the duties of the days that are open follow.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q

from notoneless.kernel import audit, outbox
from notoneless.kernel.clock import Clock
from notoneless.kernel.errors import DomainError
from notoneless.kernel.sql import lock_exclusively
from notoneless.roster.kinds import RECORDED_STATES
from notoneless.roster.models import Person, PersonState, Placement
from notoneless.roster.queries import held_on
from notoneless.roster.roles import STATE
from notoneless.roster.scope import Scope

CHECK = "check"
"""The source of a state that follows from a class check; the check takes it back when it is corrected."""


@dataclass(frozen=True)
class StateRef:
    """A person's state on a day. `to_day` is the day after its last."""

    state: str
    from_day: date
    to_day: date | None
    source: str


def states_on(day: date, person_ids: Collection[int]) -> Mapping[int, StateRef]:
    """The recorded states of these people on a day; whoever is not in the answer is at school."""
    rows = PersonState.objects.filter(held_on(day), person_id__in=person_ids)
    return {row.person_id: StateRef(row.state, row.from_day, row.to_day, row.source) for row in rows}


def people_in_state(state: str, path: str, day: date) -> dict[int, tuple[int, StateRef]]:
    """Person -> the unit where they belong and the state, of all below a path who are in this state on a day.

    Ids only, so no scope: callers have found the unit within theirs.
    """
    rows = PersonState.objects.filter(held_on(day), state=state)
    placed = Placement.objects.filter(held_on(day), unit__path__startswith=path, person_id__in=rows.values("person_id"))
    units = dict(placed.values_list("person_id", "unit_id"))
    return {
        row.person_id: (units[row.person_id], StateRef(row.state, row.from_day, row.to_day, row.source))
        for row in rows.filter(person_id__in=units)
    }


def record_state(
    scope: Scope, person_code: str, state: str, *, first_day: date, clock: Clock, last_day: date | None = None,
    source: str = "office",
) -> PersonState:  # fmt: skip
    """From `first_day` on (to `last_day`, if given) the person is in this state.

    Raises DomainError `unknown_state`, `days_out_of_order`, `state_before_begin`, or what `person_in_scope` raises.
    """
    if state not in RECORDED_STATES:
        raise DomainError("unknown_state", "state", known=", ".join(RECORDED_STATES))
    if last_day is not None and last_day < first_day:
        raise DomainError("days_out_of_order", "last_day")
    person = person_in_scope(scope, person_code)
    with transaction.atomic():
        lock_exclusively(f"state:{person.pk}")
        after = None if last_day is None else last_day + timedelta(days=1)
        row = _begin(person.pk, state, first_day, after, actor=scope.actor, source=source)
        audit.record(scope.actor, f"state.{state}", audit.person_subject(person.code), clock=clock,
                     detail={"first_day": str(first_day), "last_day": str(last_day or "")})  # fmt: skip
        _tell([person.pk], first_day, clock=clock)
    return row


def end_state(scope: Scope, person_code: str, *, on: date, clock: Clock) -> None:
    """From `on` the person is back at school (cleared). Raises DomainError `no_open_state`, `state_before_begin`."""
    person = person_in_scope(scope, person_code)
    with transaction.atomic():
        lock_exclusively(f"state:{person.pk}")
        row = PersonState.objects.filter(held_on(on), person=person).first()
        if row is None:
            raise DomainError("no_open_state", "person")
        _end(row, on, actor=scope.actor)
        audit.record(
            scope.actor,
            "state.end",
            audit.person_subject(person.code),
            clock=clock,
            detail={"on": str(on), "state": row.state},
        )
        _tell([person.pk], on, clock=clock)


def follow_check(absent: Mapping[int, str], present: Collection[int], day: date, *, clock: Clock) -> list[int]:
    """What a class check has seen: `absent` person id -> state, from this day on; whoever is `present` has come back.

    Only a state that a check or a leave note opened ends so: the ill come back with a clearance. Returns whose state
    has changed.
    """
    changed = []
    for person_id, state in sorted(absent.items()):
        with transaction.atomic():
            lock_exclusively(f"state:{person_id}")
            row = PersonState.objects.filter(held_on(day), person_id=person_id).first()
            if row is not None and (row.state == state or row.source != CHECK):
                continue
            later = PersonState.objects.filter(person_id=person_id, from_day__gt=day).exists()
            if not later:
                _begin(person_id, state, day, None, actor="check", source=CHECK)
                changed.append(person_id)
    back = PersonState.objects.filter(held_on(day), person_id__in=present).filter(
        Q(state="leave") | Q(source=CHECK, from_day=day)
    )
    for row in back:
        with transaction.atomic():
            lock_exclusively(f"state:{row.person_id}")
            _end(row, day, actor="check")
            changed.append(row.person_id)
    if changed:
        _tell(changed, day, clock=clock)
    return changed


def _begin(
    person_id: int, state: str, first_day: date, after: date | None, *, actor: str, source: str
) -> PersonState:  # fmt: skip
    if PersonState.objects.filter(person_id=person_id, from_day__gt=first_day).exists():
        raise DomainError("state_before_begin", "first_day", day=first_day)
    for row in PersonState.objects.filter(held_on(first_day), person_id=person_id):
        _end(row, first_day, actor=actor)
    return PersonState.objects.create(
        person_id=person_id, state=state, from_day=first_day, to_day=after, source=source, opened_by=actor
    )


def _end(row: PersonState, on: date, *, actor: str) -> None:
    """A state that ends on the day of its beginning never was."""
    if on < row.from_day:
        raise DomainError("state_before_begin", "on", day=on)
    if on == row.from_day:
        row.delete()
        return
    row.to_day, row.closed_by = on, actor
    row.save(update_fields=["to_day", "closed_by"])


def _tell(person_ids: Sequence[int], first_day: date, *, clock: Clock) -> None:
    outbox.post("state.changed", {"people": list(person_ids), "first_day": str(first_day)}, clock=clock)


def person_in_scope(scope: Scope, code: str) -> Person:
    """A person whose state the scope may record. Raises DomainError `unknown_person`, `out_of_scope`, `wrong_role`."""
    person = Person.objects.filter(code=code).first()
    if person is None:
        raise DomainError("unknown_person" if scope.is_everything else "out_of_scope", "person")
    path = Placement.objects.filter(person=person, to_day=None).values_list("unit__path", flat=True).first()
    scope.require_power(STATE, path or "", "person")
    return person
