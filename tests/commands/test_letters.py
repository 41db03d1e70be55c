"""`nol letter`: as the machine, and as an account and no further."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from notoneless.cli import app
from notoneless.publish.models import Letter
from tests.builders import opened_city
from tests.web.cast import make_cast

pytestmark = pytest.mark.django_db


def run(*words: str, text: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(app, list(words), input=text)
    return result.exit_code, result.output


def test_letter_is_sent_listed_and_withdrawn(tmp_path: Path) -> None:
    opened_city(pupils=1)
    make_cast()
    (tmp_path / "letter.txt").write_text("周五出发。", encoding="utf-8")
    send = ("letter", "send", "S", "--title", "春游", "--body", str(tmp_path / "letter.txt"), "--receipt")
    assert run("--as", "officer", *send)[0] == 0 and run("--as", "other_teacher", *send)[0] == 2
    letter = Letter.objects.get()
    assert (letter.sent_by, letter.kind, letter.body_zh) == ("officer", "receipt", "周五出发。")
    found = json.loads(run("letter", "list", "S", "--json")[1])
    assert [(one["id"], one["households"], one["confirmed"]) for one in found["items"]] == [(letter.pk, 1, 0)]
    assert json.loads(run("letter", "show", "S", str(letter.pk), "--json")[1])["lines"][0]["unit"] == "K1"
    assert run("letter", "withdraw", "S", str(letter.pk), "--reason", "日期有误")[0] == 0
    assert "withdrawn" in run("letter", "list", "S")[1]


def test_bureau_is_told_how_many_and_says_so(tmp_path: Path) -> None:
    opened_city(pupils=1)
    send = ("letter", "send", "C", "--title", "告家长书", "--body", "-")
    status, said = run(*send, text="正文")
    assert (status, Letter.objects.count()) == (2, 0) and "1 户" in said
    assert run(*send, "--households", "1", text="正文")[0] == 0


def test_file_in_another_encoding_is_refused_in_words(tmp_path: Path) -> None:
    opened_city(pupils=1)
    (tmp_path / "gbk.txt").write_bytes("周五".encode("gbk"))
    status, said = run("letter", "send", "S", "--title", "春游", "--body", str(tmp_path / "gbk.txt"))
    assert status == 2 and "bad_text" in said and not Letter.objects.exists()
