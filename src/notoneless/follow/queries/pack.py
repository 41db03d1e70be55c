"""The rules in force: the bureau's own pack, or ours."""

from pathlib import Path

from django.conf import settings

from notoneless.follow.rules import PACK, Rules, rules_in


def rules() -> Rules:
    return rules_in(Path(settings.REMINDER_RULES) if settings.REMINDER_RULES else PACK)
