"""The largest household, the rarest names, the slowest line and the back button, in a real Chromium."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from notoneless.collect.models import Report
from notoneless.expect.services import open_day
from notoneless.ledger.models import PersonSlot
from tests.browser.test_pages import Server, sign_in
from tests.builders import DAY, clock_at, make_city, make_person, make_unit
from tests.web.cast import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAMES = (
    "𠮷田𬭊", "㛃㛃", "😀小星星", "阿卜杜拉·买买提艾力·热合曼江", "Maximiliana-Konstantinopolskaya",
    "O'Brien <b>", "龘", "王小明", "王小明",
)  # fmt: skip
"""Characters outside the first plane, a sign no font need have, the longest, the hostile, the shortest, and twins."""
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 400 * 1024 / 8, "uploadThroughput": 400 * 1024 / 8}


@pytest.fixture
def nine_children() -> None:
    """One household with nine children in five schools; the cast's parent is its guardian."""
    units = make_city(pupils=0)
    schools = [units["K1"], units["K2"], units["L1"]]
    for number in range(3):
        schools.append(make_unit(f"X{number}1", "class", make_unit(f"X{number}", "primary", units["E"])))
    for number, name in enumerate(NAMES):
        make_person(f"N-{number}", schools[number % len(schools)], household="H1", name=name)
    open_day(DAY, clock=clock_at(0))
    make_cast()


def tell_all_well(page: Page) -> None:
    for number in range(len(NAMES)):
        page.locator("[id^=card-]").nth(number).get_by_text("一切正常", exact=True).click()
    page.get_by_role("button", name="提交").click()


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_nine_children_in_five_schools_with_any_name_fit(
    nine_children: None, live_server: Server, chromium: Browser, width: int
) -> None:  # fmt: skip
    page = chromium.new_page(viewport={"width": width, "height": 844}, locale="zh-CN")
    sign_in(page, live_server, "parent")
    for name in NAMES:
        expect(page.get_by_role("heading", name=name).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    tell_all_well(page)
    expect(page.get_by_text("已报（按时）")).to_have_count(9)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert PersonSlot.objects.filter(day=DAY, state="reported").count() == 9
    page.context.close()


def test_back_after_sending_shows_what_was_received_and_asks_nothing_again(
    nine_children: None, live_server: Server, phone: Page
) -> None:  # fmt: skip
    sign_in(phone, live_server, "parent")
    tell_all_well(phone)
    expect(phone.get_by_text("已报（按时）")).to_have_count(9)
    phone.go_back()
    expect(phone).to_have_url(re.compile("/family/$"))
    expect(phone.get_by_text("已报（按时）")).to_have_count(9)
    assert Report.objects.count() == 9


def test_on_slow_3g_a_report_arrives(nine_children: None, live_server: Server, phone: Page) -> None:
    """400 ms to the server and 400 kbit/s; how long it takes is `make looks`' to say."""
    line = phone.context.new_cdp_session(phone)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW_3G)
    sign_in(phone, live_server, "parent")
    tell_all_well(phone)
    expect(phone.get_by_text("已报（按时）")).to_have_count(9, timeout=20_000)
    assert PersonSlot.objects.filter(day=DAY, state="reported").count() == 9
