"""The family page as an app of the phone: its manifest, its service worker, and what it shows without a line."""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from notoneless.web.ui.words import reading

FILES = ("vendor/tabler.css", "nol.css", "family.css", "nol.js", "family.js", "vendor/icons.svg", "nol.svg")
"""What the page is made of; none of it is about anybody."""


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    icons = [
        {"src": static("nol.svg"), "sizes": "any", "type": "image/svg+xml"},
        {"src": static("nol-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("nol-512.png"), "sizes": "512x512", "type": "image/png"},
        {"src": static("nol-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
    ]
    told = {
        "id": reverse("family"), "start_url": reverse("family"), "scope": reverse("family"), "display": "standalone",
        "name": _("Not One Less"), "short_name": _("Not One Less"), "lang": "en" if reading() == "en" else "zh-Hans",
        "background_color": "#f6f7f9", "theme_color": "#0b6e4f", "icons": icons,
    }  # fmt: skip
    return JsonResponse(told, content_type="application/manifest+json")


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Served from here so that its reach is the family's pages and no others."""
    files = [static(name) for name in FILES]
    context = {"version": _version(), "files": files, "shell": reverse("family_offline"), "page": reverse("family")}
    answer = HttpResponse(render_to_string("family/worker.js", context), content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The same for everybody: no name, no key, no token. Kept on the phone in the language and look it was asked in."""
    request.user = AnonymousUser()
    return render(request, "family/offline.html")


@lru_cache(maxsize=1)
def _version() -> str:
    """Another when any of the files is."""
    digest = hashlib.blake2b(digest_size=8)
    for name in FILES:
        digest.update(Path(str(finders.find(name))).read_bytes())
    return digest.hexdigest()
