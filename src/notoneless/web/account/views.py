"""Sign in, land where the account's role begins."""

from typing import Any

from allauth.account.views import LoginView
from django.contrib.auth.views import LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from notoneless.kernel.errors import DomainError
from notoneless.web.access import Reader, signed_in
from notoneless.web.account.guard import has_password, has_second_factor
from notoneless.web.account.lane_cookie import LANE_PATH, end_lane_cookie
from notoneless.web.lane.callers import COOKIE
from notoneless.web.ui.words import sentence


class SignIn(LoginView):  # type: ignore[misc] # allauth has no types
    """allauth's view with our page, one sentence for every failure, and patience after five of them."""

    template_name = "account/sign_in.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        found: dict[str, Any] = super().get_form_kwargs()
        if self.request.method == "POST":
            sent = self.request.POST.copy()
            sent["login"] = sent.get("username", "")[:150]
            found["data"] = sent
        return found

    def form_invalid(self, form: Any) -> HttpResponse:
        errors = form.non_field_errors().as_data()
        waits = next((one for one in errors if one.code == "too_many_attempts"), None)
        refusal = waits.messages[0] if waits else sentence(DomainError("sign_in_failed"))
        context = self.get_context_data(
            form=form, refusal=refusal, username=self.request.POST.get("username", "")[:150]
        )
        answer: HttpResponse = self.render_to_response(context, status=429 if waits else 200)
        return answer


class SignOut(LogoutView):
    """Signing out ends the page's token too, on this phone and wherever it was copied to."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        end_lane_cookie(request)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        answer.delete_cookie(COOKIE, path=LANE_PATH)
        return answer


@signed_in
def home(request: HttpRequest, reader: Reader) -> HttpResponse:
    return redirect(reader.home)


@signed_in
def no_role(request: HttpRequest, reader: Reader) -> HttpResponse:
    return redirect(reader.home) if reader.desks else render(request, "account/no_role.html", status=403)


@signed_in
def security(request: HttpRequest, reader: Reader) -> HttpResponse:
    """One's own account: password, second factor, sessions, other ways to sign in, roles held."""
    return render(request, "account/security.html", {
        "grants": reader.grants, "has_factor": has_second_factor(request.user),
        "needs_factor": reader.needs_second_factor, "has_password": has_password(request.user),
    })  # fmt: skip
