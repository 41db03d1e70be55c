"""A class teacher's morning in a real browser: 45 pupils, by taps on a phone and by keys on a desk."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from notoneless.collect.models import Report
from notoneless.expect.services import open_day
from notoneless.roster.models import Placement
from tests.browser.test_pages import Server, pk, sign_in
from tests.builders import DAY, clock_at, make_city, make_person
from tests.web.cast import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAMES = ("王小明", "李华", "欧阳娜娜", "张雨涵", "曾子墨", "阿依古丽", "单田芳", "陈一诺", "周杰", "赵敏")


def make_class(pupils: int) -> None:
    """K1 with so many pupils, of ten names in turn."""
    units = make_city(pupils=1)
    for number in range(2, pupils + 1):
        make_person(f"K1-{number}", units["K1"], name=NAMES[number % len(NAMES)])
    if not pupils:
        Placement.objects.filter(unit=units["K1"]).delete()
    open_day(DAY, clock=clock_at(0))
    make_cast()


@pytest.fixture
def class_of_45() -> None:
    make_class(45)


def answers() -> dict[int, str]:
    """What stands in the reports of those who are not simply present."""
    return {one.respondent_id: one.answers for one in Report.objects.all() if one.answers != '{"presence":"present"}'}


class Taps:
    """Taps a finger makes, counted; each lands only on what is really on the screen at that spot."""

    def __init__(self, page: Page) -> None:
        self.page, self.n = page, 0

    def __call__(self, selector: str) -> None:
        self.page.locator(selector).click(timeout=3000)
        self.n += 1


def test_45_pupils_with_two_exceptions_take_eight_taps(
    class_of_45: None, live_server: Server, phone: Page
) -> None:  # fmt: skip
    sign_in(phone, live_server, "teacher")
    chips = phone.locator(".check-chip")
    expect(chips).to_have_count(45)
    foot = phone.locator(".check-bar").bounding_box()
    last = chips.nth(44).bounding_box()
    assert foot is not None and last is not None
    assert last["y"] + last["height"] <= foot["y"], "all 45 names stand on one screen"
    assert all(box["height"] >= 44 and box["width"] >= 44 for box in (last, chips.nth(0).bounding_box()) if box)
    tap = Taps(phone)
    tap(f'[aria-controls="line-{pk("K1-7")}"]')
    tap('.is-open [data-value="sick"]')
    tap('.is-open .nol-choice:has([value="fever"])')
    tap('[data-check-act="done"]')
    tap(f'[aria-controls="line-{pk("K1-44")}"]')
    tap('.is-open [data-value="present_symptoms"]')
    tap('.is-open .nol-choice:has([value="cough"])')
    expect(phone.locator(".check-count")).to_have_text("43 人正常 · 2 人例外")
    tap(".check-send")
    expect(phone.get_by_text("已收到本次检查结果。")).to_be_visible()
    assert tap.n <= 8
    assert Report.objects.count() == 45
    assert answers() == {
        pk("K1-7"): '{"presence":"sick","symptoms":["fever"]}',
        pk("K1-44"): '{"presence":"present_symptoms","symptoms":["cough"]}',
    }


def test_desk_takes_it_by_keys_alone(class_of_45: None, live_server: Server, desk: Page) -> None:
    sign_in(desk, live_server, "teacher")
    expect(desk.get_by_text("键盘操作")).to_be_visible()
    keys = desk.keyboard
    keys.type("12")
    expect(desk.locator(f'[aria-controls="line-{pk("K1-12")}"]')).to_be_focused()
    keys.press("Space")
    keys.type("4a")  # absent, sick; fever
    keys.press("Enter")
    keys.type("zzm")  # 曾子墨, whose surname is read in its own way: number 4 is the first
    expect(desk.locator(f'[aria-controls="line-{pk("K1-4")}"]')).to_be_focused()
    keys.press("ArrowRight")
    keys.press("Space")
    keys.type("7")
    keys.press("Enter")
    keys.press("Control+z")  # a slip: that was nobody
    expect(desk.locator(".check-count")).to_have_text("44 人正常 · 1 人例外")
    keys.type("?#x")  # keys that mean nothing, and an initial that nobody has, lose nothing
    keys.press("Enter")
    expect(desk.locator(".check-send")).to_be_focused()
    keys.press("Enter")
    expect(desk.get_by_text("已收到本次检查结果。")).to_be_visible()
    assert Report.objects.count() == 45
    assert answers() == {pk("K1-12"): '{"presence":"sick","symptoms":["fever"]}'}


def test_marks_survive_a_reload_and_are_not_to_be_read_in_the_browser(
    class_of_45: None, live_server: Server, phone: Page
) -> None:  # fmt: skip
    sign_in(phone, live_server, "teacher")
    phone.locator(".check-chip").nth(2).click()
    phone.locator('.is-open [data-value="sick"]').click()
    phone.wait_for_function("Object.keys(sessionStorage).length > 0")
    held = phone.evaluate("JSON.stringify(sessionStorage)")
    assert "sick" not in held and NAMES[3] not in held
    phone.reload()
    expect(phone.get_by_text("上次没有提交的标记已恢复")).to_be_visible()
    expect(phone.locator(".check-count")).to_have_text("44 人正常 · 1 人例外")
    phone.locator(".check-send").dblclick()
    expect(phone.get_by_text("已收到本次检查结果。")).to_be_visible()
    expect(phone.get_by_text("上次没有提交的标记已恢复")).to_be_hidden()
    assert Report.objects.count() == 45
    assert answers() == {pk("K1-3"): '{"presence":"sick"}'}


def test_second_window_sees_what_the_first_has_sent(class_of_45: None, live_server: Server, phone: Page) -> None:
    sign_in(phone, live_server, "teacher")
    other = phone.context.new_page()
    other.goto(f"{live_server.url}/class/K1/")
    other.locator(".check-chip").nth(1).click()
    other.locator('.is-open [data-value="late"]').click()
    phone.locator(".check-chip").nth(0).click()
    phone.locator('.is-open [data-value="sick"]').click()
    phone.locator(".check-send").click()
    expect(phone.get_by_text("已收到本次检查结果。")).to_be_visible()
    other.locator(".check-send").click()
    other.wait_for_url("**/class/K1/")
    expect(other.get_by_text("这次检查在此期间已由别的窗口或同事提交")).to_be_visible()
    expect(other.locator(".check-count")).to_have_text("43 人正常 · 2 人例外")
    assert answers() == {pk("K1-1"): '{"presence":"sick"}'}
    other.on("dialog", lambda asked: asked.accept())
    other.locator(".check-send").click()
    expect(other.get_by_text("已收到本次检查结果。")).to_be_visible()
    assert answers() == {pk("K1-1"): '{"presence":"sick"}', pk("K1-2"): '{"presence":"late"}'}


@pytest.mark.parametrize(("pupils", "width"), [(0, 1440), (120, 320)])
def test_class_of_any_size_fits(live_server: Server, chromium: Browser, pupils: int, width: int) -> None:
    make_class(pupils)
    context = chromium.new_context(viewport={"width": width, "height": 740}, locale="zh-CN")
    page = context.new_page()
    sign_in(page, live_server, "teacher")
    expect(page.locator(".check-chip")).to_have_count(pupils)
    assert page.evaluate("document.querySelector('main').scrollWidth") <= width
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.querySelector('.class-page').scrollWidth") <= width
    context.close()


def test_without_script_the_form_is_whole(live_server: Server, chromium: Browser) -> None:
    make_class(3)
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server, "teacher")
    line = page.locator(f"#line-{pk('K1-2')}")
    line.get_by_role("combobox").first.select_option("sick")
    line.get_by_text("咳嗽").click()
    page.get_by_role("button", name=re.compile("提交：其余均到校")).click()
    expect(page.get_by_text("已收到本次检查结果。")).to_be_visible()
    assert answers() == {pk("K1-2"): '{"presence":"sick","symptoms":["cough"]}'}
    context.close()
