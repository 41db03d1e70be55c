"""Every test's database has the standing duties, rules, calendar and forms. What needs no database is marked `pure`."""

import unittest
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from notoneless.collect.services import seed_forms
from notoneless.expect.services import seed_standard
from notoneless.web.reading import written

TESTS = Path(__file__).parent
SERVERS = (TESTS / "faults", TESTS / "web" / "lane")
"""Where tests start servers, which find the database of DATABASE_URL by themselves."""
DATABASES = {"db", "transactional_db", "live_server"}


def is_pure(item: pytest.Item) -> bool:
    """Whether a test meets no database of DATABASE_URL, so that it says the same on both: pytest-django lets no other
    test ask one, and those that start `nol` take DATABASE_URL from it."""
    is_case = isinstance(item, pytest.Function) and item.cls is not None and issubclass(item.cls, unittest.TestCase)
    asks = item.get_closest_marker("django_db") is not None or bool(DATABASES & set(getattr(item, "fixturenames", ())))
    return not (is_case or asks or any(folder in item.path.parents for folder in SERVERS))


@pytest.hookimpl(tryfirst=True)  # before the expression of -m is asked
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if is_pure(item):
            item.add_marker("pure")


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> None:
    """A hash of a password is slow on purpose: a third of a second, for each account that a test makes or signs in."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


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
        written.forget()  # it has ended with the tables
        seed_standard()
        seed_forms()
