"""No template carries a script, a style or a handler of its own: the policy forbids them, so they would not run."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.builders import opened_city
from tests.web.cast import make_cast, signed_in, text_of
from tests.web.messages import TEMPLATES, WEB

_CODE = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)


class Inline(HTMLParser):
    """Collects what a strict policy would refuse, and addresses of other sites."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        # A block of data is no script: no policy forbids it and no browser runs it.
        self._script = tag == "script" and given.get("type") != "application/json"
        if tag in ("style", "base", "object", "embed", "iframe") or (self._script and not given.get("src")):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            text = (value or "").strip().lower()
            if name.startswith("on") or name in ("style", "srcdoc") or name.startswith("hx-on"):
                self.found.append(name)
            elif text.startswith(("javascript:", "vbscript:", "data:text")):
                self.found.append(f"{name}={text[:20]}")
            elif tag in ("script", "link", "img") and name in ("src", "href") and re.match(r"(\w+:)?//", text):
                self.found.append(f"{tag} from {text[:40]}")

    def handle_data(self, data: str) -> None:
        if self._script and data.strip():
            self.found.append("<script> with text")

    def handle_endtag(self, tag: str) -> None:
        self._script = False


def inline_in(text: str) -> list[str]:
    parser = Inline()
    parser.feed(text)
    return parser.found


@pytest.mark.parametrize(
    "text",
    ["<script>x()</script>", "<p onclick='x()'>", "<p style='a'>", "<style>p{}</style>", "<a href=' JavaScript:x()'>",
     "<script src='//elsewhere.example/x.js'></script>", "<base href='/'>", "<p hx-on:click='x()'>"],
)  # fmt: skip
def test_the_reader_sees_what_it_looks_for(text: str) -> None:
    assert inline_in(text)


@pytest.mark.parametrize("path", TEMPLATES, ids=[str(path.relative_to(WEB)) for path in TEMPLATES])
def test_no_template_has_anything_inline(path: Path) -> None:
    assert inline_in(_CODE.sub(" x ", path.read_text(encoding="utf-8"))) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "addresses"),
    [
        ("parent", ["/family/", "/family/reads/", "/family/complaints/", "/sign-in/", "/rules/", "/no-such-page"]),
        ("teacher", ["/class/K1/", "/class/K1/states/", "/bureau/K1/", "/class/L1/"]),
        ("principal", ["/school/S/", "/unit/S/policies/", "/unit/S/policies/new/", "/unit/S/calendar/", "/unit/S/asks/",
                       "/unit/S/complaints/"]),
        ("city_officer", ["/bureau/C/", "/bureau/C/ranking/", "/bureau/C/missing/"]),
    ],
)  # fmt: skip
def test_no_page_as_shown_has_anything_inline(name: str, addresses: list[str]) -> None:
    opened_city()
    make_cast()
    client = signed_in(name)
    for address in addresses:
        answer = client.get(address, follow=True)
        assert "<html" in text_of(answer)
        assert inline_in(text_of(answer)) == [], address


def test_scripts_of_ours_write_no_markup_from_data() -> None:
    """What is put into a page as markup by a script escapes nobody's eye, but it does escape the template engine."""
    script = (WEB / "ui/static/nol.js").read_text(encoding="utf-8")
    for danger in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert danger not in script
