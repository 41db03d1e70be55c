"""Whatever a roster holds: the order of rows does not matter, a repeat changes nothing, the counts sum."""

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notoneless.roster.imports.outcome import ImportOutcome
from notoneless.roster.imports.unit_rows import UnitState
from notoneless.roster.imports.unit_tree import take_out_unfit
from notoneless.roster.models import Household, Person, Placement, Unit
from notoneless.roster.services import import_roster
from tests.roster.conftest import CLOCK, PEOPLE_HEADER, UNIT_HEADER

KINDS = ("city", "district", "central_school", "primary", "junior", "class", "castle")
CODES = [f"U{number}" for number in range(7)]

units = st.lists(
    st.tuples(st.sampled_from(CODES), st.sampled_from(KINDS), st.sampled_from(["", *CODES, "NOWHERE"])),
    max_size=7, unique_by=lambda row: row[0],
)  # fmt: skip
people = st.lists(
    st.tuples(
        st.sampled_from([f"P{number}" for number in range(8)]),
        st.sampled_from(["student", "staff", "relative", "robot"]),
        st.sampled_from(["", *CODES]),
        st.sampled_from(["", "H1", "H2"]),
        # No document twice: which of two rows keeps it is a matter of order, by design.
        st.sampled_from(["", "", "bad"]),
        st.sampled_from(["", "13800000001", "12"]),
        st.sampled_from(["", "男", "2", "?"]),
        st.sampled_from(["", "2015/3/1", "20150301", "2015-02-30"]),
        st.sampled_from(["", "boarder", "foreign;boarder", "boarder；foreign"]),
    ),
    max_size=8, unique_by=lambda row: row[0],
)  # fmt: skip

UnitRows = list[tuple[str, str, str]]
PersonRows = list[tuple[str, str, str, str, str, str, str, str, str]]


def bring(unit_rows: UnitRows, person_rows: PersonRows) -> ImportOutcome:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = [UNIT_HEADER, *(f"{code},名,{kind},{authority},,,," for code, kind, authority in unit_rows)]
        (folder / "units.csv").write_text("\n".join(lines), encoding="utf-8")
        lines = [PEOPLE_HEADER]
        for code, population, unit, home, number, phone, sex, birth, tags in person_rows:
            lines.append(f"{code},名,{population},{unit},{home},,{number},{phone},{sex},{birth},{tags}")
        (folder / "people.csv").write_text("\n".join(lines), encoding="utf-8")
        paths = [folder / "people.csv", folder / "units.csv"]
        return import_roster(paths, scope_actor="property", clock=CLOCK)


def forget() -> None:
    for model in (Placement, Person, Household):
        model.objects.all().delete()
    Unit.objects.update(authority=None)
    Unit.objects.all().delete()


def contents() -> object:
    """The roster without its ids."""
    tree = {unit.id: unit.code for unit in Unit.objects.all()}
    return (
        sorted((unit.code, unit.kind, tree.get(unit.authority_id or 0), tree.get(unit.district_id),
                tree.get(unit.school_id), [tree[int(part, 36)] for part in unit.path.split(".") if part])
               for unit in Unit.objects.all()),
        sorted(Person.objects.values_list("code", "population", "household__code", "sex", "birth_date", "tags")),
        sorted(Placement.objects.values_list("person__code", "unit__code", "kind", "from_day", "to_day")),
    )  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(units, people, st.randoms(use_true_random=False))
def test_order_is_irrelevant_and_a_repeat_changes_nothing(
    unit_rows: UnitRows, person_rows: PersonRows, rng: random.Random
) -> None:
    forget()
    first = bring(unit_rows, person_rows)
    stands = contents()
    again = bring(unit_rows, person_rows)

    assert first.rows == len(unit_rows) + len(person_rows)
    assert first.rows == first.added + first.changed + first.unchanged + first.refused
    assert (first.changed, first.unchanged) == (0, 0)
    assert (again.added, again.changed, again.unchanged, again.refused) == (0, 0, first.added, first.refused)
    assert contents() == stands

    forget()
    rng.shuffle(unit_rows)
    rng.shuffle(person_rows)
    shuffled = bring(unit_rows, person_rows)
    assert (shuffled.added, shuffled.refused) == (first.added, first.refused)
    assert contents() == stands


@settings(max_examples=300, deadline=None)
@given(units, units)
def test_tree_that_is_left_has_no_loops_and_no_loose_ends(held: UnitRows, wanted: UnitRows) -> None:
    levels = {"central_school": "central", "primary": "school", "junior": "school"}

    def states(rows: UnitRows, known: dict[str, UnitState]) -> dict[str, UnitState]:
        made = {
            code: UnitState(code, "", "", kind, levels.get(kind, kind), authority, "", "", "", None, None)
            for code, kind, authority in rows if kind != "castle"
        }  # fmt: skip
        list(take_out_unfit(known, made))
        return made

    known = states(held, {})
    tree = {**known, **states(wanted, known)}

    for unit in tree.values():
        steps, above = 0, unit.authority
        while above:
            assert above in tree and tree[above].level != "class"
            above, steps = tree[above].authority, steps + 1
            assert steps <= len(tree)
