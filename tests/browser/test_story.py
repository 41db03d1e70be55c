"""One morning from end to end, on five screens.

A child falls ill on Tuesday, the parent reports, the teacher verifies, the school signs, the bureau sees it, and the
wall has shown it without anybody touching it.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings

from notoneless.expect.services import open_day
from notoneless.ledger.models import PersonSlot
from tests.browser.test_pages import Server, pk, sign_in
from tests.builders import DAY, check, clock_at, opened_city, report, send
from tests.web.cast import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TUESDAY = DAY + timedelta(days=1)
CLASSES = ("K1", "K2", "L1")


@pytest.fixture
def tuesday() -> None:
    """On Monday everybody was well; Tuesday is open and nobody has said anything yet."""
    opened_city()
    make_cast()
    everybody = [f"{unit}-{number}" for unit in CLASSES for number in (1, 2, 3)]
    send(*(report(code, answers={"condition": "well"}) for code in everybody))
    send(*(check(code) for code in everybody))
    open_day(TUESDAY, clock=clock_at(0, day=TUESDAY))


@pytest.fixture
def screens(chromium: Browser) -> Iterator[Callable[[int, int], Page]]:
    opened: list[BrowserContext] = []
    wrong: list[str] = []

    def open_one(width: int, height: int) -> Page:
        opened.append(chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN"))
        page = opened[-1].new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        return page

    yield open_one
    for context in opened:
        context.close()
    assert wrong == []


def test_a_child_falls_ill_on_tuesday(
    tuesday: None, live_server: Server, screens: Callable[[int, int], Page], settings: Settings
) -> None:
    def at(hour: int, minute: int) -> None:
        settings.REHEARSAL_NOW = clock_at(hour, minute, day=TUESDAY).now()

    at(7, 10)
    wall = screens(1920, 1080)
    sign_in(wall, live_server, "officer")
    wall.goto(f"{live_server.url}/screen/D/")
    reported = wall.locator(".nol-wall-of").first
    expect(reported).to_contain_text("0 / ")

    at(7, 20)
    parent = screens(390, 844)
    sign_in(parent, live_server, "parent")
    child = parent.locator(f"#card-{pk('K1-1')}")
    child.get_by_text("不舒服", exact=True).click()
    child.get_by_text("发热", exact=True).click()
    child.get_by_role("textbox", name="体温").fill("38.5")
    parent.get_by_role("button", name=re.compile("和上次一样")).click()  # the other two are as they were
    expect(parent.get_by_role("heading", name="已收到，谢谢")).to_be_visible()
    expect(reported).to_contain_text("2 / ")  # of this district; the third child goes to school in the other one
    slot = PersonSlot.objects.get(respondent_id=pk("K1-1"), day=TUESDAY, by="guardian")
    assert json.loads(slot.answers) == {"condition": "unwell", "temperature": 385, "symptoms": ["fever"]}

    at(7, 50)
    teacher = screens(390, 844)
    sign_in(teacher, live_server, "teacher")
    teacher.goto(f"{live_server.url}/class/K1/parents/")
    told = teacher.get_by_role("list", name="有差异").get_by_role("listitem")
    expect(told).to_have_count(1)
    expect(told).to_contain_text("38.5")
    teacher.get_by_role("button", name=re.compile("^全部已核实")).first.click()
    teacher.goto(f"{live_server.url}/class/K1/?duty=morning-check")
    teacher.locator(f'[aria-controls="line-{pk("K1-1")}"]').click()
    teacher.locator('.is-open [data-value="sick"]').click()
    teacher.locator('.is-open .nol-choice:has([value="fever"])').click()
    teacher.locator(".check-send").click()
    expect(teacher.get_by_text("已收到本次检查结果。")).to_be_visible()
    teacher.goto(f"{live_server.url}/class/K1/sick/")
    expect(teacher.get_by_text("王小明").first).to_be_visible()

    at(8, 30)
    school = screens(1440, 900)
    sign_in(school, live_server, "principal")
    expect(school.locator("#sick")).to_contain_text("王小明")
    expect(school.locator("#symptoms")).to_contain_text("发热")
    school.get_by_role("button", name=re.compile("^签报")).click()
    expect(school.get_by_text("学校日报已签报。")).to_be_visible()

    at(8, 40)
    bureau = screens(1440, 900)
    sign_in(bureau, live_server, "officer")
    bureau.goto(f"{live_server.url}/bureau/D/situation/")
    expect(bureau.locator("main")).to_contain_text("异常 0 → 1")
    expect(bureau.locator("#sentence-zh")).to_have_value(re.compile("异常"))
    bureau.goto(f"{live_server.url}/bureau/D/?duty=school-daily")
    expect(bureau.locator(".nol-figure", has_text="已报").locator("b")).to_have_text("1")
    expect(wall.locator("main")).to_contain_text("异常")
