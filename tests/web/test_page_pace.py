"""How fast pages may be asked for: by account, by token, by stranger and by address."""

import json

import pytest
from django.test import Client, RequestFactory
from pytest_django import Settings

from notoneless.kernel.clock import SystemClock
from notoneless.kernel.errors import catalogue
from notoneless.roster import queries as roster_queries
from notoneless.roster import tokens
from notoneless.web.addresses import client_address
from notoneless.web.buckets import Buckets
from tests.builders import DAY, opened_city
from tests.web.cast import make_cast, signed_in, text_of

pytestmark = pytest.mark.django_db
WIDE = (10_000, 1_000.0)
SLOW = 0.001
"""So little a second that a test never sees it."""


@pytest.fixture
def paces(settings: Settings) -> dict[str, tuple[int, float]]:
    """Wide for everybody; a test narrows one."""
    paces = dict.fromkeys(("account", "token", "stranger", "address"), WIDE)
    settings.PAGE_PACES = paces
    return paces


def test_stranger_who_floods_the_public_page_is_told_in_both_languages(paces: dict[str, tuple[int, float]]) -> None:
    paces["stranger"] = (3, SLOW)
    client = Client()
    assert [client.get("/rules/").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = client.get("/rules/")
    assert int(refused["Retry-After"]) >= 1
    assert "Content-Security-Policy" in refused
    for language in ("zh", "en"):
        assert catalogue()["too_many_requests"][language].split("{")[0] in text_of(refused)


def test_invented_sessions_and_tokens_are_strangers(paces: dict[str, tuple[int, float]]) -> None:
    paces["stranger"] = (3, SLOW)
    client = Client()
    statuses = []
    for number in range(3):
        client.cookies["sessionid"] = f"invented-{number}"
        statuses.append(client.get("/rules/").status_code)
    statuses.append(client.get("/rules/", headers={"authorization": "Bearer invented"}).status_code)
    assert statuses == [200, 200, 200, 429]


def test_stranger_at_another_address_and_the_signed_in_go_on(paces: dict[str, tuple[int, float]]) -> None:
    paces["stranger"] = (4, SLOW)
    opened_city(pupils=1)
    make_cast()
    client = signed_in("officer")
    assert client.get("/bureau/D/").status_code == 200
    session = client.cookies.pop("sessionid")
    assert [client.get("/rules/").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert client.get("/rules/", REMOTE_ADDR="192.0.2.7").status_code == 200
    client.cookies["sessionid"] = session.value
    assert client.get("/bureau/D/").status_code == 200


def test_account_has_one_bucket_for_all_its_sessions(paces: dict[str, tuple[int, float]]) -> None:
    paces["account"] = (3, SLOW)
    opened_city(pupils=1)
    make_cast()
    client, other = signed_in("officer"), signed_in("principal")
    first = client.cookies["sessionid"].value
    second = signed_in("officer").cookies["sessionid"].value
    statuses = []
    for session in (first, second, first, second, first, second):  # each is a stranger's until it was looked up
        client.cookies["sessionid"] = session
        statuses.append(client.get("/bureau/D/").status_code)
    assert statuses == [200, 200, 200, 200, 200, 429]
    client.cookies["sessionid"] = other.cookies["sessionid"].value
    assert client.get("/school/S/").status_code == 200


def test_program_is_told_as_json(paces: dict[str, tuple[int, float]]) -> None:
    paces["token"] = (2, SLOW)
    opened_city(pupils=1)
    make_cast()
    token = tokens.issue(roster_queries.account_named("officer"), clock=SystemClock())
    client = Client(headers={"authorization": f"Bearer {token}", "accept-language": "en"})
    address = f"/api/v1/units/D/completeness?day={DAY}&duty=daily-health"
    assert [client.get(address).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = client.get(address)
    assert json.loads(refused.content)["error"]["code"] == "too_many_requests"
    assert int(refused["Retry-After"]) >= 1


def test_one_address_has_a_bound_whoever_asks(paces: dict[str, tuple[int, float]]) -> None:
    paces["address"] = (3, SLOW)
    opened_city(pupils=1)
    make_cast()
    client = signed_in("officer")
    assert [client.get("/bureau/D/").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert client.get("/bureau/D/", REMOTE_ADDR="192.0.2.7").status_code == 200


def test_refused_page_asks_nothing_of_the_database(
    paces: dict[str, tuple[int, float]], django_assert_num_queries: pytest.FixtureRequest
) -> None:
    paces["address"] = (1, SLOW)
    client = Client()
    client.get("/sign-in/")
    with django_assert_num_queries(0):  # type: ignore[operator] # pytest-django's context manager
        assert client.get("/rules/").status_code == 429


def test_a_school_behind_one_address_signs_in_within_the_morning(settings: Settings) -> None:
    """Two hundred staff at once, and two thousand parents over ten minutes, at four requests each to sign in."""
    buckets, pace = Buckets(), settings.PAGE_PACES["stranger"]
    assert not any(buckets.take("school", 1, pace, 0.0) for _ in range(200 * 4))
    assert not any(buckets.take("carrier", 1, pace, second * 600 / 8000) for second in range(2000 * 4))


@pytest.mark.parametrize(
    ("forwarded", "is_behind", "address"),
    [
        ("203.0.113.9", True, "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9", True, "203.0.113.9"),
        ("203.0.113.9", False, "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", True, "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", True, "203.0.113.9"),
        ("not an address", True, ""),
    ],
)
def test_address_is_the_one_the_proxy_saw(settings: Settings, forwarded: str, is_behind: bool, address: str) -> None:
    settings.PROXY_TLS = is_behind
    request = RequestFactory(REMOTE_ADDR="192.0.2.1").get("/", headers={"x-forwarded-for": forwarded})
    assert client_address(request) == address


def test_buckets_forget_the_one_unused_for_longest() -> None:
    buckets = Buckets(remembered=2)
    assert [buckets.take(key, 1, (1, SLOW), 0.0) > 0 for key in ("a", "b", "a", "c", "b")] == [
        False, False, True, False, False,
    ]  # fmt: skip
