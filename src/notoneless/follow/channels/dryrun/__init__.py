"""Sends nothing and says so: the default, for demos, rehearsals and the first weeks."""

from notoneless.follow.channels.contract import Delivery, Message
from notoneless.follow.queries.recipients import Recipient


class DryRun:
    name = "dry-run"

    def can_reach(self, to: Recipient) -> bool:
        return True

    def send(self, to: Recipient, message: Message) -> Delivery:
        return Delivery(answer="nothing left")
