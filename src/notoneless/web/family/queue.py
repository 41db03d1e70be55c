"""Reports that a phone kept while it had no line: the key under which it keeps them, and the way in for each.

A kept report is what the family's form would have sent, with an id and the instant of the tap. Sending it again is one
report; what came in since it was written is newer and stands. See docs/FAMILY.md.
"""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST, require_safe

from notoneless.collect.arrival import read_day
from notoneless.expect import queries as expect_queries
from notoneless.kernel.clock import from_micros, to_micros
from notoneless.kernel.errors import DomainError
from notoneless.roster.accounts.offline import offline_key
from notoneless.web.access import Reader, signed_in
from notoneless.web.account.limits import limits_for
from notoneless.web.family.household import AS_BEFORE, DUTY, cards_of, with_the_rest_as_before
from notoneless.web.ui.days import CLOCK
from notoneless.web.ui.drafts import Draft
from notoneless.web.ui.reporting import Card, send_cards
from notoneless.web.ui.words import sentence

KEPT = timedelta(days=14)
"""How old a kept report may be; longer than a day stays open, so that each gets the ledger's own answer."""


def credentials(request: HttpRequest, reader: Reader) -> dict[str, Any]:
    """What the page's script needs: whose queue this is, its key and for how long, the time, and the form's token."""
    now = CLOCK.now()
    return {
        "account": str(uuid.uuid5(uuid.NAMESPACE_OID, f"notoneless:{request.user.pk}")),
        "key": offline_key(request.user),  # type: ignore[arg-type]
        "until": to_micros(now + limits_for(reader.desks).idle) // 1000,
        "now": to_micros(now) // 1000,
        "zone": int(localtime(now).utcoffset().total_seconds()) // 60,  # type: ignore[union-attr]
        "csrf": get_token(request),
    }


@require_safe
@signed_in
def key(request: HttpRequest, reader: Reader) -> HttpResponse:
    reader.require("guardian")
    return JsonResponse(credentials(request, reader))


@require_POST
@signed_in
def send(request: HttpRequest, reader: Reader) -> HttpResponse:
    """One kept report, of one or several children. `{"state": "sent" | "refused", "told": [{"name", "text"}]}`."""
    reader.require("guardian")
    try:
        draft, day, made = _kept(request)
        duty = expect_queries.duty_by_code(DUTY)
        sent: QueryDict = request.POST
        if AS_BEFORE in sent:
            sent = with_the_rest_as_before(cards_of(reader, day, duty, sent), sent)
        cards = cards_of(reader, day, duty, sent)
        unowed = [card for card in cards if card.slot is None and not card.sheet.is_blank()]
        for card in unowed:
            card.sheet.refuse(DomainError("nothing_owed", "day"))
        owed = [card for card in cards if card.slot is not None and not card.sheet.is_blank()]
        is_sent = not owed or send_cards(
            owed, duty=duty, day=day, by="guardian", draft=draft, scope=reader.scope, made=made
        )
        if not owed and not unowed:
            raise DomainError("nothing_filled")
    except DomainError as error:
        return JsonResponse({"state": "refused", "told": [{"name": "", "text": sentence(error)}]})
    told = [line for card in cards for line in _told(card)]
    return JsonResponse({"state": "sent" if is_sent and not unowed else "refused", "told": told})


def _told(card: Card) -> list[dict[str, str]]:
    return [{"name": card.name, "text": text} for text in dict.fromkeys(card.sheet.errors.values())]


def _kept(request: HttpRequest) -> tuple[Draft, date, datetime]:
    """The report's own draft, its day, and when it was made as the phone wrote it, but never in the future.

    Raises DomainError `bad_request`, `bad_day` or `form_expired`.
    """
    now = CLOCK.now()
    try:
        report_id = uuid.UUID(request.POST.get("item", ""))
        made = datetime.fromisoformat(request.POST.get("made", ""))
        made = from_micros(to_micros(made))
    except (ValueError, TypeError, OverflowError) as error:  # a time without its zone is none
        raise DomainError("bad_request") from error
    if made < now - KEPT:
        raise DomainError("form_expired")
    return Draft(report_id, made, "kept"), read_day(request.POST.get("day", "")), min(made, now)
