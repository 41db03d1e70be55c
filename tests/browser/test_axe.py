"""axe-core on every page that `make looks` looks at.

Here once light and in Chinese on a phone, once dark and in English on a desk; all combinations: `make looks`.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from looks.axe import ASK, AXE
from looks.pages import LOOKS
from tests.browser.test_pages import Server, sign_in
from tests.builders import check, opened_city, report, send
from tests.web.cast import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CAST = {
    "": ("", ""), "family": ("parent", ""), "teacher": ("teacher", "K1"), "school": ("principal", "S"),
    "city": ("city_officer", "C"), "district": ("officer", "D"), "security": ("security_admin", "C"),
    "audit": ("audit_admin", "C"),
}  # fmt: skip
"""Who reads in the demo city -> who in the tests' city, and where."""
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("language", "theme", "size"), [("zh-CN", "light", (390, 844)), ("en-GB", "dark", (1440, 900))]
)
def test_no_page_has_a_violation(
    live_server: Server, chromium: Browser, language: str, theme: str, size: tuple[int, int]
) -> None:
    opened_city()
    make_cast()
    send(report("K1-1", answers={"condition": "unwell", "symptoms": ["cough"]}), check("K1-1", "sick"))
    source = (ROOT / AXE).read_text(encoding="utf-8")
    found: list[str] = []
    for reader in dict.fromkeys(look.reader for look in LOOKS):
        name, home = CAST[reader]
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="zh-CN", reduced_motion="reduce",
            color_scheme="dark" if theme == "dark" else "light",
        )  # fmt: skip
        page = context.new_page()
        if name:
            sign_in(page, live_server, name)
        tongue = "en" if language.startswith("en") else "zh-hans"
        context.add_cookies([{"name": "django_language", "value": tongue, "url": live_server.url}])
        for look in LOOKS:
            if look.reader == reader:
                page.goto(live_server.url + look.address.format(home=home))
                page.evaluate(source)
                found += [f"{look.name}: {rule}: {nodes[0]}" for rule, _impact, nodes in page.evaluate(ASK)]
        context.close()
    assert found == []
