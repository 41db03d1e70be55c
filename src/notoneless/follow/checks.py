"""What `nol check` says of reminders: settings under which nothing would arrive."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning

from notoneless.follow.channels import KINDS
from notoneless.follow.channels.apprise import PHONE
from notoneless.follow.channels.webpush.keys import key_path


def check_reminders(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [Warning(told, id=f"follow.{code}") for code, told in _found()]


def _found() -> Iterator[tuple[str, str]]:
    """Setting and what is wrong with it; never an address, which is a secret."""
    channels = settings.REMINDER_CHANNELS
    for name in channels:
        if name not in KINDS:
            yield "channel", f"NOL_REMINDER_CHANNELS: {name!r} is not one of {', '.join(KINDS)}"
    without = sum(PHONE not in address for address in settings.REMINDER_URLS["family"])
    if "apprise" in channels and without:
        yield "family", f"NOL_REMINDER_FAMILY_URLS: {without} without {PHONE}, so no way to one family"
    if "apprise" in channels and not any(settings.REMINDER_URLS.values()):
        yield "addresses", "NOL_REMINDER_CHANNELS names apprise, and there are no addresses"
    if "webpush" in channels and not key_path().exists():
        yield "key", "NOL_REMINDER_CHANNELS names webpush, and there is no key: run nol remind key"
    if "webpush" in channels and settings.PUSH_CONTACT.endswith("@example.org"):
        yield "contact", "NOL_PUSH_CONTACT: push services want an address of the operator"
    if not settings.PUBLIC_ADDRESS and set(channels) != {"dry-run"}:
        yield "link", "NOL_ADDRESS is not set: reminders have no link"
