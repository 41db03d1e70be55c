"""`nol check`: is this installation fit to run; `--deploy` refuses what must not be in production."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from django.conf import settings
from django.core import checks

from notoneless.commands.ground import LANGUAGE, JsonFlag, print_json
from notoneless.demo import accounts as demo
from notoneless.kernel.errors import DomainError
from notoneless.replay import accounts as replay
from notoneless.roster.models import Account

OTHERS = 0o077
"""Whatever group and others may do with a file."""
ENCRYPTED = ("require", "verify-ca", "verify-full")
LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]", "::1", "")
YEAR = 31_536_000
NOT_OURS = {
    "security.W021",  # entry in the browsers' preload list binds the whole domain for years: its owner's decision
}


def check(
    is_deploy: Annotated[bool, typer.Option("--deploy", help="按生产环境的要求检查 / Hold it to production.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """检查配置是否安全，有问题时以 1 退出 / Check the settings; leaves with 1 when anything is found."""
    found = [*(ours(settings.DATABASES["default"]) if is_deploy else ()), *of_django(is_deploy=is_deploy)]
    if as_json:
        print_json({"findings": [error.shape(LANGUAGE) for error in found]})
    else:
        for error in found:
            typer.echo(f"! {error.code}: {error.message(LANGUAGE)}")
        verdict = f"{len(found)} 项需要处理 / to put right" if found else "没有发现问题 / Nothing found."
        typer.echo(verdict)
    if found:
        raise typer.Exit(1)


def ours(database: Mapping[str, Any]) -> Iterator[DomainError]:
    """What is unsafe here, the most dangerous first. `database`: as settings.DATABASES has it."""
    yield from _mode()
    yield from _names()
    yield from _transport()
    yield from _files(settings.VAR_DIR)
    yield from _database(database)
    yield from _accounts()


def of_django(*, is_deploy: bool) -> list[DomainError]:
    """The framework's own checks, and those of the packages in it, from warnings up."""
    told = checks.run_checks(include_deployment_checks=is_deploy)
    return [
        DomainError("django_check", one.id or "", id=one.id or "-", told=one.msg)
        for one in told
        if one.level >= checks.WARNING and not one.is_silenced() and one.id not in NOT_OURS
    ]


def _mode() -> Iterator[DomainError]:
    if not settings.PRODUCTION:
        yield DomainError("not_production", "NOL_ENV")
    if settings.DEBUG:
        yield DomainError("debug_on", "DEBUG")
    if settings.NOW_ASKED or settings.REHEARSAL_NOW is not None:
        yield DomainError("clock_frozen", "NOL_NOW")
    if not getattr(settings, "SECOND_FACTOR_REQUIRED", False):
        yield DomainError("second_factor_optional", "SECOND_FACTOR_REQUIRED")


def _names() -> Iterator[DomainError]:
    hosts = [host.strip() for host in settings.ALLOWED_HOSTS]
    for host in hosts:
        if host.startswith(("*", ".")):
            yield DomainError("hosts_any", "NOL_HOSTS", host=host)
    if all(host in LOCAL_HOSTS for host in hosts):
        yield DomainError("hosts_missing", "NOL_HOSTS")
    origins = [urlsplit(origin) for origin in settings.CSRF_TRUSTED_ORIGINS]
    for origin in origins:
        if origin.scheme != "https" or not origin.hostname or "*" in origin.netloc:
            yield DomainError("origin_not_https", "NOL_ORIGINS", origin=origin.geturl())
    if not origins:
        yield DomainError("origins_missing", "NOL_ORIGINS")


def _transport() -> Iterator[DomainError]:
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE"):
        if not getattr(settings, name):
            yield DomainError("cookie_not_secure", name, name=name)
    if settings.SECURE_HSTS_SECONDS < YEAR or not settings.SECURE_HSTS_INCLUDE_SUBDOMAINS:
        yield DomainError("hsts_off", "SECURE_HSTS_SECONDS")
    if not settings.SECURE_SSL_REDIRECT:
        yield DomainError("tls_redirect_off", "NOL_PROXY_TLS")


def _files(folder: Path) -> Iterator[DomainError]:
    for path in sorted(one for one in folder.glob("*.key*") if one.is_file()):
        if path.stat().st_mode & OTHERS:
            yield DomainError("key_readable", "NOL_VAR", path=path)


def _database(database: Mapping[str, Any]) -> Iterator[DomainError]:
    if database["ENGINE"].endswith("sqlite3"):
        file = Path(database["NAME"])
        for path in sorted(file.parent.glob(f"{file.name}*")):
            if path.stat().st_mode & OTHERS:
                yield DomainError("database_file_readable", "DATABASE_URL", path=path)
        return
    host = str(database.get("HOST") or "")
    is_local = host.startswith("/") or host in LOCAL_HOSTS
    if not is_local and database.get("OPTIONS", {}).get("sslmode") not in ENCRYPTED:
        yield DomainError("database_without_tls", "DATABASE_URL", host=host)


def _accounts() -> Iterator[DomainError]:
    published = demo.USERNAMES | replay.USERNAMES
    for account in Account.objects.filter(username__in=published, is_active=True).order_by("username"):
        if account.check_password(demo.PASSWORD) or account.check_password(replay.PASSWORD):
            yield DomainError("demo_account", "account", username=account.username)
