"""WeCom's exchange, as its documents say it: the browser signs in there and comes back with a code; with a token of the
application the code is changed for the member's user id.

Source: 企业微信开发者中心, 构造企业微信登录链接 (wwlogin/sso/login), 获取access_token (cgi-bin/gettoken),
获取用户登录身份 (cgi-bin/auth/getuserinfo). Not OAuth 2 by the letter: a corporation and an agent instead of a
client, GET instead of POST, errors as `errcode` in an answer of status 200.
"""

from typing import Any
from urllib.parse import urlencode

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView, OAuth2LoginView
from django.http import HttpRequest

SECONDS = 10


class WeComClient(OAuth2Client):  # type: ignore[misc] # allauth has no types
    """Builds the address to sign in at, and fetches the application's token."""

    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: dict[str, Any]) -> str:
        params = {
            "login_type": "CorpApp", "appid": self.consumer_key, "agentid": extra_params["agentid"],
            "redirect_uri": self.callback_url, "state": self.state,
        }  # fmt: skip
        return f"{authorization_url}?{urlencode(params)}"

    def get_access_token(self, code: str, pkce_code_verifier: str | None = None) -> dict[str, Any]:
        found = fetch(self.access_token_url, corpid=self.consumer_key, corpsecret=self.consumer_secret)
        return {"access_token": found["access_token"], "expires_in": found.get("expires_in", 7200), "code": code}


class WeComAdapter(OAuth2Adapter):  # type: ignore[misc] # allauth has no types
    """Where WeCom answers, and who its answer says it is."""

    provider_id = "wecom"
    client_class = WeComClient

    @property
    def authorize_url(self) -> str:
        return f"{self._setting('sign_in')}/wwlogin/sso/login"

    @property
    def access_token_url(self) -> str:
        return f"{self._setting('api')}/cgi-bin/gettoken"

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **rest: Any) -> Any:
        """Raises OAuth2Error for a code that is false or used, and for somebody who is no member."""
        code = rest["response"]["code"]
        found = fetch(f"{self._setting('api')}/cgi-bin/auth/getuserinfo", access_token=token.token, code=code)
        if not found.get("userid"):
            raise OAuth2Error("not a member of the corporation")
        who = {"corporation": app.client_id, "userid": found["userid"]}
        return self.get_provider().sociallogin_from_response(request, who)

    def _setting(self, name: str) -> str:
        return str(self.get_provider().app.settings[name])


def fetch(url: str, **params: str) -> dict[str, Any]:
    """One answer of WeCom's interface.

    Raises OAuth2Error with its number, never with the address that was asked: a secret is in it.
    """
    with get_adapter().get_requests_session() as session:
        answer = session.get(url, params=params, timeout=SECONDS)
    if answer.status_code != 200:
        raise OAuth2Error(f"WeCom answered {answer.status_code}")
    found: dict[str, Any] = answer.json()
    if found.get("errcode", 0) != 0:
        raise OAuth2Error(f"WeCom refused: {found['errcode']}")
    return found


oauth2_login = OAuth2LoginView.adapter_view(WeComAdapter)
oauth2_callback = OAuth2CallbackView.adapter_view(WeComAdapter)
