"""Web Push (RFC 8030, 8291, 8292): to every browser that the guardians of a household let us push to."""

import io
import json

import requests
from django.conf import settings
from pydantic import ValidationError
from webpush import WebPush, WebPushException, WebPushSubscription

from notoneless.follow.channels.contract import Delivery, Message
from notoneless.follow.channels.webpush.keys import key_pair
from notoneless.follow.queries.recipients import Browser, Recipient
from notoneless.follow.rules import is_push_service

PATIENCE = (4.0, 8.0)
"""Seconds to connect and to answer."""
UNKNOWN = -1
LIVES = 4 * 3600
"""Seconds for which a push service keeps the message for a browser that is away: until the evening it is stale."""


class WebPushChannel:
    name = "webpush"

    def can_reach(self, to: Recipient) -> bool:
        return bool(to.browsers) and key_pair() is not None

    def send(self, to: Recipient, message: Message) -> Delivery:
        """Sent when one browser took it. A push service's 404 or 410 means that the browser is gone for good."""
        told = json.dumps({"title": message.title, "body": message.body, "link": message.link}, ensure_ascii=False)
        answers = [(browser, self._push(browser, told)) for browser in to.browsers]
        gone = tuple(browser.id for browser, status in answers if status in (404, 410))
        taken = next((status for _, status in answers if 200 <= status < 300), None)
        if taken is not None:
            return Delivery("", f"HTTP {taken}", gone)
        worst = max((status for _, status in answers), default=0)
        if any(status == UNKNOWN for _, status in answers):
            return Delivery("unanswered", "no answer", gone)
        return Delivery("refused", f"HTTP {worst}", gone) if worst else Delivery("unreachable", "no answer", gone)

    def _push(self, browser: Browser, told: str) -> int:
        """The status; 0 where nothing was sent, UNKNOWN where no answer came. Redirects are not followed: they would
        lead past the list of services."""
        pair = key_pair()
        if pair is None or not is_push_service(browser.to.endpoint, settings.PUSH_ORIGINS):
            return 0
        try:
            sender = WebPush(io.BytesIO(pair.private), io.BytesIO(pair.public), settings.PUSH_CONTACT, ttl=LIVES)
            to = WebPushSubscription.model_validate(
                {"endpoint": browser.to.endpoint,
                 "keys": {"p256dh": browser.to.keys.p256dh, "auth": browser.to.keys.auth}}
            )  # fmt: skip
            sealed = sender.get(told, to)
            answer = requests.post(
                browser.to.endpoint, data=sealed.encrypted, headers={**sealed.headers, "topic": "today"},
                timeout=PATIENCE, allow_redirects=False,
            )  # fmt: skip
        except requests.ReadTimeout:
            return UNKNOWN
        except (requests.RequestException, ValidationError, WebPushException, ValueError):
            return 0
        return answer.status_code
