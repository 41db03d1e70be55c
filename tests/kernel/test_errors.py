"""One catalogue of errors: every code has both sentences, and every code that the source raises is in it."""

import re
import string
from pathlib import Path

import pytest

import notoneless
from notoneless.kernel.errors import DomainError, catalogue

SOURCE = Path(notoneless.__file__).parent
RAISED = re.compile(r'DomainError\(\s*"([a-z_]+)"')


def test_every_raised_code_has_a_sentence_in_both_languages() -> None:
    raised = {code for path in SOURCE.rglob("*.py") for code in RAISED.findall(path.read_text(encoding="utf-8"))}
    assert len(raised) > 20
    assert raised - set(catalogue()) == set()


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_both_sentences_say_the_same_things(code: str) -> None:
    sentences = catalogue()[code]
    assert set(sentences) == {"zh", "en"}
    names = {
        language: {name for _, name, _, _ in string.Formatter().parse(text) if name} - {"zh", "en"}
        for language, text in sentences.items()
    }
    assert names["zh"] == names["en"]
    assert re.search("[\u4e00-\u9fff]", sentences["zh"])


def test_message_is_in_the_readers_language_or_in_both() -> None:
    error = DomainError("unknown_person", "person")
    assert error.message("zh-hans") == error.sentence("zh")
    assert error.message("en-GB") == error.sentence("en")
    assert error.message() == f"{error.sentence('zh')} / {error.sentence('en')}"


def test_a_code_without_a_sentence_cannot_be_raised() -> None:
    with pytest.raises(LookupError):
        DomainError("no_such_code")
