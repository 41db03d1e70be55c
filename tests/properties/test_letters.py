"""Letters counted in sets equal counting one by one; confirming in any order and number is one receipt a household."""

from collections.abc import Mapping

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notoneless.publish import queries, services
from notoneless.publish.models import Receipt
from notoneless.publish.queries import Counts, counts
from notoneless.publish.rules import Words
from notoneless.roster.models import Household, Unit
from notoneless.roster.scope import SYSTEM, Scope
from tests.builders import DAY, clock_at, make_person, make_unit

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
HOMES = ("H1", "H2", "H3", "H4")
people = st.lists(
    st.tuples(st.sampled_from(HOMES), st.sampled_from(["K1", "K2", "L1", "T"]), st.sampled_from(["student", "staff"])),
    min_size=1, max_size=9,
)  # fmt: skip
acts = st.lists(
    st.tuples(st.sampled_from(HOMES), st.sampled_from(["show", "confirm"]), st.sampled_from(["father", "mother"])),
    max_size=12,
)  # fmt: skip


def build(who: list[tuple[str, str, str]]) -> Mapping[str, Unit]:
    city = make_unit("C", "city")
    s, t = make_unit("S", "primary", city), make_unit("T", "junior", city)
    units = {"C": city, "S": s, "T": t, "K1": make_unit("K1", "class", s), "K2": make_unit("K2", "class", s)}
    units["L1"] = make_unit("L1", "class", t)
    for code in HOMES:
        Household.objects.get_or_create(code=code)
    for number, (home, code, population) in enumerate(who):
        make_person(f"p{number}", units[code], household=home, population=population)
    return units


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(who=people, done=acts, sender=st.sampled_from(["C", "S", "T", "K1"]), many=st.sampled_from([0, 1000]))
def test_counts_sum_to_the_whole_and_a_household_has_one_receipt(
    monkeypatch: pytest.MonkeyPatch, who: list[tuple[str, str, str]], done: list[tuple[str, str, str]], sender: str,
    many: int,
) -> None:  # fmt: skip
    """`many`: 0 counts every unit as a city counts."""
    monkeypatch.setattr(counts, "MANY_UNITS", many)
    with transaction.atomic():
        units = build(who)
        told: dict[str, list[str]] = {}
        for home, code, population in who:
            if population == "student" and units[code].path.startswith(units[sender].path):
                told.setdefault(home, []).append(units[code].path)
        if told:
            _hold(units, told, done, sender)
        transaction.set_rollback(True)


def _hold(units: Mapping[str, Unit], told: dict[str, list[str]], done: list[tuple[str, str, str]], sender: str) -> None:
    letter = services.send_letter(
        SYSTEM, sender, Words("receipt", "春游", "周五出发。"), number=len(told), clock=clock_at(9)
    )
    first: dict[str, str] = {}
    for home, act, who in done:
        scope = Scope(who, households=frozenset({Household.objects.get(code=home).pk}), powers=())
        if home not in told:
            assert queries.unread_count(scope) == 0
            continue
        if act == "show":
            services.note_shown(scope, letter.pk, clock=clock_at(10))
        else:
            assert services.confirm_letter(scope, letter.pk, clock=clock_at(11)) == (home not in first)
            first.setdefault(home, who)
        assert queries.unread_count(scope) == (home not in first)
    opened = {home for home, _, _ in done} & set(told)
    assert Receipt.objects.filter(letter=letter).count() == len(opened)
    by = dict(Receipt.objects.exclude(confirmed_at=None).values_list("household__code", "confirmed_by"))
    assert by == first
    for code, unit in units.items():
        if not unit.path.startswith(units[sender].path):
            continue
        here = {home for home, paths in told.items() if min(paths).startswith(unit.path)}
        found = queries.standing_of(SYSTEM, code, letter.pk)
        assert found.total == Counts(len(here), len(here & opened), len(here & set(first)))
        for figure in ("households", "opened", "confirmed"):
            assert sum(getattr(line.counts, figure) for line in found.lines) == getattr(found.total, figure)
        families = {home for home, paths in told.items() if any(path.startswith(unit.path) for path in paths)}
        assert found.elsewhere == len(families - here)
        itself = {home for home in here if min(told[home]) == unit.path}
        total, shown = queries.unconfirmed_of(SYSTEM, code, letter.pk, today=DAY, limit=50, offset=0)
        assert total == len(shown) == len(itself - set(first))
