"""The parts every page is built from. Each declares its attributes: an unknown one, or an unknown value of a known one,
is an error when the page is read, not a page that looks odd.

Colour never speaks alone: a tone brings an icon, and the words say it. Shown in every state at `/ui/`."""

from collections.abc import Mapping
from pathlib import Path

from django.template import Library, TemplateSyntaxError
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = Library()

ICONS = tuple((Path(__file__).parent / "icons.txt").read_text(encoding="utf-8").split())
_KNOWN_ICONS = frozenset(ICONS)
TONES: Mapping[str, str] = {
    "": "info-circle",
    "info": "info-circle",
    "good": "circle-check",
    "warning": "alert-triangle",
    "bad": "alert-circle",
}
"""Tone -> the icon it brings where none is named."""
BLANKS: Mapping[str, tuple[str, str]] = {
    "empty": ("inbox", ""),
    "good": ("circle-check", "good"),
    "loading": ("hourglass", ""),
    "error": ("alert-circle", "bad"),
    "offline": ("wifi-off", "warning"),
    "forbidden": ("lock", ""),
}
"""What a list can be instead of full -> its icon and tone."""
KINDS = ("primary", "plain", "danger", "quiet")


def _one_of(what: str, given: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    if given not in known:
        raise TemplateSyntaxError(f"{what} {given!r} is not one of {', '.join(filter(None, known))}")
    return given


@register.simple_tag
def icon(name: str, *, label: str = "", size: str = "") -> SafeString:
    """An icon of icons.txt. Without a label it is decoration, which a screen reader passes over.

    size: "" (of the text beside it) | "large".
    """
    if name not in _KNOWN_ICONS:
        raise TemplateSyntaxError(f"icon {name!r} is not in icons.txt")
    _one_of("size", size, ("", "large"))
    spoken = format_html('role="img" aria-label="{}"', label) if label else format_html('aria-hidden="{}"', "true")
    kind = "nol-icon nol-icon-large" if size else "nol-icon"
    address = static("vendor/icons.svg")
    return format_html('<svg class="{}" {}><use href="{}#{}"></use></svg>', kind, spoken, address, name)


@register.simple_tag
def badge(text: object, *, tone: str = "", icon_name: str = "") -> SafeString:
    """A word or two about the thing beside it."""
    _one_of("tone", tone, TONES)
    mark = icon(icon_name) if icon_name else ""
    return format_html('<span class="nol-badge nol-tone-{}">{}{}</span>', tone or "plain", mark, text)


@register.simple_tag
def figure(
    value: object, label: object, *, tone: str = "", href: str = "", note: object = "", change: object = ""
) -> SafeString:
    """A number and what it counts; with `href` the way to what stands behind it. `change`: how it compares."""
    _one_of("tone", tone, TONES)
    given = {"value": value, "label": label, "tone": tone or "plain", "href": href, "note": note, "change": change}
    return render_to_string("ui/components/figure.html", given)


@register.simple_tag
def progress(done: int, total: int, label: object, *, tone: str = "") -> SafeString:
    """How far something has come, as a bar and in numbers. `total` 0: nobody knows yet how much there is."""
    _one_of("tone", tone, TONES)
    if not 0 <= done <= max(total, done if total == 0 else 0):
        raise ValueError(f"{done} of {total}")
    given = {"done": done, "total": total, "label": label, "tone": tone}
    return render_to_string("ui/components/progress.html", given)


@register.simple_block_tag
def panel(content: str, *, title: object = "", icon_name: str = "", tone: str = "", id: str = "") -> SafeString:
    """A part of a page with a heading of its own (level 2)."""
    _one_of("tone", tone, TONES)
    given = {"content": content, "title": title, "icon": icon_name, "tone": tone, "id": id}
    return render_to_string("ui/components/panel.html", given)


@register.simple_block_tag
def notice(content: str, *, tone: str = "info", title: object = "", icon_name: str = "") -> SafeString:
    """Something the reader should know before going on. A bad one is read out at once."""
    _one_of("tone", tone, TONES)
    given = {"content": content, "tone": tone or "info", "title": title, "icon": icon_name or TONES[tone]}
    return render_to_string("ui/components/notice.html", given)


@register.simple_block_tag
def blank(content: str, *, title: object, kind: str = "empty", icon_name: str = "") -> SafeString:
    """What stands where a list would: empty, all well, loading, failed, offline, or not for this reader.

    The content says what can be done about it.
    """
    _one_of("kind", kind, BLANKS)
    mark, tone = BLANKS[kind]
    given = {
        "content": content, "has_content": bool(content.strip()), "title": title, "icon": icon_name or mark,
        "tone": tone or "plain", "kind": kind,
    }  # fmt: skip
    return render_to_string("ui/components/blank.html", given)


@register.simple_block_tag
def button(
    content: str, *, kind: str = "plain", icon_name: str = "", href: str = "", name: str = "", value: str = "",
    large: bool = False, wide: bool = False,
) -> SafeString:  # fmt: skip
    """A button of the form it stands in; with `href` a link that looks like one."""
    _one_of("kind", kind, KINDS)
    given = {"content": content, "kind": kind, "icon": icon_name, "href": href, "name": name, "value": value,
             "large": large, "wide": wide}  # fmt: skip
    return render_to_string("ui/components/button.html", given)


@register.simple_tag
def trend(now: int, before: int) -> str:
    """The change in words: `+3`, `−2`, or the same."""
    if now == before:
        return _("the same")
    return f"+{now - before}" if now > before else f"\N{MINUS SIGN}{before - now}"
