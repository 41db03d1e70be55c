"""The roster is read through a scope, and nothing outside it is seen."""

import pytest

from notoneless.kernel.errors import DomainError
from notoneless.roster import queries as roster_queries
from notoneless.roster.imports.outcome import ImportOutcome
from notoneless.roster.models import Account, Grant, Household, Person, Unit
from notoneless.roster.scope import SYSTEM, Scope
from tests.roster.conftest import TODAY

pytestmark = pytest.mark.usefixtures("county")


def scope_at(code: str) -> Scope:
    return Scope(actor="teacher", paths=(Unit.objects.get(code=code).path,))


def ids_of(*codes: str) -> list[int]:
    return [Person.objects.get(code=code).id for code in codes]


def test_unknown_unit_and_unit_out_of_reach_look_alike_to_a_viewer() -> None:
    assert roster_queries.unit_by_code(scope_at("2141000001"), "C1").code == "C1"
    for scope, code, error in (
        (SYSTEM, "NOWHERE", "unknown_unit"),
        (scope_at("C1"), "NOWHERE", "out_of_scope"),
        (scope_at("C1"), "C2", "out_of_scope"),
    ):
        with pytest.raises(DomainError) as raised:
            roster_queries.unit_by_code(scope, code)
        assert (raised.value.code, raised.value.field) == (error, "unit")


def test_chain_goes_up_as_far_as_the_scope() -> None:
    room = Unit.objects.get(code="C1")

    assert [unit.code for unit in roster_queries.unit_chain(SYSTEM, room)] == ["CITY", "YC", "2141000001", "C1"]
    assert [unit.code for unit in roster_queries.unit_chain(scope_at("2141000001"), room)] == ["2141000001", "C1"]


def test_people_of_a_class_are_seen_by_its_teacher_only() -> None:
    units = [Unit.objects.get(code=code).id for code in ("C1", "C2")]

    rows = roster_queries.people_in_units(scope_at("C1"), units, day=TODAY)
    pupils = roster_queries.people_in_units(SYSTEM, units, day=TODAY, populations=["student"])

    assert [(row.code, row.name, row.population, row.tags) for row in rows] == [
        ("R1", "张父", "relative", "[]"), ("S1", "张三", "student", '["boarder"]')
    ]  # fmt: skip
    assert [row.code for row in pupils] == ["S1", "S2"]


def test_guardian_sees_the_children_of_the_household_and_nobody_else() -> None:
    home = Household.objects.get(code="H1")
    scope = Scope(actor="father", households=frozenset({home.id}))

    assert [row.code for row in roster_queries.children_of_household(scope)] == ["S1", "S2"]
    assert list(roster_queries.names_of(scope, ids_of("S1", "S3")).values()) == ["张三"]


def test_names_outside_the_scope_are_left_out() -> None:
    assert list(roster_queries.names_of(scope_at("YC"), ids_of("S1", "S3", "T1")).values()) == ["张三", "赵老师"]
    assert len(roster_queries.names_of(SYSTEM, ids_of("S1", "S3", "T1"))) == 3
    assert roster_queries.names_of(Scope(actor="nobody"), ids_of("S1")) == {}


def test_persons_by_code_is_one_statement(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator] # the fixture's type is its plugin's
        found = roster_queries.persons_by_code(["S1", "NOBODY"])
    assert [(ref.code, ref.population) for ref in found.values()] == [("S1", "student")]


def test_scope_follows_the_grants(county: ImportOutcome) -> None:
    account = Account.objects.create_user("ming", is_superuser=True)
    school, home = Unit.objects.get(code="2141000001"), Household.objects.get(code="H1")

    assert roster_queries.scope_of(account, TODAY) == Scope("ming", powers=())
    Grant.objects.create(account=account, role="teacher", unit=school)
    Grant.objects.create(account=account, role="guardian", household=home)
    reach = roster_queries.scope_of(account, TODAY)
    assert (reach.paths, reach.households) == ((school.path,), frozenset({home.id}))
    assert reach.may("report", school.path) and not reach.may("sign", school.path)
    account.is_active = False
    assert roster_queries.scope_of(account, TODAY) == Scope("ming", powers=())
