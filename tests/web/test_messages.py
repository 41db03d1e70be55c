"""Every screen in both languages: no message without its Chinese, no words outside messages."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.web.messages import TEMPLATES, WEB, Message, used

CATALOGUE = WEB / "locale/zh_Hans/LC_MESSAGES/django.po"
_TRANSLATED = re.compile(r"{%-?\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL)
_TEMPLATE_CODE = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
_ELEMENT = re.compile(r"<[^>]*>", re.DOTALL)
_SPOKEN = re.compile(r"\b(?:alt|title|placeholder|aria-label|data-label|data-confirm)=\"([^\"]*)\"")
_LETTERS = re.compile(r"[^\W\d_]{2,}")


def translated() -> dict[Message, tuple[str, ...]]:
    with CATALOGUE.open("rb") as source:
        found = {}
        for message in read_po(source, locale="zh_Hans"):
            if message.id:
                msgid = message.id if isinstance(message.id, str) else message.id[0]
                texts = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
                found[message.context or "", msgid] = texts
        return found


def test_every_message_used_has_a_chinese_translation() -> None:
    catalogue = translated()
    assert len(used()) > 100
    assert {message for message in used() if not all(catalogue.get(message, ("",)))} == set()


def test_catalogue_holds_nothing_that_is_not_used() -> None:
    assert set(translated()) - used() == set()


def test_placeholders_survive_translation() -> None:
    holes = re.compile(r"%\(\w+\)s")
    for (_, msgid), texts in translated().items():
        assert all(set(holes.findall(text)) == set(holes.findall(msgid)) for text in texts), msgid


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_words_of_their_own(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    text = _TEMPLATE_CODE.sub("", _TRANSLATED.sub("", text))
    spoken = [words for words in _SPOKEN.findall(text) if _LETTERS.search(words)]
    assert spoken == []
    assert _LETTERS.findall(_ELEMENT.sub(" ", text)) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_inline_script_or_style(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", text) is None
