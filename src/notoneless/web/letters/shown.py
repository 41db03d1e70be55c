"""A letter as a family reads it, on its own page and in the sender's preview alike."""

from dataclasses import dataclass
from datetime import date

from notoneless.publish.queries import LetterInfo
from notoneless.publish.rules import Piece, Words, paragraphs_of


@dataclass(frozen=True)
class ShownLetter:
    """`language`: of the words, for the page to say; `is_other`: they are not in the language that was asked for."""

    title: str
    sender: str
    day: date
    paragraphs: list[list[list[Piece]]]
    language: str
    is_other: bool = False


def shown(info: LetterInfo, reading: str) -> ShownLetter:
    """In English for who reads English, where the sender wrote it."""
    is_zh = reading == "zh" or not info.body_en
    told = "zh" if is_zh else "en"
    return ShownLetter(
        info.label(told), info.sender(reading), info.day, paragraphs_of(info.body(told)),
        "zh-Hans" if is_zh else "en", is_zh and reading != "zh",
    )  # fmt: skip


def previews(words: Words, senders: dict[str, str], day: date) -> list[ShownLetter]:
    """As Chinese readers will see it and, where there is an English text, English ones."""
    found = [ShownLetter(words.title_zh, senders["zh"], day, paragraphs_of(words.body_zh), "zh-Hans")]
    if words.body_en:
        title = words.title_en or words.title_zh
        found.append(ShownLetter(title, senders["en"], day, paragraphs_of(words.body_en), "en"))
    return found
