"""What every channel takes and gives. No Django and no database: messages leave from threads."""

from dataclasses import dataclass
from typing import Protocol

from notoneless.follow.queries.recipients import Recipient


@dataclass(frozen=True)
class Message:
    """What anybody may see over somebody's shoulder: no name, no answer. `link`: where to go, maybe empty."""

    title: str
    body: str
    link: str

    @property
    def whole(self) -> str:
        return f"{self.body}\n{self.link}" if self.link else self.body


@dataclass(frozen=True)
class Delivery:
    """What a provider did. `reason`: "" when it took the message; `refused` or `unreachable`, when it surely did not;
    `unanswered`, when nobody knows. `answer`: in its words, without personal data; `gone`: ids of browsers that will
    never take one again."""

    reason: str = ""
    answer: str = ""
    gone: tuple[int, ...] = ()

    @property
    def is_sent(self) -> bool:
        return not self.reason


class Channel(Protocol):
    """A kind of channel."""

    name: str

    def can_reach(self, to: Recipient) -> bool: ...

    def send(self, to: Recipient, message: Message) -> Delivery:
        """One message. Raises nothing: what goes wrong is an answer too."""
