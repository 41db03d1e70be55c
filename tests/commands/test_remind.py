"""`nol remind`: as the page does it, for the machine and for an account."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings
from typer.testing import CliRunner

from notoneless.cli import app
from notoneless.commands import viewer
from notoneless.follow.models import Reminder
from tests.builders import clock_at, opened_city, report, send
from tests.follow.homes import join
from tests.web.cast import make_account

pytestmark = pytest.mark.django_db


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(words))
    viewer.forget()
    return result.exit_code, result.output


def test_count_send_list_and_effect(settings: Settings) -> None:
    opened_city(pupils=1)
    join("H1")
    settings.REHEARSAL_NOW = clock_at(9).now()
    assert json.loads(run("remind", "send", "K1", "--dry-run", "--json")[1])["to_ask"] == 1
    assert not Reminder.objects.exists()
    told = json.loads(run("remind", "send", "K1", "--json")[1])
    assert (told["planned"], told["sent"]) == (1, 1)
    send(report("K1-1"), clock=clock_at(9, 30))
    settings.REHEARSAL_NOW = settings.REHEARSAL_NOW + timedelta(minutes=61)
    listed = json.loads(run("remind", "list", "K1", "--json")[1])
    assert (listed["total"], listed["items"][0]["state"], listed["items"][0]["channel"]) == (1, "sent", "dry-run")
    assert json.loads(run("remind", "effect", "K1", "--json")[1])["by_rung"] == {"family": {"n": 1, "of": 1}}
    assert "100 %" in run("remind", "effect", "K1")[1]


def test_an_account_reminds_only_where_it_may(settings: Settings) -> None:
    opened_city(pupils=1)
    join("H1")
    settings.REHEARSAL_NOW = clock_at(9).now()
    make_account("inspector", ("inspector", "C"))
    make_account("teacher", ("teacher", "K1"))
    for name, unit in (("inspector", "K1"), ("teacher", "K2")):
        for words in (("send",), ("send", "--dry-run"), ("list",), ("effect",)):
            assert run("--as", name, "remind", words[0], unit, *words[1:])[0] == 2
    assert not Reminder.objects.exists()
    assert run("--as", "teacher", "remind", "send", "K1")[0] == 0
    assert Reminder.objects.get().by == "teacher"


def test_the_key_is_made_once_and_is_its_owners_alone(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    code, shown = run("remind", "key")
    assert code == 0 and len(shown.strip()) == 87
    assert (tmp_path / "push.key").stat().st_mode & 0o777 == 0o600
    assert run("remind", "key")[0] == 1
