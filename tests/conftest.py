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
