"""A demo city of its own, served on the loopback for as long as it is looked at, and browsers signed in to it."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from looks.pages import PASSWORD

NOL = Path(sys.executable).parent / "nol"
CHROMIUM = os.environ.get("NOL_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic",
]  # fmt: skip


@contextmanager
def served(scale: str = "tiny") -> Iterator[str]:
    """The address of a fresh demo city; its folder is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="nol-looks-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
        probe.close()
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        environment["NOL_VAR"] = folder
        subprocess.run([NOL, "demo", "--scale", scale], env=environment, check=True, stdout=subprocess.DEVNULL)
        with (Path(folder) / "serve.log").open("wb") as log:
            server = subprocess.Popen([NOL, "serve", "--port", port], env=environment, stdout=log, stderr=log)
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_for(address)
            yield address
        finally:
            server.terminate()
            server.wait(30)


def _wait_for(address: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{address}/sign-in/", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise SystemExit(f"looks: {address} does not answer")


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Readers:
    """Signs each reader of the demo in once; a context for any language, theme and size begins signed in."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self._address = address
        self._states: dict[str, tuple[Any, str]] = {"": (None, "")}

    def home(self, name: str) -> str:
        """The code of the unit at which the reader begins; empty for a family."""
        return self._signed_in(name)[1]

    def context(self, name: str, *, language: str, theme: str, size: tuple[int, int]) -> BrowserContext:
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]}, storage_state=self._signed_in(name)[0],
            locale="en-GB" if language == "en" else "zh-CN", color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
        )  # fmt: skip
        context.set_default_timeout(20_000)
        return context

    def cookies(self, name: str) -> str:
        """As a request carries them."""
        return "; ".join(f"{one['name']}={one['value']}" for one in self._signed_in(name)[0]["cookies"])

    def _signed_in(self, name: str) -> tuple[Any, str]:
        if name not in self._states:
            context = self._browser.new_context(locale="zh-CN")
            page = context.new_page()
            page.goto(f"{self._address}/sign-in/")
            page.locator("input[name=username]").fill(name)
            page.locator("input[name=password]").fill(PASSWORD)
            page.locator("input[name=password]").press("Enter")
            page.wait_for_url(re.compile(r"/(family|class|school|bureau|office)/"))
            found = re.search(r"/(?:class|school|bureau)/([^/?]+)/", page.url)
            self._states[name] = (context.storage_state(), found[1] if found else "")
            context.close()
        return self._states[name]
