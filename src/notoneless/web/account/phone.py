"""Ways in with a phone: a code by text for whom we know, and an invitation for whom we do not."""

from typing import Any

from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from notoneless.kernel.errors import DomainError
from notoneless.roster import queries as roster_queries
from notoneless.roster.accounts import codes, invitations
from notoneless.web.addresses import client_address
from notoneless.web.ui.days import CLOCK
from notoneless.web.ui.words import sentence

INVITATION, PHONE = "nol.invitation", "nol.phone"
"""Of this browser's session: neither a code nor a number is ever part of an address after the first look."""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sign_in_by_phone(request: HttpRequest) -> HttpResponse:
    """Two steps on one page. Whether a number is known is not told at either."""
    refusal, status, given = "", 200, request.POST
    if request.method == "POST":
        try:
            if given.get("act") == "again":
                request.session.pop(PHONE, None)
                return redirect("phone_sign_in")
            if given.get("act") == "send":
                _send(request, "sign-in")
                return redirect("phone_sign_in")
            return _come_in(request, given.get("code", ""))
        except DomainError as error:
            refusal, status = sentence(error), 429 if error.code == "too_many_attempts" else 422
    context = {"refusal": refusal, "phone": request.session.get(PHONE, ""), "given": given, "is_join": False}
    return render(request, "account/phone.html", context, status=status)


@require_safe
@never_cache
def open_slip(request: HttpRequest, code: str) -> HttpResponse:
    """The address in the square code of a slip: the code goes into the session, and out of the address."""
    request.session[INVITATION] = code[:40]
    return redirect("join")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def join(request: HttpRequest) -> HttpResponse:
    """Three steps on one page: the slip's code, the phone, the code that came by text."""
    refusal, status, given, session = "", 200, request.POST, request.session
    if request.method == "POST":
        try:
            act = given.get("act", "")
            if act == "again":
                session.pop(PHONE, None)
                session.pop(INVITATION, None)
            elif act == "slip":
                invitations.open_invitation(given.get("invitation", ""), address=_address(request), clock=CLOCK)
                session[INVITATION] = given.get("invitation", "")[:40]
            elif act == "send":
                invitations.open_invitation(session.get(INVITATION, ""), address=_address(request), clock=CLOCK)
                _send(request, "join")
            else:
                account = invitations.join(
                    session.get(INVITATION, ""), session.get(PHONE, ""), given.get("code", ""),
                    address=_address(request), clock=CLOCK,
                )  # fmt: skip
                session.pop(INVITATION, None)
                session.pop(PHONE, None)
                messages.success(request, _("Welcome. Your phone now signs you in."))
                return _signed_in(request, account)
            return redirect("join")
        except DomainError as error:
            refusal, status = sentence(error), 429 if error.code == "too_many_attempts" else 422
            if error.code == "invitation_wrong":
                session.pop(INVITATION, None)
    context = {
        "refusal": refusal, "invitation": session.get(INVITATION, ""), "phone": session.get(PHONE, ""), "given": given,
        "is_join": True,
    }  # fmt: skip
    return render(request, "account/phone.html", context, status=status)


def _send(request: HttpRequest, purpose: str) -> None:
    phone = codes.checked_phone(request.POST.get("phone", ""))
    codes.send_code(phone, purpose, address=_address(request), clock=CLOCK)
    request.session[PHONE] = phone


def _come_in(request: HttpRequest, code: str) -> HttpResponse:
    phone = request.session.get(PHONE, "")
    codes.take_code(phone, "sign-in", code, address=_address(request), clock=CLOCK)
    account = roster_queries.account_of_phone(codes.phone_indexes(phone))
    if account is None:  # its code was never sent, so nobody comes here who did not guess it
        raise DomainError("code_wrong", "code")
    request.session.pop(PHONE, None)
    return _signed_in(request, account)


def _signed_in(request: HttpRequest, account: Any) -> HttpResponse:
    """Through allauth's stages: who has a second factor is asked for it here too."""
    answer: HttpResponse = perform_login(request, account, email_verification="none")
    return answer


def _address(request: HttpRequest) -> str:
    return client_address(request)
