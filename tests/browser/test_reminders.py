"""One tap reminds, as an officer sees it; and what a push makes of a phone's screen."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from notoneless.follow.models import Reminder
from tests.browser.test_pages import Server, sign_in
from tests.builders import opened_city
from tests.web.cast import make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOWN = """async () => {
  const worker = await navigator.serviceWorker.getRegistration("/static/push-worker.js");
  return (await worker.getNotifications()).map((one) => [one.title, one.body, one.tag]);
}"""


def test_officer_reminds_with_one_tap_and_reads_what_happened(live_server: Server, phone: Page) -> None:
    opened_city()
    make_cast()
    sign_in(phone, live_server, "officer")
    phone.goto(f"{live_server.url}/bureau/D/missing/")
    phone.get_by_role("button", name="提醒 1 户家长").dblclick()
    expect(phone.get_by_text("已提醒：1。")).to_be_visible()
    expect(phone.get_by_role("button", name="提醒")).to_have_count(0)
    phone.get_by_role("link", name="今日提醒记录").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("提醒")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert Reminder.objects.filter(state="sent").count() == 1


def test_a_push_is_shown_once_however_often_it_comes(live_server: Server, phone: Page) -> None:
    opened_city(pupils=1)
    make_cast()
    phone.context.grant_permissions(["notifications"], origin=live_server.url)
    sign_in(phone, live_server, "parent")
    devtools, seen = phone.context.new_cdp_session(phone), list[dict[str, str]]()
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda told: seen.extend(told["registrations"]))
    devtools.send("ServiceWorker.enable")
    phone.evaluate("""async () => {
      const worker = await navigator.serviceWorker.register("/static/push-worker.js");
      const coming = worker.installing || worker.waiting;
      if (!worker.active) await new Promise((done) => coming.addEventListener("statechange",
        () => coming.state === "activated" && done()));
    }""")
    mine = next(one for one in reversed(seen) if re.search("/static/$", one["scopeURL"]))
    for body in ("第一次", "学校正在等待今天的上报。"):
        data = json.dumps({"title": "一个都不能少", "body": body, "link": "/family/"})
        devtools.send("ServiceWorker.deliverPushMessage",
                      {"origin": live_server.url, "registrationId": mine["registrationId"], "data": data})  # fmt: skip
        phone.wait_for_function(f"async () => JSON.stringify(await ({SHOWN})()).includes('{body}')")
    assert phone.evaluate(SHOWN) == [["一个都不能少", "学校正在等待今天的上报。", "today"]]
