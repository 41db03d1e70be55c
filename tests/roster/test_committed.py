"""Imports that really commit, outside a test's own transaction."""

import pytest

from notoneless.kernel.sql import fetch, is_postgres
from notoneless.roster.imports import person_merge
from notoneless.roster.models import Person, Unit
from notoneless.roster.services import import_roster
from tests.roster.conftest import CLOCK, PEOPLE, UNITS, Import

pytestmark = pytest.mark.django_db(transaction=True)


def test_import_leaves_no_scratch_tables_and_settings_behind(bring: Import) -> None:
    before = None if is_postgres() else fetch("PRAGMA temp_store")

    assert bring(UNITS, PEOPLE).added == 16
    assert bring(UNITS, PEOPLE, is_dry_run=True).unchanged == 16

    catalogue, name = (
        ("pg_class WHERE relpersistence = 't' AND", "relname")
        if is_postgres()
        else ("sqlite_temp_master WHERE", "name")
    )
    assert fetch(f"SELECT count(*) FROM {catalogue} substr({name}, 1, 7) = 'import_'") == [(0,)]
    assert before is None or fetch("PRAGMA temp_store") == before


def test_crash_half_way_leaves_nothing_half_done(bring: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(**_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(person_merge, "write_people", crash)
    with pytest.raises(OSError, match="full"):
        bring(UNITS, PEOPLE)

    assert (Unit.objects.count(), Person.objects.count()) == (0, 0)
    monkeypatch.undo()
    assert bring(UNITS, PEOPLE).added == 16


def test_nothing_to_import_is_no_error() -> None:
    assert import_roster([], scope_actor="clerk", clock=CLOCK).rows == 0
