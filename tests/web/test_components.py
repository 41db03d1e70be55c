"""The parts of the pages: what they refuse, and that `/ui/` shows every one."""

import re

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client

from notoneless.web.ui.components import BLANKS, ICONS, TONES
from notoneless.web.ui.words import STATES
from tests.web.messages import WEB

SHEET = WEB / "ui/static/nol.css"


def drawn(source: str, **given: object) -> str:
    return Template(source).render(Context(given))


@pytest.mark.parametrize(
    "source",
    [
        '{% badge "x" colour="red" %}',
        '{% badge "x" tone="red" %}',
        '{% icon "no-such-icon" %}',
        '{% icon "bell" size="huge" %}',
        '{% panel heading="x" %}{% endpanel %}',
        '{% blank title="x" kind="gone" %}{% endblank %}',
        '{% button kind="red" %}{% endbutton %}',
        '{% notice tone="red" %}{% endnotice %}',
        "{% figure 1 %}",
    ],
)
def test_an_unknown_attribute_or_value_is_an_error(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        drawn(source)


def test_what_is_given_is_escaped() -> None:
    assert drawn("{% badge text %}", text="<b>") == '<span class="nol-badge nol-tone-plain">&lt;b&gt;</span>'
    assert "&lt;i&gt;" in drawn('{% figure text "n" %}', text="<i>")


@pytest.mark.parametrize("part", ['blank title="x"', "notice", 'panel title="x"', "button"])
def test_what_stands_inside_keeps_its_elements_and_escapes_its_variables(part: str) -> None:
    page = drawn(f"{{% {part} %}} <i>{{{{ text }}}}</i> {{% end{part.split()[0]} %}}", text="<b>")
    assert "<i>&lt;b&gt;</i>" in page


def test_progress_of_an_unknown_total_has_no_value() -> None:
    assert "value" not in drawn('{% progress 0 0 "x" %}')
    assert 'value="3" max="4"' in drawn('{% progress 3 4 "x" %}')
    with pytest.raises(ValueError, match="5 of 4"):
        drawn('{% progress 5 4 "x" %}')


def test_the_device_and_the_choice_give_the_same_dark() -> None:
    """A selector and a media query cannot share a rule, so the tokens stand there twice."""
    text = SHEET.read_text(encoding="utf-8")
    chosen = re.search(r"^\[data-bs-theme=dark\] {(.*?)^}", text, re.DOTALL | re.MULTILINE)
    by_device = re.search(r"^\[data-bs-theme=auto\] {(.*?)^}", text, re.DOTALL | re.MULTILINE)
    assert chosen is not None
    assert by_device is not None
    assert chosen[1] == by_device[1] != ""


@pytest.mark.django_db
def test_the_gallery_shows_every_part_in_every_state(client: Client) -> None:
    page = client.get("/ui/").content.decode()
    assert all(f"#{name}" in page for name in ICONS)
    assert page.count('class="nol-blank') == len(BLANKS)
    assert page.count('class="nol-notice') == len([tone for tone in TONES if tone])
    assert page.count('class="nol-badge') >= len(STATES) + len(TONES)


@pytest.mark.django_db
@pytest.mark.parametrize("chosen", ["auto", "light", "dark"])
def test_the_appearance_is_kept_for_who_is_not_signed_in(client: Client, chosen: str) -> None:
    answer = client.post("/theme/", {"theme": chosen, "next": "/rules/?a=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/rules/?a=1")
    assert f'data-bs-theme="{chosen}"' in client.get("/ui/").content.decode()


@pytest.mark.django_db
def test_the_appearance_leads_nowhere_else_and_knows_its_names(client: Client) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": "https://elsewhere.example/"})["Location"] == "/"
    assert client.post("/theme/", {"theme": "dark", "next": "no view of that name"}).status_code == 302
    assert client.post("/theme/", {"theme": "pink"}).status_code == 400
    assert client.get("/theme/").status_code == 405
