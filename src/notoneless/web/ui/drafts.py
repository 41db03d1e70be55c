"""A page's draft: signed when it is shown, so that sending it twice is one act, and nobody can re-date it."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.http import HttpRequest

from notoneless.kernel.errors import DomainError
from notoneless.kernel.ids import id_at
from notoneless.web.ui.days import CLOCK

LIFE = timedelta(hours=24)


@dataclass(frozen=True)
class Draft:
    """`purpose` binds it to one page and day; `made_at` is when the page was shown."""

    id: uuid.UUID
    made_at: datetime
    purpose: str

    @property
    def token(self) -> str:
        return signing.dumps([self.id.hex, self.made_at.isoformat(), self.purpose], salt="notoneless.draft")

    def id_for(self, content: object) -> uuid.UUID:
        """The same for the same content of the same draft: what is sent twice is known again."""
        return id_at(self.made_at, self.id, json.dumps(content, sort_keys=True, ensure_ascii=False))


def new_draft(purpose: str) -> Draft:
    return Draft(uuid.uuid4(), CLOCK.now(), purpose)


def read_draft(request: HttpRequest) -> Draft:
    """The draft that was sent, whatever it was for. Raises DomainError `form_expired` for one that is not ours."""
    try:
        id_hex, made_at, made_for = signing.loads(request.POST.get("draft", ""), salt="notoneless.draft")
        return Draft(uuid.UUID(id_hex), datetime.fromisoformat(made_at), made_for)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise DomainError("form_expired") from error


def sent_draft(request: HttpRequest, purpose: str) -> Draft:
    """Raises DomainError `form_expired` for a draft of another page, another day, or no longer fresh."""
    draft = read_draft(request)
    if draft.purpose != purpose or not timedelta(0) <= CLOCK.now() - draft.made_at <= LIFE:
        raise DomainError("form_expired")
    return draft
