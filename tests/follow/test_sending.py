"""What leaves: to a real server of this machine that stands in for a provider, and what it may not hold."""

import base64
import json
import logging
import uuid
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pytest_django import Settings

from notoneless.follow.channels.webpush.keys import key_pair, make_key
from notoneless.follow.models import PushSubscription, Reminder
from notoneless.follow.services import forget_browser, keep_browser, remind_missing, send_waiting
from notoneless.kernel.errors import DomainError
from notoneless.kernel.sealed import sealed_columns
from notoneless.roster.scope import SYSTEM
from tests.builders import DAY, clock_at, opened_city
from tests.follow.homes import Provider, guardian, join, provider, states
from tests.retain.traces import tables_with
from tests.web.cast import make_account

pytestmark = pytest.mark.django_db
NAMES = ("王小明", "K1-1", "L1-1", "H1")


@pytest.fixture
def server(settings: Settings, tmp_path: Path) -> Iterator[Provider]:
    """`settings.VAR_DIR` is the test's own: the key of one test is not another's."""
    settings.VAR_DIR = tmp_path
    settings.PUBLIC_ADDRESS = "https://nol.example"
    with provider() as found:
        settings.REMINDER_CHANNELS = ["webpush", "apprise"]
        settings.REMINDER_URLS = {
            "family": [f"json://someone:xqz-secret@{found.address}/text/{{phone}}"],
            "staff": [f"json://{found.address}/robot"],
        }
        settings.PUSH_ORIGINS = [f"http://{found.address}"]
        yield found


class BrowserOfSomebody:
    """A browser's half of RFC 8291: what it tells a site, and how it opens what a push service brings."""

    def __init__(self, address: str, name: str = "one") -> None:
        self.key, self.secret = ec.generate_private_key(ec.SECP256R1()), uuid.uuid4().bytes
        self.endpoint = f"http://{address}/push/{name}"

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def told(self, **changes: str) -> bytes:
        keys = {"p256dh": _text(self.point), "auth": _text(self.secret)}
        return json.dumps({"endpoint": self.endpoint, "expirationTime": None, "keys": keys | changes}).encode()

    def open(self, body: bytes) -> dict[str, str]:
        salt, length = body[:16], body[20]
        theirs = body[21 : 21 + length]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        first = _derived(shared, self.secret, b"WebPush: info\0" + self.point + theirs, 32)
        key, nonce = (
            _derived(first, salt, b"Content-Encoding: " + name + b"\0", size)
            for name, size in ((b"aes128gcm", 16), (b"nonce", 12))
        )
        plain = AESGCM(key).decrypt(nonce, body[21 + length :], None)
        found: dict[str, str] = json.loads(plain.rstrip(b"\0").removesuffix(b"\2"))
        return found


def _derived(secret: bytes, salt: bytes, info: bytes, size: int) -> bytes:
    return HKDF(SHA256(), size, salt, info).derive(secret)


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def tap(unit: str = "K1", duty: str = "daily-health") -> int:
    remind_missing(SYSTEM, unit, DAY, duty, clock=clock_at(9))
    return send_waiting(clock=clock_at(9))


def test_apprise_brings_one_message_to_each_households_phone(
    server: Provider, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    opened_city()
    join("H1", "H2")
    make_account("mother", ("guardian", "H1"))
    with caplog.at_level(logging.DEBUG):  # for every logger that asks its parents
        assert tap() == 2
    assert server.paths == ["/text/13800000001", "/text/13800000002"]
    for told in server.told():
        assert "学校正在等待今天的上报" in told["message"] and "https://nol.example/family/" in told["message"]
        assert not any(name in json.dumps(told, ensure_ascii=False) for name in NAMES)
    said = "".join(capfd.readouterr())
    assert not logging.getLogger("apprise").propagate
    assert not [record for record in caplog.records if record.name.startswith("urllib3")]
    assert "xqz-secret" not in said and "13800000001" not in said
    assert tables_with("xqz-secret", "13800000001") == set()
    row = Reminder.objects.filter(state="sent").first()
    assert row is not None and (row.channel, row.answer) == ("apprise", "accepted")


def test_a_provider_that_refuses_is_told_by_its_status_and_a_person_may_try_again(server: Provider) -> None:
    opened_city(pupils=1)
    join("H1")
    server.status = 503
    assert tap() == 0
    row = Reminder.objects.get()
    assert (row.state, row.reason, row.answer) == ("failed", "refused", "HTTP 503")
    server.status = 200
    assert (tap(), states()) == (1, {"H1": "sent"})


def test_a_provider_that_is_away_is_told_and_not_asked_again(server: Provider, settings: Settings) -> None:
    """Whether anything arrived cannot be known: rather none than two."""
    opened_city(pupils=1)
    join("H1")
    settings.REMINDER_URLS = {"family": ["json://127.0.0.1:1/{phone}"], "staff": []}
    assert (tap(), states()) == (0, {"H1": "unanswered"})
    settings.REMINDER_URLS = {"family": [f"json://{server.address}/{{phone}}"], "staff": []}
    assert (tap(), server.asked) == (0, [])


def test_a_groups_robot_is_no_way_to_one_family(server: Provider, settings: Settings) -> None:
    opened_city(pupils=1)
    join("H1")
    settings.REMINDER_URLS = {"family": [f"json://{server.address}/robot"], "staff": []}
    assert (tap(), states(), server.asked) == (0, {"H1": "no_way"}, [])


def test_staff_are_asked_by_their_robot_with_numbers_and_no_names(server: Provider) -> None:
    opened_city(pupils=2)
    make_account("principal", ("school", "S"))
    assert tap("D", "school-daily") == 1
    assert server.paths == ["/robot"]
    assert server.told()[0]["message"].startswith("S：16:00 到期的上报还有 1 项未报")


def test_a_units_entry_stands_though_the_robot_is_away(server: Provider, settings: Settings) -> None:
    opened_city(pupils=1)
    settings.REMINDER_URLS = {"family": [], "staff": ["json://127.0.0.1:1/"]}
    assert tap("D", "school-daily") == 1
    row = Reminder.objects.get()
    assert (row.state, row.reason, row.channel) == ("sent", "unanswered", "page")


def test_a_push_is_sealed_for_the_browser_and_signed_with_our_key(server: Provider) -> None:
    opened_city()
    join("H1")
    pair = make_key()
    browser = BrowserOfSomebody(server.address)
    keep_browser(guardian("H1"), browser.told(), clock=clock_at(8))
    assert tables_with("/push/one") == set(), "the address is sealed"
    server.status = 201
    assert tap() == 1
    ((path, headers, body),) = server.asked
    told = browser.open(body)
    assert (path, headers["content-encoding"], headers["ttl"]) == ("/push/one", "aes128gcm", "14400")
    assert told["link"] == "https://nol.example/family/" and "学校正在等待" in told["body"]
    assert not any(name in str(told) for name in NAMES)
    token = headers["authorization"].removeprefix("vapid t=").partition(",")[0]
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64.urlsafe_b64decode(pair.shown + "=="))
    claims = jwt.decode(token, key, algorithms=["ES256"], options={"verify_aud": False})
    assert claims["sub"].startswith("mailto:") and claims["aud"] == "http://127.0.0.1"
    row = Reminder.objects.get(state="sent")
    assert (row.channel, row.answer) == ("webpush", "HTTP 201")


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten_and_the_next_channel_is_tried(server: Provider, status: int) -> None:
    opened_city(pupils=1)
    join("H1")
    make_key()
    keep_browser(guardian("H1"), BrowserOfSomebody(server.address).told(), clock=clock_at(8))
    server.status = status
    tap()
    assert not PushSubscription.objects.exists()
    assert [path for path, _, _ in server.asked] == ["/push/one", "/text/13800000001"]


def test_a_redirect_of_a_push_service_is_not_followed(server: Provider, settings: Settings) -> None:
    opened_city(pupils=1)
    join("H1")
    make_key()
    keep_browser(guardian("H1"), BrowserOfSomebody(server.address).told(), clock=clock_at(8))
    settings.REMINDER_CHANNELS = ["webpush"]
    server.status = 307
    assert (tap(), states(), server.paths) == (0, {"H1": "refused"}, ["/push/one"])


def test_without_a_key_there_is_no_push(server: Provider) -> None:
    opened_city(pupils=1)
    join("H1")
    assert key_pair() is None
    keep_browser(guardian("H1"), BrowserOfSomebody(server.address).told(), clock=clock_at(8))
    assert tap() == 1
    assert server.paths == ["/text/13800000001"]


def test_one_browser_is_one_row_and_belongs_to_who_signed_in_last(server: Provider) -> None:
    opened_city()
    join("H1", "H2")
    browser = BrowserOfSomebody(server.address)
    for home in ("H1", "H1", "H2"):
        keep_browser(guardian(home), browser.told(), clock=clock_at(8))
    assert PushSubscription.objects.get().account == guardian("H2")
    forget_browser(guardian("H1"), browser.told(), clock=clock_at(8))
    assert PushSubscription.objects.count() == 1
    forget_browser(guardian("H2"), browser.told(), clock=clock_at(8))
    assert PushSubscription.objects.count() == 0


def test_an_account_keeps_its_latest_five_browsers(server: Provider) -> None:
    opened_city(pupils=1)
    join("H1")
    for number in range(7):
        keep_browser(guardian("H1"), BrowserOfSomebody(server.address, str(number)).told(), clock=clock_at(8))
    assert PushSubscription.objects.count() == 5
    forget_browser(guardian("H1"), b"", clock=clock_at(8))
    assert PushSubscription.objects.count() == 0


@pytest.mark.parametrize(
    "told",
    [b"", b"[]", b"{}", b"\xff", b'{"endpoint":"https://fcm.googleapis.com/x","keys":{"p256dh":"AAAA","auth":"AAAA"}}'],
)
def test_a_subscription_that_is_none_is_refused(server: Provider, told: bytes) -> None:
    opened_city(pupils=1)
    join("H1")
    with pytest.raises(DomainError, match="bad_subscription"):
        keep_browser(guardian("H1"), told, clock=clock_at(8))


def test_an_address_that_is_no_push_service_is_refused(server: Provider) -> None:
    opened_city(pupils=1)
    join("H1")
    browser = BrowserOfSomebody("169.254.169.254")
    with pytest.raises(DomainError, match="unknown_push_service"):
        keep_browser(guardian("H1"), browser.told(), clock=clock_at(8))


def test_subscriptions_are_resealed_with_the_rest() -> None:
    assert {column.column for column in sealed_columns("follow.PushSubscription")} == {"sealed"}


def test_a_channel_that_is_none_is_refused(settings: Settings) -> None:
    opened_city(pupils=1)
    settings.REMINDER_CHANNELS = ["pigeon"]
    with pytest.raises(DomainError, match="unknown_channel"):
        send_waiting(clock=clock_at(9))
