"""DingTalk, WeCom, Feishu, mail, text messages and the rest by Apprise, whose addresses come from the environment.

An address of a family holds `{phone}`, which becomes the guardian's number; one of the staff may hold it, or be a
group's robot. Addresses are secrets: they are in no row, no log line and no error.
"""

import logging
import re
from urllib.parse import quote

import apprise
from django.conf import settings

from notoneless.follow.channels.contract import Delivery, Message
from notoneless.follow.queries.recipients import Recipient

PHONE = "{phone}"
PATIENCE = 15
"""Seconds for the whole of one message."""
_SAID = re.compile(r"error=(\d{3})\b")
_ASSET = apprise.AppriseAsset(async_mode=False)  # we have threads of our own
logging.getLogger("apprise").propagate = False  # its lines name addresses and phones
logging.getLogger("urllib3").setLevel(logging.WARNING)  # and so would those of what it calls with


class AppriseChannel:
    name = "apprise"

    def can_reach(self, to: Recipient) -> bool:
        return bool(self._addresses(to))

    def send(self, to: Recipient, message: Message) -> Delivery:
        sender = apprise.Apprise(asset=_ASSET)
        if not all(sender.add(address) for address in self._addresses(to)):
            return Delivery("refused", "address not understood")
        result = sender.notify(
            title=message.title, body=message.whole, body_format=apprise.NotifyFormat.TEXT, timeout=PATIENCE,
            log_level=logging.WARNING,
        )  # fmt: skip
        if result:
            return Delivery(answer="accepted")
        # Of what was logged meanwhile only the provider's status is kept. Without one nobody knows what arrived.
        said = next((found for entry in result.logs() if (found := _SAID.search(entry.message))), None)
        return Delivery("refused", f"HTTP {said[1]}") if said else Delivery("unanswered", "no answer")

    def _addresses(self, to: Recipient) -> list[str]:
        """A family has one message: its first phone. A group's robot is no way to one family."""
        known: list[str] = settings.REMINDER_URLS[to.kind]
        named = [one for one in known if PHONE in one]
        phones = to.phones[:1] if to.kind == "family" else to.phones
        found = [one.replace(PHONE, quote(phone, safe="")) for one in named for phone in phones]
        return found if to.kind == "family" else found + [one for one in known if PHONE not in one]
