"""Every test's database has the standing duties, rules, calendar and forms."""

import pytest
from pytest_django import DjangoDbBlocker

from notoneless.collect.services import seed_forms
from notoneless.expect.services import seed_standard


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        seed_standard()
        seed_forms()


@pytest.fixture(autouse=True)
def standing_rules(request: pytest.FixtureRequest) -> None:
    """A test with real transactions ends by emptying every table, so the next one of its kind seeds them again."""
    marker = request.node.get_closest_marker("django_db")
    is_transactional = bool(marker and marker.kwargs.get("transaction"))
    if is_transactional or {"transactional_db", "live_server"} & set(request.fixturenames):
        request.getfixturevalue("transactional_db")
        seed_standard()
        seed_forms()
