"""The application that the server runs. The lane will be mounted here, before Django."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notoneless.settings")
application = get_asgi_application()
