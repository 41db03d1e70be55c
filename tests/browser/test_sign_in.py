"""Ways in, in a real browser: a passkey (with the browser's own virtual key), a slip of paper and a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from notoneless.roster.accounts import texts
from tests.browser.test_pages import Server, sign_in
from tests.builders import opened_city
from tests.web.cast import PASSWORD, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def city() -> None:
    opened_city()
    make_cast()


def give_key(page: Page) -> None:
    """A security key that lives in the browser and says yes to everything."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_passkey_is_added_and_signs_in_without_a_password(city: None, live_server: Server, desk: Page) -> None:
    give_key(desk)
    sign_in(desk, live_server, "teacher")
    desk.goto(f"{live_server.url}/account/2fa/webauthn/add/")
    if "reauthenticate" in desk.url:
        desk.locator("input[name=password]").fill(PASSWORD)
        desk.locator("main button[type=submit]").first.click()
    desk.locator("#id_name").fill("办公室电脑")
    if desk.locator("#id_passwordless").count():
        desk.locator("#id_passwordless").check()
    desk.locator("#mfa_webauthn_add").click()
    desk.wait_for_url(re.compile(r"/account/2fa/(?!webauthn/add)"))
    desk.get_by_role("button", name="退出").click()
    desk.wait_for_url(re.compile(r"/sign-in/"))
    desk.get_by_role("button", name="使用通行密钥登录").click()
    desk.wait_for_url(re.compile(r"/class/"))


def test_family_joins_with_a_slip_and_a_text(city: None, live_server: Server, desk: Page, phone: Page) -> None:
    sign_in(desk, live_server, "teacher")
    desk.goto(f"{live_server.url}/class/K1/families/")
    desk.get_by_role("button", name="纸条", exact=True).first.click()
    code = desk.locator(".nol-secret").inner_text()
    expect(desk.locator(".nol-square svg")).to_be_visible()

    phone.goto(f"{live_server.url}/join/")
    phone.get_by_label("邀请码").fill(code)
    phone.get_by_role("button", name="下一步").click()
    phone.get_by_label("手机号").fill("13800138000")
    phone.get_by_role("button", name="获取验证码").click()
    expect(phone.get_by_label("短信中的六位验证码")).to_be_visible()
    (sent,) = texts.dry_run_texts()
    found = re.search(r"\d{6}", sent.text)
    assert found is not None
    phone.get_by_label("短信中的六位验证码").fill(found[0])
    phone.get_by_role("button", name="登录", exact=True).click()
    phone.wait_for_url(re.compile(r"/family/"))
    expect(phone.get_by_role("heading", name="我的孩子")).to_be_visible()
