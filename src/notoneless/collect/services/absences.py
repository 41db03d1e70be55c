"""A class check says where a pupil stands: absent for illness is ill at home from that day, until cleared."""

from collections.abc import Iterable, Mapping
from datetime import date

from notoneless.kernel.clock import Clock
from notoneless.kernel.sql import fetch
from notoneless.ledger.services import decode_measures
from notoneless.roster import states

FORM = "class-check"
STATES: Mapping[str, str] = {"absent.sick": "sick_home", "absent.injured": "sick_home", "absent.personal": "leave"}
"""Measure of the form -> the state that it opens (issue of duties: design.md, section 4)."""
PRESENT = "present"


def follow_checks(filled: Iterable[tuple[date, int, int]], *, clock: Clock) -> int:
    """`filled`: (day, duty id, unit id) of checks that came in. What the slots say now decides, so that a repeat, or a
    correction that overtook what it corrects, ends the same. Returns whose state has changed, in number.
    """
    by_day: dict[tuple[date, int], set[int]] = {}
    for day, duty_id, unit_id in filled:
        by_day.setdefault((day, duty_id), set()).add(unit_id)
    changed = 0
    for (day, duty_id), units in sorted(by_day.items()):
        marks = ", ".join(["%s"] * len(units))
        rows = fetch(
            "SELECT respondent_id, measures FROM person_slot WHERE district_id IN"
            f" (SELECT district_id FROM day_unit WHERE day = %s AND unit_id IN ({marks}))"
            f" AND day = %s AND duty_id = %s AND unit_id IN ({marks}) AND filled_at IS NOT NULL",
            [day, *sorted(units), day, duty_id, *sorted(units)],
        )
        absent: dict[int, str] = {}
        present: list[int] = []
        for person_id, text in rows:
            measures = decode_measures(text)
            state = next((STATES[measure] for measure in measures if measure in STATES), None)
            if state is not None:
                absent[person_id] = state
            elif PRESENT in measures:
                present.append(person_id)
        changed += len(states.follow_check(absent, present, day, clock=clock))
    return changed
