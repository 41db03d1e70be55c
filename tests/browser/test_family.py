"""A family's phone in a real Chromium: one tap when nothing changed; and no line, a closed browser, a session that has
ended, two tabs, a double tap or a refusal lose nothing and double nothing."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, BrowserContext, Page, expect

from notoneless.collect.models import Report
from notoneless.expect.services import open_day
from notoneless.ledger.models import PersonSlot
from notoneless.roster.models import Person
from tests.browser.conftest import ARGUMENTS
from tests.browser.test_pages import Server, sign_in
from tests.builders import DAY, clock_at, opened_city, report, send
from tests.web.cast import PASSWORD, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
YESTERDAY = DAY - timedelta(days=1)
WAITING, SENT, REFUSED = "已保存在本机，尚未发出", "已发出", "未被接收"
AS_BEFORE = re.compile("和上次一样")


@pytest.fixture
def household() -> None:
    """Three children: yesterday two were well, the third coughed."""
    opened_city(day=YESTERDAY)
    make_cast()
    said = {"K1-1": {"condition": "well", "temperature": 364}, "K2-1": {"condition": "well"},
            "L1-1": {"condition": "unwell", "symptoms": ["cough"]}}  # fmt: skip
    for code, answers in said.items():
        made = {"day": str(YESTERDAY), "made_at": f"{YESTERDAY}T07:40:00+08:00"}
        send(report(code, answers=answers, **made), clock=clock_at(8, day=YESTERDAY))
    open_day(DAY, clock=clock_at(0))


def held() -> dict[str, object]:
    """What the ledger has of today, by the child's code."""
    codes = dict(Person.objects.values_list("id", "code"))
    slots = PersonSlot.objects.filter(day=DAY, state="reported", by="guardian")
    return {codes[slot.respondent_id]: json.loads(slot.answers) for slot in slots}


AS_YESTERDAY = {
    "K1-1": {"condition": "well"}, "K2-1": {"condition": "well"},
    "L1-1": {"condition": "unwell", "symptoms": ["cough"]},
}  # fmt: skip
"""A temperature is of its day and is not said again."""


def is_ready(page: Page) -> None:
    """The script has opened its storage and the phone can do without a line."""
    expect(page.locator("html")).to_have_attribute("data-queue", "ready")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def stored(page: Page, store: str) -> int:
    """How many things the phone keeps there."""
    script = """(store) => new Promise((resolve) => { const asked = indexedDB.open("nol-family");
        asked.onsuccess = () => { const count = asked.result.transaction(store).objectStore(store).count();
            count.onsuccess = () => { asked.result.close(); resolve(count.result); }; }; })"""
    found: int = page.evaluate(script, store)
    return found


def test_nothing_changed_is_one_tap_for_three_children(household: None, live_server: Server, phone: Page) -> None:
    sign_in(phone, live_server, "parent")
    phone.get_by_role("button", name=AS_BEFORE).click()
    expect(phone.get_by_role("heading", name="已收到，谢谢")).to_be_visible()
    assert held() == AS_YESTERDAY


def test_two_taps_of_one_finger_are_one_report(household: None, live_server: Server, phone: Page) -> None:
    sign_in(phone, live_server, "parent")
    is_ready(phone)
    phone.get_by_role("button", name=AS_BEFORE).dblclick()
    expect(phone.get_by_role("heading", name="已收到，谢谢")).to_be_visible()
    assert Report.objects.filter(day=DAY).count() == 3
    phone.go_back()
    expect(phone.get_by_role("button", name=AS_BEFORE)).to_have_count(0)  # the page is fetched anew: nothing is owed


@pytest.fixture
def handset(tmp_path: Path, chromium: Browser) -> Iterator[Callable[[], BrowserContext]]:
    """A phone whose browser can be closed and opened again, with what it had kept."""
    opened: list[BrowserContext] = []

    def start() -> BrowserContext:
        for context in opened:
            context.close()
        opened[:] = [
            chromium.browser_type.launch_persistent_context(
                tmp_path / "handset", executable_path="/usr/bin/chromium", args=ARGUMENTS, locale="zh-CN",
                viewport={"width": 390, "height": 844},
            )
        ]  # fmt: skip
        return opened[0]

    yield start
    for context in opened:
        context.close()


def test_without_a_line_the_page_opens_and_the_report_waits_though_the_browser_is_closed(
    household: None, live_server: Server, handset: Callable[[], BrowserContext]
) -> None:
    context = handset()
    page = context.pages[0]
    sign_in(page, live_server, "parent")
    is_ready(page)
    cookies = context.cookies()

    context = handset()
    context.set_offline(True)
    page = context.pages[0]
    page.goto(f"{live_server.url}/family/")
    expect(page.get_by_text("当前没有网络。").first).to_be_visible()
    expect(page.get_by_role("heading", name="王小明", level=2)).to_have_count(3)
    page.get_by_role("button", name=AS_BEFORE).click()
    expect(page.get_by_text(WAITING)).to_be_visible()
    assert held() == {}

    context = handset()
    context.set_offline(True)
    page = context.pages[0]
    page.goto(f"{live_server.url}/family/")
    expect(page.get_by_text(WAITING)).to_be_visible()
    # The session's cookie ends with this browser's window; a family's phone keeps it (limits.FAMILY).
    context.add_cookies([{name: one[name] for name in ("name", "value", "domain", "path")} for one in cookies])  # type: ignore[misc]
    context.set_offline(False)
    expect(page.get_by_text(SENT, exact=True)).to_be_visible()
    assert held() == AS_YESTERDAY
    assert stored(page, "reports") == 0


def test_what_came_in_meanwhile_is_newer_than_what_waited(household: None, live_server: Server, phone: Page) -> None:
    sign_in(phone, live_server, "parent")
    is_ready(phone)
    phone.context.set_offline(True)
    phone.get_by_role("button", name=AS_BEFORE).click()
    expect(phone.get_by_text(WAITING)).to_be_visible()
    newer = {"condition": "ill_at_home"}
    made = f"{DAY}T12:00:00+08:00"
    send(report("K1-1", answers=newer, by="teacher", made_at=made), clock=clock_at(12))
    phone.context.set_offline(False)
    expect(phone.get_by_text(SENT, exact=True)).to_be_visible()
    slot = PersonSlot.objects.get(respondent_id=Person.objects.get(code="K1-1").pk, day=DAY, state="reported")
    assert json.loads(slot.answers) == newer
    assert set(held()) == {"K2-1", "L1-1"}


def test_a_refused_report_stays_with_its_reason_until_it_is_filled_in_again(
    household: None, live_server: Server, phone: Page
) -> None:
    sign_in(phone, live_server, "parent")
    is_ready(phone)
    phone.context.set_offline(True)
    phone.get_by_role("button", name=AS_BEFORE).click()
    expect(phone.get_by_text(WAITING)).to_be_visible()
    made = {"day": str(YESTERDAY), "made_at": f"{DAY}T08:00:00+08:00"}
    send(report("L1-1", answers={"condition": "hospital"}, by="teacher", **made), clock=clock_at(8))
    phone.context.set_offline(False)
    expect(phone.get_by_text(REFUSED)).to_be_visible()
    expect(phone.get_by_text("之前上报的内容已有变化")).to_be_visible()
    assert set(held()) == {"K1-1", "K2-1"}  # the two that were right came in
    phone.reload()
    expect(phone.get_by_text(REFUSED)).to_be_visible()
    phone.get_by_role("button", name="重新填写").click()
    phone.locator(".nol-child").nth(2).get_by_text("不舒服", exact=True).click()
    phone.get_by_role("button", name="提交", exact=True).click()
    expect(phone.get_by_role("heading", name="已收到，谢谢")).to_be_visible()
    assert held()["L1-1"] == {"condition": "unwell"}
    assert stored(phone, "reports") == 0


def test_a_session_that_ended_loses_nothing(household: None, live_server: Server, phone: Page) -> None:
    sign_in(phone, live_server, "parent")
    is_ready(phone)
    Session.objects.all().delete()
    phone.get_by_role("button", name=AS_BEFORE).click()
    expect(phone.get_by_text("请重新登录，登录后自动发送，内容没有丢失。")).to_be_visible()
    assert (stored(phone, "session"), stored(phone, "pages"), stored(phone, "reports")) == (0, 0, 1)
    phone.locator("#queue").get_by_role("link", name="登录").click()
    phone.get_by_label("用户名").fill("parent")
    phone.get_by_label("密码").fill(PASSWORD)
    phone.get_by_role("button", name="登录", exact=True).click()
    expect(phone.get_by_text(SENT, exact=True)).to_be_visible()
    assert held() == AS_YESTERDAY


def test_another_parent_on_the_same_phone_sees_nothing_of_it(household: None, live_server: Server, phone: Page) -> None:
    sign_in(phone, live_server, "parent")
    is_ready(phone)
    phone.context.set_offline(True)
    phone.get_by_role("button", name=AS_BEFORE).click()
    expect(phone.get_by_text(WAITING)).to_be_visible()
    Session.objects.all().delete()
    phone.context.set_offline(False)
    expect(phone.get_by_text("请重新登录，登录后自动发送，内容没有丢失。")).to_be_visible()
    assert (stored(phone, "session"), stored(phone, "pages"), stored(phone, "reports")) == (0, 0, 1)
    sign_in(phone, live_server, "teacher")
    phone.goto(f"{live_server.url}/family/offline/")
    expect(phone.get_by_text("请重新登录，登录后自动发送，内容没有丢失。")).to_be_visible()
    assert phone.get_by_text("王小明").count() == 0


def test_signing_out_takes_the_key_and_the_page_along(household: None, live_server: Server, phone: Page) -> None:
    sign_in(phone, live_server, "parent")
    is_ready(phone)
    assert (stored(phone, "session"), stored(phone, "pages")) == (1, 1)
    with phone.expect_navigation(url=re.compile("/sign-in/")):
        phone.get_by_role("button", name="退出").click()
    assert (stored(phone, "session"), stored(phone, "pages")) == (0, 0)


def test_two_tabs_send_what_waits_once(household: None, live_server: Server, phone: Page) -> None:
    sign_in(phone, live_server, "parent")
    is_ready(phone)
    phone.context.set_offline(True)
    phone.get_by_role("button", name=AS_BEFORE).click()
    expect(phone.get_by_text(WAITING)).to_be_visible()
    phone.context.set_offline(False)
    other = phone.context.new_page()
    other.goto(f"{live_server.url}/family/")
    expect(phone.get_by_role("button", name=AS_BEFORE)).to_have_count(0)
    expect(other.get_by_role("button", name=AS_BEFORE)).to_have_count(0)
    assert held() == AS_YESTERDAY
    assert Report.objects.filter(day=DAY).count() == 3


def test_what_waited_goes_without_taking_away_what_the_reader_has_begun(
    household: None, live_server: Server, phone: Page
) -> None:
    sign_in(phone, live_server, "parent")
    is_ready(phone)
    phone.context.set_offline(True)
    phone.get_by_role("button", name=AS_BEFORE).click()
    expect(phone.get_by_text(WAITING)).to_be_visible()
    third = phone.locator(".nol-child").nth(2)
    third.get_by_text("不舒服", exact=True).click()
    phone.context.set_offline(False)
    expect(phone.get_by_text(SENT, exact=True)).to_be_visible()
    assert held() == AS_YESTERDAY
    expect(third.get_by_label("不舒服", exact=True)).to_be_checked()
    phone.get_by_role("button", name="提交", exact=True).click()
    expect(phone.get_by_role("heading", name="已收到，谢谢")).to_be_visible()
    assert held()["L1-1"] == {"condition": "unwell"}


def test_a_tab_left_open_follows_what_another_sent(household: None, live_server: Server, phone: Page) -> None:
    sign_in(phone, live_server, "parent")
    is_ready(phone)
    other = phone.context.new_page()
    other.goto(f"{live_server.url}/family/")
    is_ready(other)
    expect(other.get_by_role("button", name=AS_BEFORE)).to_be_visible()
    phone.get_by_role("button", name=AS_BEFORE).click()
    expect(phone).to_have_url(re.compile("/family/done/"))
    expect(other.get_by_role("button", name=AS_BEFORE)).to_have_count(0)
    assert Report.objects.filter(day=DAY).count() == 3


def test_a_form_that_has_been_begun_is_not_taken_away_by_another_tab(
    household: None, live_server: Server, phone: Page
) -> None:
    sign_in(phone, live_server, "parent")
    is_ready(phone)
    other = phone.context.new_page()
    other.goto(f"{live_server.url}/family/")
    is_ready(other)
    begun = other.locator("#report input[type=radio]").first
    begun.evaluate("field => { field.checked = true; field.dispatchEvent(new Event('change', { bubbles: true })) }")
    heard = "new Promise(done => window.addEventListener('storage', () => done(true), { once: true }))"
    other.evaluate(f"window.heard = {heard}; null")
    phone.get_by_role("button", name=AS_BEFORE).click()
    expect(phone).to_have_url(re.compile("/family/done/"))
    assert other.evaluate("window.heard")
    expect(begun).to_be_checked()
    other.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(begun).to_be_checked()
