"""Messages compiled, the clock at nine, and sign-in failures counted in a folder of the test."""

from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.test import Client
from django.utils.translation import trans_real
from pytest_django import Settings

from tests.builders import clock_at
from tests.web.messages import WEB


@pytest.fixture(scope="session", autouse=True)
def compiled_messages() -> None:
    source = WEB / "locale/zh_Hans/LC_MESSAGES/django.po"
    target = source.with_suffix(".mo")
    if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
        # Made beside and moved there: another worker of the same run may be reading already.
        with source.open("rb") as messages, NamedTemporaryFile(dir=target.parent, delete=False) as compiled:
            write_mo(compiled, read_po(messages, locale="zh_Hans", domain="django"))
        Path(compiled.name).replace(target)
        vars(trans_real)["_translations"].clear()


@pytest.fixture(autouse=True)
def at_nine(settings: Settings, tmp_path: Path) -> None:
    """It is nine in the morning of DAY, and nobody has tried to sign in."""
    settings.REHEARSAL_NOW = clock_at(9).now()
    settings.VAR_DIR = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def at(settings: Settings) -> "SetTime":
    return SetTime(settings)


class SetTime:
    """Moves the rehearsal clock."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def __call__(self, hour: int, minute: int = 0) -> datetime:
        self.settings.REHEARSAL_NOW = clock_at(hour, minute).now()
        now: datetime = self.settings.REHEARSAL_NOW
        return now
