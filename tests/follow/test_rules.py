"""The pack as it ships, packs that cannot be followed, nights, and addresses that are no push services."""

from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from notoneless.follow.checks import check_reminders
from notoneless.follow.rules import PACK, Quiet, Share, is_push_service, rules_in

NIGHT = Quiet(21 * 60, 7 * 60)
ORIGINS = ["https://push.example", "https://*.push.example.com", "http://127.0.0.1:8000"]


def test_the_pack_climbs_from_family_to_bureau() -> None:
    pack = rules_in(PACK)
    assert [step.rung for step in pack.steps("family")] == ["family", "teacher", "school", "bureau"]
    assert [pack.first_rung(asked) for asked in ("family", "teacher", "school", "nobody")] == [
        "family", "teacher", "school", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("minute", "until"), [(20 * 60 + 59, None), (21 * 60, 1440 + 420), (0, 420), (419, 420), (420, None), (720, None)]
)
def test_quiet_hours_end_in_the_morning_that_follows(minute: int, until: int | None) -> None:
    assert NIGHT.until(minute) == until


def test_quiet_hours_of_a_noon_and_none_at_all() -> None:
    assert Quiet(720, 840).until(780) == 840 and Quiet(720, 840).until(840) is None
    assert Quiet(420, 420).until(420) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{rung = "teacher", minutes = 60}', '{rung = "teacher", minutes = 5}'),
        ('family = [{rung = "family", minutes = 15}, ', 'family = [{rung = "bureau", minutes = 15}, '),
        ('rung = "school", minutes = 30', 'rung = "king", minutes = 30'),
        ('"21:00"', '"25:00"'),
        ("请点开链接", "{name}请点开链接"),
    ],
)
def test_a_pack_that_cannot_be_followed_is_refused_whole(tmp_path: Path, old: str, new: str) -> None:
    text = PACK.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "pack.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=r"\w"):
        rules_in(path)


@pytest.mark.parametrize(
    "endpoint", ["https://push.example/a", "https://eu.push.example.com/x/y", "http://127.0.0.1:8000/x"]
)
def test_known_push_services(endpoint: str) -> None:
    assert is_push_service(endpoint, ORIGINS)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/a", "https://push.example:8443/", "https://push.example.evil/", "https://evil/push.example",
        "https://push.example@evil/", "https://evilpush.example.com/", "https://push.example.com/",
        "http://127.0.0.1:8001/", "http://169.254.169.254/latest/", "file:///etc/passwd", "https://[::1", "",
    ],
)  # fmt: skip
def test_addresses_that_the_server_does_not_call(endpoint: str) -> None:
    assert not is_push_service(endpoint, ORIGINS)


def test_what_nothing_would_arrive_under_is_said_without_the_address(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    assert check_reminders(None) == []
    settings.REMINDER_CHANNELS = ["webpush", "apprise", "pigeon"]
    settings.REMINDER_URLS = {"family": ["dingtalk://secret"], "staff": []}
    found = check_reminders(None)
    assert {one.id for one in found} == {
        "follow.channel", "follow.family", "follow.key", "follow.contact", "follow.link",
    }  # fmt: skip
    assert "secret" not in str(found)


def test_a_pack_of_ones_own_that_cannot_be_followed_ends_the_start(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(PACK.read_text(encoding="utf-8").replace('"21:00"', '"later"'), encoding="utf-8")
    settings.REMINDER_RULES = str(path)
    with pytest.raises(ImproperlyConfigured, match="NOL_REMINDER_RULES"):
        apps.get_app_config("follow").ready()


def test_a_share_of_nobody_has_no_percent() -> None:
    assert (Share().percent, Share(2, 3).percent) == (None, 66)
