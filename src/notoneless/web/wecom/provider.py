"""The provider as allauth's registry finds it. A member is known by corporation and user id."""

from typing import Any

from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider

from notoneless.web.wecom.views import WeComAdapter


class WeComAccount(ProviderAccount):  # type: ignore[misc] # allauth has no types
    """What is kept of a member: the user id alone."""

    def to_str(self) -> str:
        return str(self.account.uid)


class WeComProvider(OAuth2Provider):  # type: ignore[misc] # allauth has no types
    """企业微信. Asks for nothing but who it is: no name, phone or address is fetched."""

    id = "wecom"
    name = "企业微信 WeCom"
    account_class = WeComAccount
    oauth2_adapter_class = WeComAdapter
    pkce_enabled_default = False

    def get_auth_params(self) -> dict[str, Any]:
        return {"agentid": self.app.settings["agent"]}

    def extract_uid(self, data: dict[str, Any]) -> str:
        return f"{data['corporation']}:{data['userid']}"

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}


provider_classes = [WeComProvider]
