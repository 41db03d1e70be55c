"""A browser that has signed in: its cookies, and what it may send with them."""

import http.client
import re
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from tests.serving.lines import Answer, Line
from tests.serving.server import Server
from tests.web.cast import PASSWORD


class Browser:
    """Keeps the cookies that it is given."""

    def __init__(self, server: Server, *, cookies: str = "") -> None:
        self.origin = f"http://127.0.0.1:{server.port}"
        self._port = server.port
        self._cookies = dict(part.split("=", 1) for part in cookies.split("; ") if part)

    @property
    def cookies(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def sign_in(self, name: str) -> None:
        assert self._submit("/sign-in/", username=name, password=PASSWORD) == 302
        assert "nol_lane" in self._cookies

    def sign_out(self) -> None:
        assert self._submit("/sign-out/") == 302

    def send(self, content: object, **headers: str) -> Answer:
        """To the lane, by the cookies alone."""
        line = Line(self._port)
        try:
            return line.post(content, Cookie=self.cookies, **headers)
        finally:
            line.close()

    def _submit(self, path: str, **fields: str) -> int:
        _, page = self._ask("GET", "/sign-in/" if path == "/sign-in/" else "/no-role/")
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found is not None
        status, _ = self._ask("POST", path, urlencode({"csrfmiddlewaretoken": found[1], **fields}))
        return status

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            line.request(method, path, body, {
                "Cookie": self.cookies, "Origin": self.origin, "Content-Type": "application/x-www-form-urlencoded",
            })  # fmt: skip
            answer = line.getresponse()
            for header in answer.headers.get_all("Set-Cookie") or []:
                self._cookies |= {name: morsel.coded_value for name, morsel in SimpleCookie(header).items()}
            return answer.status, answer.read().decode()
        finally:
            line.close()
