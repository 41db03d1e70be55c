"""A wall in a real browser: it goes on showing what it knew when the network is cut, and says how old that is."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_pages import Server, sign_in
from tests.builders import opened_city, report, send
from tests.web.cast import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def screen(chromium: Browser) -> Iterator[Page]:
    """A television whose network will be cut: the browser then complains aloud, which is no fault of the page."""
    context = chromium.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
    yield context.new_page()
    context.close()


def test_wall_is_live_survives_a_cut_and_tells_its_age(live_server: Server, screen: Page) -> None:
    opened_city()
    make_cast()
    screen.clock.install()
    sign_in(screen, live_server, "city_officer")
    screen.goto(f"{live_server.url}/screen/C/")
    wall = screen.locator("[data-wall]")
    expect(wall).to_have_attribute("data-state", "fresh")
    send(report("K1-1"))
    screen.clock.run_for(2000)
    expect(screen.locator(".nol-wall-of").first).to_contain_text("1 / 11")
    screen.context.set_offline(True)
    screen.clock.run_for(15_000)
    expect(wall).to_have_attribute("data-state", "ageing")
    expect(screen.get_by_text("网络中断")).to_be_visible()
    expect(screen.locator(".nol-wall-of").first).to_contain_text("1 / 11")
    screen.clock.run_for(60_000)
    expect(wall).to_have_attribute("data-state", "old")
    age = screen.locator("[data-age]").inner_text()
    assert 70 <= int(age) <= 80, age
    screen.context.set_offline(False)
    send(report("K1-2"))
    screen.clock.run_for(8000)
    expect(wall).to_have_attribute("data-state", "fresh")
    expect(screen.locator(".nol-wall-of").first).to_contain_text("2 / 11")
