"""A real Chromium against a live server. A machine without one fails, it does not skip."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import Settings

from tests.builders import clock_at
from tests.web.conftest import compiled_messages

__all__ = ["compiled_messages"]

CUT = "net::ERR_INTERNET_DISCONNECTED"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic",
]  # fmt: skip


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("NOL_CHROMIUM", "/usr/bin/chromium")
    if not Path(path).exists():
        pytest.fail(f"no Chromium at {path}: install one, or name it in NOL_CHROMIUM")
    # Playwright's own loop runs in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(autouse=True)
def at_nine(settings: Settings, tmp_path: Path) -> None:
    settings.REHEARSAL_NOW = clock_at(9).now()
    settings.VAR_DIR = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A phone that fails the test on any error of a script or breach of the policy."""
    yield from _page(chromium, 390, 844)


@pytest.fixture
def desk(chromium: Browser) -> Iterator[Page]:
    yield from _page(chromium, 1440, 900)


def _page(chromium: Browser, width: int, height: int) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    # What the browser says when a test itself has cut the line is no fault of the page.
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" and CUT not in said.text else None)
    yield page
    context.close()
    assert wrong == []
