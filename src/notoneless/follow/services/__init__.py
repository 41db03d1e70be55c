"""Ask, climb, send: the only ways in which a reminder is written."""

from notoneless.follow.services.asking import Told, remind_missing
from notoneless.follow.services.climbing import climb
from notoneless.follow.services.sending import send_rehearsal, send_waiting
from notoneless.follow.services.subscriptions import forget_browser, keep_browser, push_key

__all__ = [
    "Told",
    "climb",
    "forget_browser",
    "keep_browser",
    "push_key",
    "remind_missing",
    "send_rehearsal",
    "send_waiting",
]
