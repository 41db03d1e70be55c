"""Signing in and what stands behind it: failures, sessions, second factors, first passwords, other systems."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from pytest_django import Settings

from notoneless.kernel.models import AuditEntry
from notoneless.roster.accounts import making
from notoneless.roster.accounts.failures import MOST
from notoneless.roster.models import Account, FailedSignIn
from notoneless.roster.scope import SYSTEM
from notoneless.web.lane.callers import COOKIE
from tests.builders import clock_at, opened_city
from tests.web.cast import PASSWORD, make_account, make_cast, signed_in, text_of
from tests.web.conftest import SetTime
from tests.web.hashing import CountingHasher

pytestmark = pytest.mark.django_db
NEW = "A-new-one-2026!"


def sign_in(name: str, password: str = PASSWORD, address: str = "127.0.0.1", client: Client | None = None) -> Any:
    one = client or Client(headers={"accept-language": "en"})
    return one.post("/sign-in/", {"username": name, "password": password}, REMOTE_ADDR=address)


@pytest.fixture
def cast() -> None:
    opened_city(pupils=2)
    make_cast()


def test_sign_in_is_written_down_and_so_is_a_failure(cast: None) -> None:
    assert sign_in("teacher").status_code == 302
    assert sign_in("teacher", "wrong").status_code == 200
    assert sign_in("my-password-typed-as-a-name", "x").status_code == 200
    acts = (
        AuditEntry.objects.filter(act__startswith="sign-in").order_by("number").values_list("act", "actor", "subject")
    )
    teacher = f"account:{Account.objects.get(username='teacher').pk}"
    assert list(acts) == [
        ("sign-in", "teacher", teacher), ("sign-in.failed", "", teacher), ("sign-in.failed", "", "account:unknown"),
    ]  # fmt: skip


def test_one_address_is_stopped_after_a_few_tries_of_one_name(cast: None) -> None:
    for _ in range(MOST.here):
        assert sign_in("teacher", "wrong").status_code == 200
    assert sign_in("teacher").status_code == 429
    assert sign_in("teacher", address="10.0.0.9").status_code == 302, "who has the password comes in from elsewhere"


def test_a_thousand_addresses_guess_one_name_no_more_often(cast: None) -> None:
    tried = [sign_in("teacher", "wrong", f"10.1.{n // 250}.{n % 250}").status_code for n in range(200)]
    assert tried.count(200) == MOST.by_name
    assert set(tried[MOST.by_name :]) == {429}
    assert FailedSignIn.objects.count() == MOST.by_name


def test_one_address_guesses_a_thousand_names_no_more_often(cast: None) -> None:
    tried = [sign_in(f"name{n}", "wrong", "10.2.0.1").status_code for n in range(200)]
    assert tried.count(200) == MOST.by_address
    assert sign_in("teacher", address="10.2.0.1").status_code == 429


def test_what_failed_is_kept_without_names_and_addresses(cast: None) -> None:
    sign_in("teacher", "wrong", "10.3.0.1")
    kept = str(list(FailedSignIn.objects.values()))
    assert "teacher" not in kept and "10.3" not in kept


def test_patience_ends_after_the_window(cast: None, at: SetTime) -> None:
    at(9)
    for _ in range(MOST.here):
        sign_in("teacher", "wrong")
    assert sign_in("teacher").status_code == 429
    at(10)
    assert sign_in("teacher").status_code == 302


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short-1A", "password_too_short"), ("alllowercaseletters", "password_too_plain"),
        ("Password123", "password_too_common"), ("12345678901", "password_too_plain"), ("Teacher-01", "similar"),
        (PASSWORD, "password_used"),
    ],
)  # fmt: skip
def test_weak_passwords_are_refused(cast: None, password: str, code: str) -> None:
    account = Account.objects.get(username="teacher")
    with pytest.raises(ValidationError) as refused:
        validate_password(password, account)
    assert any(code in (error.code or "") for error in refused.value.error_list)


def test_none_of_the_last_five_passwords_is_taken_again(cast: None) -> None:
    client = signed_in("teacher")
    sign_in("teacher", client=client)
    held = PASSWORD
    for number in range(3):
        fresh = f"Fresh-one-{number}-2026"
        sent = {"oldpassword": held, "password1": fresh, "password2": fresh}
        assert client.post("/account/password/", sent).status_code == 302
        held = fresh
    account = Account.objects.get(username="teacher")
    for old in (PASSWORD, "Fresh-one-0-2026", held):
        with pytest.raises(ValidationError, match=r"had before|用过"):
            validate_password(old, account)
    validate_password("Fresh-one-9-2026", account)


def test_first_password_must_be_changed_before_anything_else(cast: None) -> None:
    _, first = making.make_account(SYSTEM, "mei", "S", clock=clock_at(9))
    client = Client(headers={"accept-language": "en"})
    sign_in("mei", first, client=client)
    assert client.get("/school/S/")["Location"] == "/account/password/"
    assert client.get("/api/v1/units/S/completeness?day=2026-11-23&duty=daily-health").json()["error"]["code"] == (
        "password_due"
    )
    assert client.get("/account/password/").status_code == 200
    client.post("/account/password/", {"oldpassword": first, "password1": NEW, "password2": NEW})
    assert client.get("/school/S/").status_code == 404  # no role yet, and nothing owed first


def test_password_of_staff_grows_old_and_a_familys_does_not(cast: None, at: SetTime) -> None:
    at(9)
    for name in ("teacher", "parent"):
        Account.objects.filter(username=name).update(password_since=clock_at(9).now())
    at(9 + 24 * 91)
    assert signed_in("teacher").get("/class/K1/?day=2026-11-23")["Location"] == "/account/password/"
    assert signed_in("parent").get("/family/?day=2026-11-23").status_code == 200


@pytest.mark.parametrize(("name", "page", "idle", "whole"), [
    ("teacher", "/class/K1/?day=2026-11-23", 30, 12 * 60), ("audit_admin", "/office/", 10, 8 * 60),
    ("parent", "/family/?day=2026-11-23", 7 * 24 * 60, 30 * 24 * 60),
])  # fmt: skip
def test_session_ends_when_idle_and_when_old(
    cast: None, at: SetTime, name: str, page: str, idle: int, whole: int
) -> None:
    at(6)
    client, minutes = signed_in(name), 0
    while minutes < whole - idle:  # at work all the time
        assert client.get(page).status_code == 200, minutes
        minutes += idle * 9 // 10
        at(6, minutes)
    at(6, whole + 1)
    assert client.get(page).status_code == 302
    at(6)
    client = signed_in(name)
    assert client.get(page).status_code == 200
    at(6, idle + 1)
    assert client.get(page)["Location"].startswith("/sign-in/")
    at(6)
    assert client.get(page)["Location"].startswith("/sign-in/"), "what has ended does not come back"


def test_board_left_alone_does_not_keep_a_session_alive(cast: None, at: SetTime) -> None:
    at(6)
    client = signed_in("officer")
    client.get("/bureau/D/")
    for minutes in range(0, 30, 5):
        at(6, minutes)
        assert client.get("/bureau/D/", headers={"hx-request": "true"}).status_code == 200
    at(6, 31)
    assert client.get("/bureau/D/").status_code == 302


def test_one_session_too_many_ends_the_oldest(cast: None) -> None:
    phones = [Client() for _ in range(4)]
    for phone in phones:
        sign_in("teacher", client=phone)
    assert [phone.get("/class/K1/").status_code for phone in phones] == [302, 200, 200, 200]


def test_sessions_are_listed_and_the_others_ended(cast: None) -> None:
    here, there = Client(headers={"accept-language": "en"}), Client()
    sign_in("teacher", client=there)
    sign_in("teacher", client=here)
    assert text_of(here.get("/account/sessions/").render()).count("127.0.0.1") == 2  # type: ignore[attr-defined]
    here.post("/account/sessions/")
    assert (here.get("/class/K1/").status_code, there.get("/class/K1/").status_code) == (200, 302)


def test_role_that_needs_a_second_factor_sees_nothing_before(cast: None, settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    officer, teacher = signed_in("officer"), signed_in("teacher")
    for page in ("/bureau/D/", "/unit/D/policies/", "/account/sessions/"):
        assert officer.get(page)["Location"] == "/account/2fa/", page
    api = officer.get("/api/v1/units/D/completeness?day=2026-11-23&duty=daily-health")
    assert api.json()["error"]["code"] == "second_factor_needed"
    assert officer.get("/bureau/D/", headers={"hx-request": "true"}).status_code == 302
    assert COOKIE not in officer.cookies, "and no token for the lane"
    assert officer.get("/account/2fa/").status_code == 200
    assert teacher.get("/class/K1/").status_code == 200
    totp.TOTP.activate(Account.objects.get(username="officer"), totp.generate_totp_secret())
    assert officer.get("/bureau/D/").status_code == 200


def test_second_factor_is_asked_and_a_code_works_once(cast: None) -> None:
    account = Account.objects.get(username="officer")
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(account, secret)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored, "the secret is sealed"
    client = Client()
    assert sign_in("officer", client=client)["Location"] == "/account/2fa/authenticate/"
    assert client.get("/bureau/D/").status_code == 302
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    code = totp.format_hotp_value(totp.hotp_value(secret, counter))
    assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.post("/account/2fa/authenticate/", {"code": code}).status_code == 302
    assert client.get("/bureau/D/").status_code == 200
    again = Client()
    sign_in("officer", client=again)
    assert again.post("/account/2fa/authenticate/", {"code": code}).status_code == 200, "not twice"


def test_nobody_makes_an_account_by_themselves(cast: None) -> None:
    before = Account.objects.count()
    answer = Client(headers={"accept-language": "en"}).post(
        "/account/sign-up/", {"username": "me", "password1": NEW, "password2": NEW}
    )
    assert answer.status_code == 200 and Account.objects.count() == before


class Stand(BaseHTTPRequestHandler):
    """Answers as WeCom's documents say: gettoken, then getuserinfo for a code that was not used before."""

    asked: list[tuple[str, dict[str, list[str]]]] = []
    codes: dict[str, dict[str, Any]] = {}

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        given = parse_qs(url.query)
        self.asked.append((url.path, given))
        if url.path == "/cgi-bin/gettoken":
            good = given["corpid"] == ["ww1"] and given["corpsecret"] == ["s3"]
            said: dict[str, Any] = (
                {"errcode": 0, "access_token": "T", "expires_in": 7200} if good else {"errcode": 40001}
            )
        else:
            said = self.codes.pop(given["code"][0], {"errcode": 40029}) if given["access_token"] == ["T"] else {}
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def wecom(settings: Settings) -> Iterator[type[Stand]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stand)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    api = f"http://127.0.0.1:{server.server_address[1]}"
    app = {"client_id": "ww1", "secret": "s3", "key": "", "settings": {"agent": "7", "api": api, "sign_in": api}}
    settings.SOCIALACCOUNT_PROVIDERS = {"wecom": {"APPS": [app]}}
    Stand.asked.clear()
    Stand.codes = {"C1": {"errcode": 0, "userid": "li.mei"}, "C2": {"errcode": 0, "openid": "o-1"}}
    yield Stand
    server.shutdown()
    thread.join()
    server.server_close()


def come_back(client: Client, code: str, state: str | None = None, process: str = "login") -> Any:
    there = client.post(f"/account/with/wecom/login/?process={process}")
    asked = parse_qs(urlsplit(there["Location"]).query)
    assert (asked["appid"], asked["agentid"], asked["login_type"]) == (["ww1"], ["7"], ["CorpApp"])
    return client.get("/account/with/wecom/login/callback/", {"code": code, "state": state or asked["state"][0]})


def test_wecom_member_who_connected_once_signs_in(cast: None, wecom: type[Stand]) -> None:
    client = Client()
    sign_in("teacher", client=client)
    come_back(client, "C1", process="connect")
    kept = SocialAccount.objects.get()
    assert (kept.uid, kept.extra_data) == ("ww1:li.mei", {})
    wecom.codes["C9"] = {"errcode": 0, "userid": "li.mei"}
    phone = Client()
    assert come_back(phone, "C9").status_code == 302
    assert phone.get("/class/K1/").status_code == 200
    assert "s3" not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize("code", ["C1", "C2", "used"])
def test_wecom_lets_nobody_in_who_has_not_connected(cast: None, wecom: type[Stand], code: str) -> None:
    client, before = Client(), Account.objects.count()
    come_back(client, code)
    assert client.get("/class/K1/").status_code == 302 and Account.objects.count() == before


def test_wecom_refuses_a_state_that_is_not_its_own(cast: None, wecom: type[Stand]) -> None:
    client = Client()
    sign_in("teacher", client=client)
    come_back(client, "C1", state="forged", process="connect")
    assert not SocialAccount.objects.exists()
    assert [path for path, _ in wecom.asked] == [], "nobody is asked for a forged answer"


def test_pages_of_the_account_speak_both_languages(cast: None) -> None:
    for path in ("/account/", "/account/2fa/", "/account/sessions/", "/account/other/", "/account/password/"):
        chinese = signed_in("teacher", "zh").get(path)
        body = re.sub(r"<[^>]+>", " ", text_of(chinese.render() if hasattr(chinese, "render") else chinese))
        words = set(re.findall(r"[A-Za-z]{4,}", body)) - {"English", "teacher"}
        assert not words, (path, words)


def test_unknown_and_inactive_accounts_take_a_password_check_each(cast: None, settings: Settings) -> None:
    """Timing: as many hashes are computed for a name that does not exist as for one that does."""
    settings.PASSWORD_HASHERS = ["tests.web.hashing.CountingHasher"]
    make_account("known")
    Account.objects.filter(username="known").update(password=CountingHasher().encode(PASSWORD, "salt"))
    figures = []
    for name in ("known", "nobody-of-that-name"):
        CountingHasher.encoded = 0
        sign_in(name, "wrong")
        figures.append(CountingHasher.encoded)
    assert figures[0] == figures[1] > 0
