"""`/ui/`: every part in every state, for whoever writes a page and for whoever checks how it looks."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from notoneless.web.ui.components import BLANKS, ICONS, KINDS, TONES
from notoneless.web.ui.words import STATES


@dataclass(frozen=True)
class Shown:
    """Enough of a slot to draw its state."""

    state: str
    on_time: bool
    reason: str = ""


TOKENS = ("good", "warning", "bad", "info", "plain")


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    slots = [Shown("reported", on_time=True), Shown("reported", on_time=False)]
    slots += [Shown(state, on_time=False) for state in STATES if state not in ("on_time", "late")]
    slots.append(Shown("excused", on_time=False, reason="closure"))
    titles = {
        "empty": _("Nobody yet."), "good": _("Nobody is missing: everyone has been heard from."),
        "loading": _("Loading …"), "error": _("This could not be loaded."), "offline": _("You are offline."),
        "forbidden": _("You may not see this."),
    }  # fmt: skip
    hints = {
        "empty": _("What is added will be shown here."), "good": "", "loading": _("This takes a moment."),
        "error": _("Nothing is lost. Try again."),
        "offline": _("What you send is kept and goes when you are back on line."),
        "forbidden": _("Ask whoever gives roles in your office."),
    }  # fmt: skip
    context = {
        "tokens": TOKENS, "tones": list(TONES), "icons": ICONS, "kinds": KINDS, "slots": slots,
        "blanks": [(kind, titles[kind], hints[kind]) for kind in BLANKS],
    }  # fmt: skip
    return render(request, "ui/gallery.html", context)
