"""Nothing outside the viewer's scope appears: every viewer, every unit, every question, exhaustively."""

import itertools

import pytest

from notoneless.kernel.errors import DomainError
from notoneless.ledger import queries as ledger_queries
from notoneless.rollup.queries import completeness, missing_people, missing_units, ranking
from notoneless.roster.models import Household
from notoneless.roster.scope import Scope
from tests.builders import DAY, opened_city, report, send

VIEWERS = ("C", "D", "E", "S", "T", "K1", "K2", "L1")
LEVELS = ("district", "school", "class")


@pytest.mark.django_db
def test_every_answer_lies_within_the_viewers_reach() -> None:
    units = opened_city()
    send(report("K1-1"), report("L1-2"), report("S-t", by="self"))
    paths = {code: unit.path for code, unit in units.items()}
    refusals = 0
    for viewer, asked in itertools.product(VIEWERS, VIEWERS):
        scope = Scope(actor=viewer, paths=(paths[viewer],))
        if not paths[asked].startswith(paths[viewer]):
            for ask in (completeness, missing_people, ranking):
                with pytest.raises(DomainError, match="out_of_scope"):
                    ask(scope, asked, DAY, "daily-health")
            refusals += 1
            continue
        answer = completeness(scope, asked, DAY, "daily-health")
        seen = [answer.line.unit, *(child.unit for child in answer.children)]
        seen += [item.unit for item in missing_people(scope, asked, DAY, "daily-health").items]
        for level in LEVELS:
            seen += [ranked.line.unit for ranked in ranking(scope, asked, DAY, "daily-health", level)]
            seen += [line.unit for line in missing_units(scope, asked, DAY, "daily-health", level)]
        assert all(unit.path.startswith(paths[viewer]) for unit in seen)
    assert refusals == 41


@pytest.mark.django_db
def test_a_household_opens_no_unit_and_reports_for_nobody_else() -> None:
    opened_city()
    home = Household.objects.get(code="H1")
    guardian = Scope(actor="mum", households=frozenset([home.pk]))
    for code in VIEWERS:
        with pytest.raises(DomainError, match="out_of_scope"):
            ledger_queries.day_unit(guardian, DAY, code)
    people = [f"{unit}-{n}" for unit in ("K1", "K2", "L1") for n in (1, 2, 3)] + ["S-t"]
    outcomes = send(*(report(person) for person in people), scope=guardian)
    assert [person for person, outcome in zip(people, outcomes, strict=True) if not outcome.error] == [
        "K1-1", "K2-1", "L1-1",
    ]  # fmt: skip
