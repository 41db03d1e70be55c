"""The ways a message leaves, one folder per kind; which of them are tried, and in which order, the environment says."""

from functools import cache

from django.conf import settings

from notoneless.follow.channels.apprise import AppriseChannel
from notoneless.follow.channels.contract import Channel, Delivery, Message
from notoneless.follow.channels.dryrun import DryRun
from notoneless.follow.channels.webpush import WebPushChannel
from notoneless.kernel.errors import DomainError

KINDS: dict[str, type[Channel]] = {"dry-run": DryRun, "apprise": AppriseChannel, "webpush": WebPushChannel}


def channels() -> tuple[Channel, ...]:
    """In the order in which they are tried. Raises DomainError `unknown_channel`."""
    return _made(tuple(settings.REMINDER_CHANNELS))


@cache
def _made(names: tuple[str, ...]) -> tuple[Channel, ...]:
    for name in names:
        if name not in KINDS:
            raise DomainError("unknown_channel", "NOL_REMINDER_CHANNELS", known=", ".join(KINDS))
    return tuple(KINDS[name]() for name in names)


__all__ = ["KINDS", "Channel", "Delivery", "Message", "channels"]
