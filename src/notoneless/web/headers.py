"""What every answer says to the browser: outermost, so that redirects, refusals and failures carry it too."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none';"
    " frame-ancestors 'none'; form-action 'self'; base-uri 'none'"
)
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer",
                    "microphone", "midi", "payment", "usb")
)  # fmt: skip
"""What no page of ours asks a phone for, so that nothing injected can either."""
_STAMPS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": PERMISSIONS,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class HeadersMiddleware:
    """Referrer-Policy, nosniff, HSTS and Cross-Origin-Opener-Policy come from Django's SecurityMiddleware within."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in _STAMPS.items():
            response.headers.setdefault(name, value)
        return response
