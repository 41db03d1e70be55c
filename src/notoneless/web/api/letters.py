"""Letters as the API answers them: a family's own, and a unit's with their figures."""

from typing import Any

from notoneless.kernel.clock import bureau_zone
from notoneless.publish import queries
from notoneless.publish.queries import LetterInfo
from notoneless.roster.scope import Scope


def family_letters_json(scope: Scope, limit: int, offset: int) -> dict[str, Any]:
    """The letters of the scope's households with their words, unread first. Listing opens none of them."""
    total, letters = queries.letters_of_households(scope, limit=limit, offset=offset)
    items = [
        {**_told(one.info), "body_zh": one.info.body_zh, "body_en": one.info.body_en, "unread": one.is_unread,
         "confirmed": one.was_confirmed}
        for one in letters
    ]  # fmt: skip
    return {"total": total, "unread": queries.unread_count(scope), "items": items}


def unit_letters_json(scope: Scope, code: str, limit: int, offset: int) -> dict[str, Any]:
    """What a unit's families were sent by it and from above; figures are of its own letters alone."""
    total, letters = queries.letters_at(scope, code, limit=limit, offset=offset)
    items = [
        {**_told(one), "households": one.households, "opened": one.opened, "confirmed": one.confirmed}
        if one.unit_code == code
        else _told(one)
        for one in letters
    ]
    return {"unit": code, "total": total, "items": items}


def _told(info: LetterInfo) -> dict[str, Any]:
    return {
        "id": info.id, "unit": info.unit_code, "kind": info.kind, "title_zh": info.title_zh, "title_en": info.title_en,
        "day": str(info.day), "sent_at": info.sent_at.astimezone(bureau_zone()).isoformat(),
        "withdrawn": info.withdrawn_at is not None,
    }  # fmt: skip
