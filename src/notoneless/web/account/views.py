"""Sign in, land where the account's role begins."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from notoneless.kernel.errors import DomainError
from notoneless.web.access import Reader, signed_in
from notoneless.web.account import throttle
from notoneless.web.account.lane_cookie import LANE_PATH, end_lane_cookie, keep_lane_cookie
from notoneless.web.lane.callers import COOKIE
from notoneless.web.ui.words import sentence


class SignIn(LoginView):
    """Django's own view with our page, one sentence for every failure, and patience after five of them."""

    template_name = "account/sign_in.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            throttle.require_patience(*self._who())
        except DomainError as error:
            return self._refuse(self.get_form_class()(), error, status=429)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        throttle.forget(*self._who())
        answer: HttpResponse = super().form_valid(form)
        keep_lane_cookie(answer, self.request)
        return answer

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        throttle.record_failure(*self._who())
        return self._refuse(form, DomainError("sign_in_failed"), status=200)

    def _refuse(self, form: Any, error: DomainError, *, status: int) -> HttpResponse:
        context = self.get_context_data(
            form=form, refusal=sentence(error), username=self.request.POST.get("username", "")[:150]
        )
        return self.render_to_response(context, status=status)

    def _who(self) -> tuple[str, str]:
        return self.request.POST.get("username", "")[:150], self.request.META.get("REMOTE_ADDR", "")


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
