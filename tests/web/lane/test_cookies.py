"""The cookie of a signed-in page at the lane: for our own pages only."""

import pytest

from tests.serving.waiting import wait_until
from tests.web.lane.conftest import Lane
from tests.web.lane.pages import Browser

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser(lane: Lane) -> Browser:
    browser = Browser(lane.server)
    browser.sign_in("principal")
    return browser


def test_cookie_from_our_own_page_is_accepted(lane: Lane, browser: Browser) -> None:
    for headers in ({"Origin": browser.origin}, {"Sec_Fetch_Site": "same-origin"}):
        answer = browser.send(lane.report(person="K1-5"), **headers)
        assert (answer.status, answer.codes) == (200, ["reported"])


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
        {"Sec_Fetch_Site": "cross-site", "Origin": "http://127.0.0.1"},
    ],
)
def test_cookie_from_anywhere_else_is_refused(browser: Browser, headers: dict[str, str]) -> None:
    answer = browser.send([], **headers)
    assert (answer.status, answer.code) == (403, "csrf_failed")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_cookie_with_what_a_form_of_any_site_can_send_is_refused(browser: Browser, kind: str) -> None:
    answer = browser.send([], Origin=browser.origin, Content_Type=kind)
    assert (answer.status, answer.code) == (403, "csrf_failed")


def test_token_in_the_header_needs_no_origin(lane: Lane) -> None:
    answer = lane.post([], Origin="https://elsewhere.example", Content_Type="text/plain")
    assert (answer.status, answer.body) == (200, {"results": []})


def test_signing_out_ends_this_browsers_token_and_no_others(lane: Lane) -> None:
    here, there = Browser(lane.server), Browser(lane.server)
    for one in (here, there):
        one.sign_in("nobody")
        assert one.send([], Origin=one.origin).status == 200
    stolen = here.cookies

    here.sign_out()

    again = Browser(lane.server, cookies=stolen)
    wait_until(lambda: again.send([], Origin=again.origin).code == "token_revoked", "the token is revoked", seconds=3)
    assert there.send([], Origin=there.origin).status == 200
