"""The application that the server runs: the lane, and behind it Django."""

import os
from typing import TYPE_CHECKING, cast

from django.core.asgi import get_asgi_application

if TYPE_CHECKING:
    from notoneless.web.lane.app import Application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notoneless.settings")
pages = cast("Application", get_asgi_application())

# The lane imports models, which need Django to be set up first.
from notoneless.web.lane.app import Lane  # noqa: E402

application = Lane(pages)
