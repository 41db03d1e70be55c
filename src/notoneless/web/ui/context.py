"""What every page shows around its content."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from notoneless.web.access import PLACES, reader_of
from notoneless.web.ui.theme import theme_of


def reader(request: HttpRequest) -> dict[str, Any]:
    """The menu, a place for each role, shown when there is more than one; and how the reader likes to see pages."""
    if not hasattr(request, "user") or request.user.is_anonymous:
        return {"places": [], "theme": theme_of(request)}
    names = {"guardian": _("My children"), "teacher": _("My class"), "school": _("My school"), "officer": _("Bureau"),
             "admin": _("Office"), "wall": _("Screen")}  # fmt: skip
    addresses = [(reverse(PLACES[role]), names[role]) for role in reader_of(request).desks]
    places = [(address, name, request.path.startswith(address)) for address, name in addresses]
    return {"places": places, "theme": theme_of(request)}
