"""Who is reading: the account's scope and roles, looked up once a request."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from notoneless.kernel.clock import SystemClock, day_of
from notoneless.kernel.errors import DomainError
from notoneless.roster import queries as roster_queries
from notoneless.roster.queries import GrantRef
from notoneless.roster.roles import ROLES
from notoneless.roster.scope import Scope
from notoneless.web.keeper import kept

P = ParamSpec("P")
PLACES = {"guardian": "family", "teacher": "classes", "school": "schools", "officer": "bureaus", "admin": "office",
          "wall": "screens"}  # fmt: skip
"""Desk (roster/roles.py) -> the name of the page where it begins, most personal first."""


@dataclass(frozen=True)
class Reader:
    """The signed-in account as pages need it."""

    scope: Scope
    grants: tuple[GrantRef, ...]

    @property
    def desks(self) -> list[str]:
        """Where the reader's roles begin, in the order of PLACES."""
        held = {grant.desk for grant in self.grants}
        return [desk for desk in PLACES if desk in held]

    @property
    def home(self) -> str:
        return reverse(PLACES[self.desks[0]]) if self.desks else reverse("no_role")

    @property
    def needs_second_factor(self) -> bool:
        return any(ROLES[grant.role].second_factor for grant in self.grants)

    def granted(self, desk: str) -> list[GrantRef]:
        return [grant for grant in self.grants if grant.desk == desk]

    def require(self, desk: str) -> list[GrantRef]:
        """The reader's grants of a desk. Raises DomainError `wrong_role` when there are none."""
        if not (grants := self.granted(desk)):
            raise DomainError("wrong_role")
        return grants


def reader_of(request: HttpRequest) -> Reader:
    found: Reader | None = getattr(request, "_nol_reader", None)
    if found is None:
        if request.user.is_anonymous:
            found = Reader(Scope(actor="", powers=()), ())
        else:
            day = day_of(SystemClock().now())
            found = Reader(
                roster_queries.scope_of(request.user, day), tuple(roster_queries.grants_of(request.user, day))
            )
        request._nol_reader = found  # type: ignore[attr-defined]
    return found


def watching_reader(request: HttpRequest, is_admitted: Callable[[HttpRequest], bool]) -> Reader | None:
    """Who polls: as `reader_of`, but read once a second for each session; signing out ends it within that second.
    `is_admitted`: whether the session still holds."""
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return kept.get(("reader", session), lambda: reader_of(request) if is_admitted(request) else None, is_watched=False)


def signed_in(
    view: Callable[Concatenate[HttpRequest, Reader, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The view gets the reader; whoever has not signed in is sent to do so."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_anonymous:
            return redirect_to_login(request.get_full_path())
        return view(request, reader_of(request), *args, **kwargs)

    return wrapped
