"""Failed sign-ins by user name and address: after five in ten minutes, wait. Files, so that workers share them."""

import hashlib
import time
from functools import cache

from django.conf import settings
from django.core.cache.backends.filebased import FileBasedCache

from notoneless.kernel.errors import DomainError

MOST = 5
MINUTES = 10


@cache
def _store(folder: str) -> FileBasedCache:
    return FileBasedCache(folder, {})


def _failures(key: str) -> list[float]:
    since = time.time() - MINUTES * 60
    return [at for at in _store(str(settings.VAR_DIR / "cache")).get(key, []) if at > since]


def _key(username: str, address: str) -> str:
    return hashlib.sha256(f"sign-in\0{username.casefold()}\0{address}".encode()).hexdigest()


def require_patience(username: str, address: str) -> None:
    """Raises DomainError `too_many_attempts`."""
    failures = _failures(_key(username, address))
    if len(failures) >= MOST:
        left = failures[-MOST] + MINUTES * 60 - time.time()
        raise DomainError("too_many_attempts", minutes=max(1, -int(-left // 60)))


def record_failure(username: str, address: str) -> None:
    key = _key(username, address)
    _store(str(settings.VAR_DIR / "cache")).set(key, [*_failures(key), time.time()][-MOST:], MINUTES * 60)


def forget(username: str, address: str) -> None:
    _store(str(settings.VAR_DIR / "cache")).delete(_key(username, address))
