"""Reads pages as an attacker does: which forms there are, which fields they have, where links lead."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.http.response import HttpResponseBase
from django.test import Client

TEXTS = ("text", "textarea", "search", "url", "email", "tel", "password", "number", "date", "hidden", "")
LEFT_ALONE = ("/sign-out/", "/language/", "/theme/")
"""Ends the walk, or changes the language or the look of every page; each has tests of its own."""


USUAL = {
    "temperature": "36.5", "windows": "", "holidays": "2027-01-01", "makeups": "", "username": "gate", "login": "gate",
    "person": "K1-1", "area": "", "effective_to": "", "oldpassword": "an-invented-password", "url": "https://example.edu.cn/",
    "link": "https://example.edu.cn/", "password": "an-invented-password", "asks_a_day": "3",
}  # fmt: skip
"""What a person would write where not any word will do: by the end of the field's name."""
BY_KIND = {"date": "2026-11-24", "number": "1", "hidden": ""}


def usual(name: str, kind: str) -> str:
    """A text that the field is likely to take."""
    if "-trips-" in name and "-trips-0-" not in name:
        return ""
    return next((text for end, text in USUAL.items() if name.endswith(end)), BY_KIND.get(kind, "x"))


@dataclass
class Form:
    """A form that posts: where to, and its fields with the values a person would leave or choose."""

    page: str
    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """Alike forms of one page that differ in numbers are one."""
        return re.sub(r"\d+", "0", self.action.partition("?")[0]), tuple(
            sorted({re.sub(r"\d+", "0", name) for name in self.fields})
        )


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._form: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "a" and "href" in given:
            self.links.append(urljoin(self.page, given["href"]))
        elif tag == "form" and given.get("method", "").lower() == "post":
            self._form = Form(self.page, urljoin(self.page, given.get("action") or self.page))
        elif self._form is None or (not name and tag != "option"):
            return
        elif tag == "input":
            self._input(name, given)
        elif tag == "textarea":
            self._form.fields.setdefault(name, [usual(name, "text")])
            self._form.texts.append(name)
        elif tag == "button":
            self._form.fields.setdefault(name, [given.get("value", "")])
        elif tag == "select":
            self._select = name
            self._form.texts.append(name)
        elif tag == "option" and self._select and (given.get("value") or "selected" in given):
            self._form.fields.setdefault(self._select, [given.get("value", "")])

    def _input(self, name: str, given: dict[str, str]) -> None:
        assert self._form is not None
        kind = given.get("type", "")
        if kind == "file":
            self._form.files.append(name)
        elif kind in ("radio", "checkbox"):
            self._form.texts.append(name)
            if name.endswith("-left_city"):
                self._form.fields[name] = ["yes"]  # else its trips do not count
            elif kind == "radio" or "checked" in given:
                self._form.fields.setdefault(name, [given.get("value", "on")])
        elif kind in TEXTS:
            self._form.fields.setdefault(name, [given.get("value") or usual(name, kind)])
            if name != "csrfmiddlewaretoken":
                self._form.texts.append(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "form" and self._form is not None:
            kinds = {re.sub(r"\d+", "0", name): name for name in sorted(self._form.texts, reverse=True)}
            self._form.texts = sorted(kinds.values())  # of thirty alike lines of a class, the first
            self.forms.append(self._form)
            self._form = None


def read_page(page: str, answer: HttpResponseBase) -> _Reader:
    reader = _Reader(page)
    reader.feed(answer.content.decode())  # type: ignore[attr-defined] # pages are not streamed
    return reader


@dataclass
class Walk:
    """What one reader can reach by links from the start: pages by address, and every kind of form on them."""

    pages: dict[str, str] = field(default_factory=dict)
    forms: dict[tuple[str, tuple[str, ...]], Form] = field(default_factory=dict)


def walk(client: Client, starts: list[str], *, most: int = 60) -> Walk:
    """Follow links within the site, each kind of address once (numbers and days apart), at most so many."""
    found, waiting, seen = Walk(), list(starts), set[str]()
    while waiting and len(found.pages) < most:
        address = waiting.pop(0)
        kind = re.sub(r"\d+", "0", address)
        if kind in seen or urlsplit(address).netloc or not address.startswith("/"):
            continue
        seen.add(kind)
        answer = client.get(address)
        assert answer.status_code < 500, address
        if answer.status_code in (301, 302):
            waiting.append(urljoin(address, answer["Location"]))
        if "html" not in answer.headers.get("Content-Type", "") or answer.status_code != 200:
            continue
        read = read_page(address, answer)
        found.pages[address] = answer.content.decode()
        waiting += [link.partition("#")[0] for link in read.links]
        for form in read.forms:
            if urlsplit(form.action).path not in LEFT_ALONE:
                found.forms.setdefault(form.key, form)
    return found
