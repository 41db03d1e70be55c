"""What goes out of the door: headers, errors in both languages, signing in and out, the switch of language."""

import pytest
from django.test import Client, RequestFactory

from notoneless.kernel.errors import catalogue
from notoneless.web import edge
from tests.builders import opened_city
from tests.web.cast import PASSWORD, make_cast, signed_in, text_of

pytestmark = pytest.mark.django_db

POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none';"
    " frame-ancestors 'none'; form-action 'self'; base-uri 'none'"
)


@pytest.mark.parametrize("path", ["/sign-in/", "/no/such/page", "/family/", "/api/v1/units/C/completeness"])
def test_every_answer_carries_the_policy_and_is_not_stored(path: str) -> None:
    answer = Client().get(path)
    assert answer["Content-Security-Policy"] == POLICY
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("language", "said"), [("zh-CN", "没有这个页面。"), ("en", "There is no such page.")])
def test_unknown_page_is_told_in_the_readers_language(language: str, said: str) -> None:
    answer = Client(headers={"accept-language": language}).get("/no/such/page")
    assert answer.status_code == 404
    assert said in text_of(answer)
    assert answer["Content-Language"] == ("en" if language == "en" else "zh-hans")


def test_expired_form_is_told_on_a_page() -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "zh"})
    answer = client.post("/sign-in/", {"username": "x", "password": "y"})
    assert answer.status_code == 403
    assert catalogue()["csrf_failed"]["zh"] in text_of(answer)


def test_failure_speaks_both_languages_and_stores_nothing_of_the_request() -> None:
    answer = edge.server_error(RequestFactory().get("/bureau/C/"))
    assert answer.status_code == 500
    for language in ("zh", "en"):
        assert catalogue()["server_error"][language] in answer.content.decode()
    api = edge.server_error(RequestFactory().get("/api/v1/reports"))
    assert b'"code": "server_error"' in api.content


def test_first_visit_speaks_chinese_unless_the_browser_speaks_english() -> None:
    assert "<title>登录" in text_of(Client().get("/sign-in/"))
    assert "<title>登录" in text_of(Client(headers={"accept-language": "fr"}).get("/sign-in/"))
    assert "<title>Sign in" in text_of(Client(headers={"accept-language": "en-GB,en"}).get("/sign-in/"))


def test_switch_of_language_returns_to_the_page_and_stays() -> None:
    client = Client()
    answer = client.post("/language/", {"language": "en", "next": "/sign-in/?next=/family/"})
    assert answer["Location"] == "/sign-in/?next=/family/"
    assert "<title>Sign in" in text_of(client.get("/sign-in/"))


def test_sign_in_leads_on_and_sign_out_ends_it() -> None:
    opened_city(pupils=1)
    make_cast()
    client = Client()
    answer = client.post("/sign-in/", {"username": "officer", "password": PASSWORD, "next": "/bureau/D/"})
    assert answer["Location"] == "/bureau/D/"
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/bureau/D/").status_code == 302


def test_sign_in_never_leads_to_another_site() -> None:
    opened_city(pupils=1)
    make_cast()
    sent = {"username": "officer", "password": PASSWORD, "next": "https://elsewhere.example/"}
    assert Client().post("/sign-in/", sent)["Location"] == "/"


def test_five_failures_ask_for_patience_even_with_the_right_password() -> None:
    opened_city(pupils=1)
    make_cast()
    client = Client(headers={"accept-language": "en"})
    for _ in range(5):
        answer = client.post("/sign-in/", {"username": "officer", "password": "wrong"})
        assert catalogue()["sign_in_failed"]["en"] in text_of(answer)
    answer = client.post("/sign-in/", {"username": "Officer", "password": PASSWORD})
    assert answer.status_code == 429
    assert "Too many attempts. Try again in 10 minutes." in text_of(answer)
    other = client.post("/sign-in/", {"username": "teacher", "password": PASSWORD})
    assert other.status_code == 302
    elsewhere = Client(REMOTE_ADDR="192.0.2.7").post("/sign-in/", {"username": "officer", "password": PASSWORD})
    assert elsewhere.status_code == 302


def test_unknown_account_and_wrong_password_are_told_alike() -> None:
    opened_city(pupils=1)
    make_cast()
    client = Client(headers={"accept-language": "en"})
    one = client.post("/sign-in/", {"username": "officer", "password": "wrong"})
    two = client.post("/sign-in/", {"username": "no-such", "password": "wrong"})
    assert one.status_code == two.status_code == 200
    assert catalogue()["sign_in_failed"]["en"] in text_of(one)
    assert catalogue()["sign_in_failed"]["en"] in text_of(two)


def test_pages_may_only_be_asked_for_in_their_own_way() -> None:
    opened_city(pupils=1)
    make_cast()
    assert signed_in("officer").post("/bureau/D/").status_code == 405


@pytest.mark.parametrize("address", ["/unit/%00/policies/", "/school/S%00/", "/rules/?district=%00", "/rules/?a%00=b"])
def test_a_null_sign_is_refused_before_any_page_sees_it(address: str) -> None:
    opened_city()
    make_cast()
    assert signed_in("principal").get(address).status_code == 400


@pytest.mark.parametrize("sign", ["\u202e", "\u202a", "\u2066", "\u2069"])
def test_a_sign_that_turns_the_direction_of_text_is_refused_like_null(sign: str) -> None:
    opened_city()
    make_cast()
    client = signed_in("principal")
    assert client.get(f"/unit/S{sign}/policies/").status_code == 400
    assert client.get("/rules/", {"district": sign}).status_code == 400
    assert client.post("/unit/S/asks/", {"title_zh": f"家长{sign}会"}).status_code == 400
    assert client.get("/rules/", {"district": "D"}).status_code == 200


def test_a_null_sign_in_a_form_is_refused_before_any_page_sees_it() -> None:
    opened_city()
    make_cast()
    sent = signed_in("principal").post("/unit/S/asks/", {"title_zh": "家长\0会"})
    assert sent.status_code == 400
    assert catalogue()["bad_request"]["en"] in text_of(sent)
