"""What a letter may hold, who may send one, and its words as paragraphs and safe links. Plain Python."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from notoneless.kernel.errors import DomainError
from notoneless.roster.roles import REPORT, RULE, SIGN

INFORMATION, RECEIPT = "information", "receipt"
KINDS = (INFORMATION, RECEIPT)
"""A letter informs, or asks for one tap. Nothing else: no photograph, no print, no upload, no chain of replies
(domain.md 0.10 and 6, the rules against form over substance)."""
LONGEST = {"title_zh": 80, "title_en": 160, "body_zh": 3000, "body_en": 6000}
LONGEST_WHY = 200


@dataclass(frozen=True)
class Words:
    """A letter before it is sent. English is optional; without it everyone reads the Chinese."""

    kind: str
    title_zh: str
    body_zh: str
    title_en: str = ""
    body_en: str = ""


def powers_to_send(level: str) -> tuple[str, ...]:
    """Any of these, held at the unit, lets an account write in its name: who speaks for the class; who signs for the
    school or makes its rules; who makes a bureau's."""
    return (REPORT,) if level == "class" else (SIGN, RULE) if level == "school" else (RULE,)


def cleaned(words: Words) -> Words:
    """The same without what nobody typed on purpose: spaces around, line ends of another system."""
    return replace(
        words, title_zh=words.title_zh.strip(), title_en=words.title_en.strip(), body_zh=tidied(words.body_zh),
        body_en=tidied(words.body_en),
    )  # fmt: skip


def needs_number(level: str) -> bool:
    """Whether the sender types the number of households first: what has reached a city is hard to call back."""
    return level not in ("class", "school")


def tidied(text: str) -> str:
    """Line ends alike, no space at the ends of lines, at most one empty line in a row."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def faults_of(words: Words) -> dict[str, DomainError]:
    """What is wrong, by field: `unknown_choice`, `value_required`, `value_too_long`, `bad_text`."""
    faults: dict[str, DomainError] = {}
    if words.kind not in KINDS:
        faults["kind"] = DomainError("unknown_choice", "kind", value=words.kind[:20], known=", ".join(KINDS))
    for name, most in LONGEST.items():
        text = getattr(words, name)
        if has_hidden(text, lines=name.startswith("body")):
            faults[name] = DomainError("bad_text", name)
        elif len(text) > most:
            faults[name] = DomainError("value_too_long", name, limit=most)
        elif not text and name.endswith("_zh"):
            faults[name] = DomainError("value_required", name)
    return faults


_TURNS = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))


def has_hidden(text: str, *, lines: bool) -> bool:
    """Control characters, halves of a character, or signs that turn the direction of what follows. Joiners stay: emoji
    are made of them, and rare characters are characters."""
    allowed = "\n\t" if lines else ""
    return any(
        sign not in allowed and (unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") or sign in _TURNS)
        for sign in text
    )


@dataclass(frozen=True)
class Piece:
    """Part of a line: words; or a link, whose `host` is shown before the rest of its address."""

    text: str
    url: str = ""
    host: str = ""


# Addresses of plain ASCII only: a host in look-alike letters is shown as words. Chinese punctuation ends an address.
_ADDRESS = re.compile(r"https://[!-~]+")
_CLOSING = ".,;:!?)]}'\""


def paragraphs_of(text: str) -> list[list[list[Piece]]]:
    """Paragraphs (parted by an empty line) of lines of pieces."""
    return [[list(_pieces(line)) for line in block.split("\n")] for block in re.split(r"\n{2,}", tidied(text)) if block]


def _pieces(line: str) -> Iterator[Piece]:
    done = 0
    for found in _ADDRESS.finditer(line):
        address = found[0].rstrip(_CLOSING)
        host = _host_of(address)
        if not host:
            continue
        if found.start() > done:
            yield Piece(line[done : found.start()])
        yield Piece(address[len("https://") + len(host) :], address, host)
        done = found.start() + len(address)
    if done < len(line):
        yield Piece(line[done:])


def _host_of(address: str) -> str:
    """The host with its port; empty where the address hides one (a name and password before it) or has none."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return ""
    host = parts.hostname or ""
    is_plain = bool(re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host)) and "xn--" not in host
    shown = host if port is None else f"{host}:{port}"
    return shown if is_plain and parts.netloc.lower() == shown else ""


HOURS = {"hours_zh": 60, "hours_en": 120}


def is_telephone(number: str) -> bool:
    """Digits, with the spaces, hyphens and brackets that people write between them, a plus before, an extension after:
    an office's number is printed as it is dialled."""
    shape = r"\+?[0-9][0-9 ()-]{1,18}[0-9]([ -]?(转|x|ext\.?) ?[0-9]{1,6})?"
    return len(number) <= 24 and re.fullmatch(shape, number) is not None
