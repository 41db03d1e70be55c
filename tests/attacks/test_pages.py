"""Every text field of every form of every page, found by walking the site, is sent what nobody types by accident."""

import io
from typing import Any, ClassVar

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from django.urls import resolve

from notoneless.roster.models import Grant, Person, Unit
from tests.attacks.conftest import SECRETS
from tests.attacks.forms import Form, walk
from tests.attacks.hostile import MARK, PAYLOADS, signed, worked
from tests.builders import DAY
from tests.web.cast import ROLES, signed_in
from tests.web.test_inline import inline_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
STARTS = {
    "parent": ["/", "/family/", f"/why/{{child}}/{DAY}/", "/family/complaints/", "/family/reads/", "/account/"],
    "teacher": ["/", "/class/K1/", "/class/K1/?duty=daily-health", "/class/K1/states/", "/class/K1/people/{child}/"],
    "principal": ["/", "/school/S/", "/unit/S/policies/new/", "/unit/S/calendar/", "/unit/S/asks/",
                  "/unit/S/complaints/", "/unit/S/roles/"],
    "city_officer": ["/", "/bureau/C/", "/unit/C/policies/new/", "/unit/C/calendar/", "/unit/C/complaints/"],
    "security_admin": ["/", "/office/", "/unit/C/roles/"],
}  # fmt: skip
SHOWN_NOWHERE = ("teacher", "security_admin")
"""What they write is kept for others, or in the audit log."""
ONE_BY_ONE = ("sql", "markup", "header", "number", "null")
"""Payloads that go into one field at a time; the others into all at once."""
NAMES = ("day", "duty", "level", "page", "units", "year", "district", "remove", "ask", "preview", "next", "sort")
LOOKED_AT = {
    "parent": {"day", "page"}, "teacher": {"day", "duty", "page"},
    "principal": {"day", "duty", "page", "year", "remove"},
    "city_officer": {"day", "duty", "page", "level", "year", "remove"}, "security_admin": {"page", "past", "account"},
}  # fmt: skip
"""Names that somebody's pages are known to look at: else the watching would be broken."""
TOGETHER = [("parent", "teacher", "city_officer"), ("principal", "security_admin")]
"""Who writes into one city before everybody reads it: those who take nothing from each other."""
LETTERS = dict(zip(STARTS, "abcde", strict=True))
LEAST_FORMS = {"parent": 2, "teacher": 3, "principal": 5, "city_officer": 3, "security_admin": 1}


def starts(name: str) -> list[str]:
    child = Person.objects.get(code="K1-1").pk
    return [address.format(child=child) for address in STARTS[name]]


def send(client: Client, form: Form, **changes: str) -> Any:
    fields: dict[str, Any] = form.fields | {name: [text] for name, text in changes.items()}
    fields |= {name: SimpleUploadedFile("a.ics", PAYLOADS["markup"].encode()) for name in form.files}
    return client.post(form.action, fields)


def look(answer: Any, what: object) -> None:
    """No failure, nothing obeyed, no header of the sender's making."""
    assert answer.status_code < 500, what
    assert "X-Forged" not in answer.headers, what
    assert "forged" not in answer.cookies, what
    if "html" in answer.headers.get("Content-Type", ""):
        page = answer.content.decode()
        assert worked(page) == [], what
        assert inline_in(page) == [], what


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("names", TOGETHER, ids=" ".join)
def test_hostile_text_in_every_field_is_refused_or_shown_as_text(names: tuple[str, ...], lines: io.StringIO) -> None:
    clients = {name: signed_in(name) for name in names}
    found = {name: list(walk(client, starts(name)).forms.values()) for name, client in clients.items()}
    for name, forms in found.items():
        assert len(forms) >= LEAST_FORMS[name], [form.action for form in forms]
    kept = Grant.objects.count(), Unit.objects.count()

    for name, client in clients.items():
        taken = 0
        for form in found[name]:
            for kind, payload in PAYLOADS.items():
                text = signed(payload, LETTERS[name])
                for field in form.texts if kind in ONE_BY_ONE else ():
                    answer = send(client, form, **{field: text})
                    look(answer, (form.action, field, kind))
                    taken += answer.status_code == 302
                look(send(client, form, **dict.fromkeys(form.texts, text)), (form.action, "all", kind))
        assert taken > 0  # else the forms would only have been refused for something else

    assert Unit.objects.count() == kept[1]
    assert Grant.objects.count() >= kept[0]
    shown = {
        (reader, address): page
        for reader in STARTS
        for address, page in walk(signed_in(reader), starts(reader)).pages.items()
    }
    assert [where for where, page in shown.items() if worked(page)] == []
    for name in set(names) - set(SHOWN_NOWHERE):
        mark = MARK + LETTERS[name]
        assert any(f"{mark}&quot;&#x27;&gt;&lt;script&gt;" in page for page in shown.values()), name
    log = lines.getvalue()
    assert log
    assert all(secret not in log for told in SECRETS.values() for secret in told)
    assert "\nFORGED" not in log and "\x1b" not in log


class Watched(QueryDict):
    """The parameters of a request; remembers by which names a view asked for them."""

    asked: ClassVar[set[str]] = set()
    is_read = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # asks for every name there is
        self.is_read = True

    def _ask(self, key: object) -> None:
        if self.is_read:
            self.asked.add(str(key))

    def __getitem__(self, key: str) -> Any:
        self._ask(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._ask(key)
        return super().__contains__(key)

    def getlist(self, key: str, default: Any = None) -> Any:
        self._ask(key)
        return super().getlist(key, default)


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("name", STARTS)
def test_hostile_text_in_every_address_is_refused_or_shown_as_text(
    name: str, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under every name at once, and one by one under each that the view looks at, once it is seen to: what it never
    looks at cannot be obeyed."""
    client = signed_in(name)
    pages = walk(client, starts(name)).pages
    assert len(pages) >= 3
    monkeypatch.setattr("django.core.handlers.wsgi.QueryDict", Watched)
    paths = {address.partition("?")[0] for address in pages}
    seen = set[str]()
    # One page of each view: the same code reads the parameters of all of them.
    for path in {resolve(path).view_name: path for path in sorted(paths)}.values():
        Watched.asked.clear()
        look(client.get(path), path)
        for kind, payload in PAYLOADS.items():
            if len(payload) < 1000:
                look(client.get(path, dict.fromkeys({*NAMES, *Watched.asked}, payload)), (path, kind))
        sent = set[str]()
        while waiting := Watched.asked - sent:
            one = min(waiting)
            sent.add(one)
            for kind in ONE_BY_ONE:
                look(client.get(path, {one: PAYLOADS[kind]}), (path, one, kind))
        seen |= sent
    assert LOOKED_AT[name] <= seen
    log = lines.getvalue()
    assert all(secret not in log for told in SECRETS.values() for secret in told)
    assert "\nFORGED" not in log and "\x1b" not in log


@pytest.mark.usefixtures("city")
def test_parameter_called_like_what_a_template_asks_for_is_a_parameter() -> None:
    names = ("items", "keys", "values", "lists", "dict", "copy", "urlencode", "0")
    for path in ("/bureau/C/", "/bureau/K1/", "/class/K1/", "/school/S/"):
        answer = signed_in("city_officer").get(path, dict.fromkeys(names, "x"))
        assert answer.status_code == 200, path


@pytest.mark.usefixtures("city")
def test_hostile_text_in_place_of_every_code_is_refused() -> None:
    client = signed_in("city_officer")
    for payload in PAYLOADS.values():
        for before, after in (("/bureau/", "/"), ("/bureau/", "/missing/"), ("/class/", "/"), ("/school/", "/"),
                              ("/unit/", "/policies/"), ("/unit/C/policies/", "/"), ("/unit/", "/calendar.ics"),
                              ("/rules/", "/"), ("/why/1/", "/"), ("/", "")):  # fmt: skip
            answer = client.get(before + payload[:300] + after)
            look(answer, (before, payload[:40]))
            assert answer.status_code in (400, 403, 404), (before, payload[:40])


@pytest.mark.usefixtures("city")
def test_stranger_finds_nothing_but_the_public_page_and_the_way_in() -> None:
    client = Client(headers={"accept-language": "en"})
    found = walk(client, ["/", "/rules/", "/sign-in/", "/family/", "/bureau/C/"])
    open_to_all = {"rules", "sign-in", "account", "join", "help"}
    assert {address.partition("?")[0].split("/")[1] for address in found.pages} <= open_to_all
    for page in found.pages.values():
        assert all(secret not in page for told in SECRETS.values() for secret in told)
    for form in found.forms.values():
        for kind, payload in PAYLOADS.items():
            for text in form.texts:
                look(send(client, form, **{text: payload}), (form.action, text, kind))


@pytest.mark.usefixtures("city")
def test_signing_in_never_leads_to_another_site() -> None:
    for there in ("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example",
                  "https:elsewhere.example", "javascript:alert(1)", "\thttps://elsewhere.example", "https://testserver@elsewhere.example/",
                  "///elsewhere.example", "http://testserver.elsewhere.example"):  # fmt: skip
        for address, client in (("/language/", Client()), ("/sign-in/", Client())):
            sent = {"next": there, "language": "en", "username": "officer", "login": "officer",
                    "password": "an-invented-password"}  # fmt: skip
            answer = client.post(f"{address}?next={there}" if address == "/sign-in/" else address, sent)
            assert "elsewhere" not in answer.headers.get("Location", "").partition("?")[0], (address, there)
            assert not answer.headers.get("Location", "/").startswith("javascript")


def test_the_walk_would_see_what_it_looks_for() -> None:
    assert worked(f"<script>{MARK}()") == ["markup"]
    assert worked(f"{MARK}70007") == ["template"]
    assert worked(signed(f"{MARK}70007", "a")) == ["template"]
    assert sorted(name for names in TOGETHER for name in names) == sorted(STARTS)
    assert set(STARTS) <= set(ROLES)
