"""What comes and goes: a body of reports, and the answer to it. The same for the lane and for the API's own route."""

from collections.abc import Sequence

import msgspec
from django.conf import settings

from notoneless.collect.services import Outcome
from notoneless.kernel.errors import DomainError

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


def read_reports(body: bytes) -> list[object]:
    """One report or an array of them, as sent. Raises DomainError `not_json`, `body_too_deep` or `too_many_reports`."""
    try:
        content = _decode(body)
    except RecursionError as error:
        raise DomainError("body_too_deep", "body") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DomainError("not_json", "body") from error
    sent = content if isinstance(content, list) else [content]
    if len(sent) > settings.REPORTS_PER_REQUEST:
        raise DomainError("too_many_reports", "body", most=settings.REPORTS_PER_REQUEST)
    return sent


def write_results(outcomes: Sequence[Outcome], language: str) -> bytes:
    """`{"results": [...]}`, one for each report in the order sent."""
    return _encode({"results": [outcome.as_json(language) for outcome in outcomes]})


def write_error(error: DomainError, language: str) -> bytes:
    return _encode({"error": error.shape(language)})
