"""A school writes, a family reads and confirms on its telephone, the school sees it: with and without a script."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from notoneless.publish import services
from notoneless.publish.models import Letter, Receipt
from notoneless.publish.rules import Words
from notoneless.roster.scope import SYSTEM
from tests.browser.test_pages import Server, sign_in
from tests.builders import clock_at, opened_city
from tests.web.cast import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LETTER = Words("receipt", "周五提前放学", "各位家长：\n\n本周五15:40放学，详见 https://www.example.cn/a 。")


@pytest.fixture(autouse=True)
def city() -> None:
    opened_city(pupils=1)
    make_cast()


def test_school_writes_and_family_confirms(live_server: Server, desk: Page, phone: Page) -> None:
    sign_in(desk, live_server, "principal")
    desk.goto(f"{live_server.url}/unit/S/letters/new/")
    desk.get_by_text("阅读并点一次").click()
    desk.get_by_label("标题（中文）").fill("周五提前放学 🚌")
    desk.get_by_label("内容（中文）").fill("本周五15:40放学。")
    desk.get_by_role("button", name="预览").click()
    expect(desk.get_by_role("region", name="中文家长看到的")).to_contain_text("本周五15:40放学。")
    desk.get_by_role("button", name="返回修改").click()
    expect(desk.get_by_label("标题（中文）")).to_have_value("周五提前放学 🚌")
    desk.get_by_role("button", name="预览").click()
    desk.get_by_role("button", name="发送给 1 户家庭").dblclick()
    expect(desk.get_by_role("heading", name="周五提前放学 🚌", level=1)).to_be_visible()
    sign_in(phone, live_server, "parent")
    phone.goto(f"{live_server.url}/family/letters/")
    phone.get_by_role("link", name=re.compile("周五提前放学")).click()
    phone.get_by_role("button", name="确认已阅").dblclick()
    expect(phone.get_by_text("您家已确认，无需再做什么。")).to_be_visible()
    assert Receipt.objects.get().confirmed_by == "parent" and Letter.objects.count() == 1
    desk.reload()
    expect(desk.get_by_text("已确认").first).to_be_visible()
    expect(desk.locator(".nol-figure", has_text="未确认")).to_contain_text("0")


def test_family_confirms_without_a_script_at_320_pixels(live_server: Server, chromium: Browser) -> None:
    letter = services.send_letter(SYSTEM, "S", LETTER, clock=clock_at(8))
    context = chromium.new_context(viewport={"width": 320, "height": 568}, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server, "parent")
    page.goto(f"{live_server.url}/family/letters/{letter.pk}/")
    link = page.get_by_role("link", name="www.example.cn/a")
    assert link.get_attribute("rel") == "noopener noreferrer nofollow external"
    button = page.get_by_role("button", name="确认已阅").bounding_box()
    assert button is not None and button["height"] >= 44 and button["x"] + button["width"] <= 320
    page.get_by_role("button", name="确认已阅").click()
    expect(page.get_by_text("您家已确认，无需再做什么。")).to_be_visible()
    page.goto(f"{live_server.url}/help/")
    page.get_by_text("手机丢了").click()
    expect(page.get_by_text("请当天告诉班主任")).to_be_visible()
    context.close()
