"""A family's browser asks to be reminded by a push, or to be left alone. Asked by a tap only (push.js)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from notoneless.follow.services import forget_browser, keep_browser, push_key
from notoneless.kernel.errors import DomainError
from notoneless.web.access import Reader, signed_in
from notoneless.web.ui.days import CLOCK

MOST_BYTES = 4000


@require_POST
@signed_in
def subscribe(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The subscription as JSON. Raises DomainError `wrong_role`, `push_not_ready`, `bad_subscription`,
    `unknown_push_service`."""
    reader.require("guardian")
    if push_key() is None:
        raise DomainError("push_not_ready")
    assert not request.user.is_anonymous  # noqa: S101 - `signed_in` has looked
    keep_browser(request.user, request.body[: MOST_BYTES + 1], clock=CLOCK)
    return HttpResponse(status=204)


@require_POST
@signed_in
def forget(request: HttpRequest, reader: Reader) -> HttpResponse:
    """This browser (its subscription as JSON), or, with nothing, every browser of the account."""
    assert not request.user.is_anonymous  # noqa: S101 - `signed_in` has looked
    forget_browser(request.user, request.body[: MOST_BYTES + 1], clock=CLOCK)
    return HttpResponse(status=204)
