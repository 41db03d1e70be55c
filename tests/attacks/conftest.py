"""An opened city whose people can be recognised wherever they turn up, and the web's own fixtures."""

import io
import logging
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from notoneless.kernel.crypto import Personal, seal
from notoneless.kernel.logs import PrivateFormatter
from notoneless.roster.models import Person, Unit
from tests.builders import opened_city
from tests.web.cast import make_cast
from tests.web.conftest import SetTime, at, at_nine, compiled_messages

__all__ = ["SetTime", "at", "at_nine", "compiled_messages"]
SECRETS = {
    "S": ("欧阳雪梅", "110105194912310021", "13912345678"),
    "T": ("慕容秋白", "440524188001010014", "13787654321"),
}
"""Of each school's people: name, document, telephone."""


@pytest.fixture
def city(db: None) -> dict[str, Unit]:
    """The city of tests/builders.py; everybody of school S has one name, document and phone, everybody of T another."""
    units = opened_city()
    make_cast()
    for code, secret in SECRETS.items():
        for person in Person.objects.filter(placements__unit__path__startswith=units[code].path):
            person.sealed = seal(Personal(*secret), context=person.code)
            person.save()
    return units


@pytest.fixture(autouse=True)
def unhurried(settings: Settings) -> None:
    """An attacker with a thousand addresses: what is tested here is not the pace."""
    settings.PAGE_PACES = dict.fromkeys(settings.PAGE_PACES, (1_000_000, 1_000_000.0))


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything that would have been logged, down to debugging, as the server writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PrivateFormatter())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(before)
    root.removeHandler(handler)
