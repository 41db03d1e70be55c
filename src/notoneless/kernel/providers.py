"""Other systems that may vouch for an account, from the environment: settings read it before Django is ready."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

PROVIDERS = ("dingtalk", "feishu", "weixin", "wecom")


def login_providers(environment: Mapping[str, str]) -> dict[str, Any]:
    """The providers of SOCIALACCOUNT_PROVIDERS: those whose NOL_<NAME>_ID is set.

    The secret is NOL_<NAME>_SECRET or the text of the file NOL_<NAME>_SECRET_FILE. NOL_OIDC_SERVER and NOL_OIDC_NAME
    say whose OpenID Connect it is; NOL_WECOM_AGENT which application of the corporation, NOL_WECOM_API where its
    interface answers. Raises KeyError where a provider is begun and its secret is missing.
    """
    found: dict[str, Any] = {}
    for name in PROVIDERS:
        if not (client := environment.get(f"NOL_{name.upper()}_ID", "")):
            continue
        app: dict[str, Any] = {"client_id": client, "secret": _secret(environment, name), "key": ""}
        if name == "wecom":
            app["settings"] = {
                "agent": environment["NOL_WECOM_AGENT"],
                "api": environment.get("NOL_WECOM_API", "https://qyapi.weixin.qq.com"),
                "sign_in": environment.get("NOL_WECOM_SIGN_IN", "https://login.work.weixin.qq.com"),
            }
        found[name] = {"APPS": [app]}
    if client := environment.get("NOL_OIDC_ID", ""):
        found["openid_connect"] = {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [{
                "provider_id": "oidc", "name": environment.get("NOL_OIDC_NAME", "OpenID Connect"),
                "client_id": client, "secret": _secret(environment, "oidc"),
                "settings": {"server_url": environment["NOL_OIDC_SERVER"]},
            }],
        }  # fmt: skip
    return found


def _secret(environment: Mapping[str, str], name: str) -> str:
    if path := environment.get(f"NOL_{name.upper()}_SECRET_FILE", ""):
        return Path(path).read_text(encoding="utf-8").strip()
    return environment[f"NOL_{name.upper()}_SECRET"]


def secret_lines(environment: Mapping[str, str], name: str) -> list[str]:
    """The lines of a setting, or of the file that `<name>_FILE` names; empty lines and those of # are left out."""
    text = environment.get(name, "")
    if path := environment.get(f"{name}_FILE", ""):
        text = Path(path).read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]
