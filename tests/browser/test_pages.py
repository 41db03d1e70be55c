"""What people do with the pages, in a real browser: no test here looks at the inside of a page's script."""

import re

import pytest
from playwright.sync_api import Page, expect

from notoneless.collect.models import Report
from notoneless.ledger.models import PersonSlot
from notoneless.roster.models import Person
from tests.builders import check, opened_city, report, send
from tests.web.cast import PASSWORD, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Server:
    """What we use of pytest-django's live_server."""

    url: str


@pytest.fixture
def city() -> None:
    opened_city()
    make_cast()


def sign_in(page: Page, server: Server, name: str) -> None:
    page.goto(f"{server.url}/sign-in/")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(re.compile(r"/(family|class|school|bureau|office)/"))


def pk(code: str) -> int:
    return Person.objects.get(code=code).pk


def test_parent_reports_two_children(city: None, live_server: Server, phone: Page) -> None:
    sign_in(phone, live_server, "parent")
    well, unwell = phone.locator(f"#card-{pk('K1-1')}"), phone.locator(f"#card-{pk('K2-1')}")
    expect(well.get_by_text("咳嗽")).to_be_hidden()
    well.get_by_text("一切正常").click()
    well.get_by_text("体温、症状等").click()
    well.get_by_role("textbox", name="体温").fill("36.5")
    expect(well.get_by_text("咳嗽")).to_be_hidden()
    unwell.get_by_text("不舒服").click()
    expect(unwell.get_by_text("咳嗽")).to_be_visible()
    unwell.get_by_text("咳嗽").click()
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("heading", name="已收到，还有孩子未报")).to_be_visible()
    expect(phone.get_by_text("已报（按时）")).to_have_count(2)
    answers = {slot.respondent_id: slot.answers for slot in PersonSlot.objects.filter(state="reported")}
    assert answers == {
        pk("K1-1"): '{"condition":"well","temperature":365}',
        pk("K2-1"): '{"condition":"unwell","symptoms":["cough"]}',
    }


def test_symptoms_ticked_and_hidden_again_are_not_sent(city: None, live_server: Server, phone: Page) -> None:
    sign_in(phone, live_server, "parent")
    card = phone.locator(f"#card-{pk('K1-1')}")
    card.get_by_text("不舒服").click()
    card.get_by_text("咳嗽").click()
    card.get_by_text("一切正常").click()
    phone.get_by_role("button", name="提交").click()
    phone.wait_for_url("**/family/done/")
    assert Report.objects.get().answers == '{"condition":"well"}'


def test_bureau_figures_follow_a_report_without_a_reload(city: None, live_server: Server, desk: Page) -> None:
    sign_in(desk, live_server, "officer")
    desk.get_by_role("link", name="数据", exact=True).click()
    reported = desk.locator(".nol-figure", has_text="已报").locator("b")
    expect(reported).to_have_text("0")
    desk.evaluate("window.wasHere = true")
    send(report("K1-1"), report("K2-1", answers={"condition": "unwell", "symptoms": ["cough"]}))
    expect(reported).to_have_text("2", timeout=6000)
    expect(desk.get_by_text("咳嗽 1").first).to_be_visible()
    assert desk.evaluate("window.wasHere") is True


def test_unchanged_figures_are_answered_with_304_and_stay(city: None, live_server: Server, desk: Page) -> None:
    sign_in(desk, live_server, "officer")
    desk.get_by_role("link", name="数据", exact=True).click()
    with desk.expect_response(lambda r: "/bureau/D/" in r.url and r.status == 304, timeout=6000):
        pass
    expect(desk.locator(".nol-figure").first).to_be_visible()
    expect(desk.get_by_text("连接已断开")).to_be_hidden()


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("parent", ["/family/", "/family/done/"]),
        ("teacher", ["/class/K1/", "/class/K1/?duty=daily-health", "/class/K1/missing/", "/class/K1/parents/",
                     "/class/K1/sick/", "/class/K1/print/", "/class/K1/substitute/"]),
        ("principal", ["/school/S/", "/school/S/sick/"]),
        ("city_officer", ["/bureau/C/", "/bureau/K1/", "/bureau/C/ranking/", "/bureau/C/missing/"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_page_is_wider_than_the_phone(
    city: None, live_server: Server, phone: Page, name: str, paths: list[str], language: str
) -> None:
    send(report("K1-1", answers={"condition": "unwell", "symptoms": ["cough", "fever"]}), check("K1-1", "sick"))
    sign_in(phone, live_server, name)
    phone.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    for path in paths:
        phone.goto(live_server.url + path)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, path
