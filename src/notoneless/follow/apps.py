from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from notoneless.follow.rules import rules_in


class FollowConfig(AppConfig):
    name = "notoneless.follow"
    label = "follow"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Raises ImproperlyConfigured: a pack that cannot be followed ends the start, not every turn of the jobs."""
        from notoneless.follow.checks import check_reminders  # noqa: PLC0415 - the app registry must be ready
        from notoneless.follow.sealed import declare_columns  # noqa: PLC0415 - the app registry must be ready

        declare_columns()
        checks.register(check_reminders)
        if settings.REMINDER_RULES:
            try:
                rules_in(Path(settings.REMINDER_RULES))
            except (OSError, KeyError, ValueError) as error:
                raise ImproperlyConfigured(f"NOL_REMINDER_RULES: {error}") from error
