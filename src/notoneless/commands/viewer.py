"""Whose reach a command has: the machine's own, or, with `nol --as NAME`, that account's and no more."""

from notoneless.kernel.clock import SystemClock, day_of
from notoneless.kernel.errors import DomainError
from notoneless.roster import queries as roster_queries
from notoneless.roster.scope import SYSTEM, Scope

TAKES = (
    "account",
    "calendar",
    "completeness",
    "duty",
    "grant",
    "letter",
    "missing",
    "policy",
    "ranking",
    "remind",
    "report",
    "state",
    "units",
)
"""Commands that ask for a scope. The others are the machine's own work, and `--as` would only seem to limit them."""
_scope: list[Scope] = []


def act_as(username: str, command: str | None) -> None:
    """Raises DomainError `unknown_account`, `as_not_here`."""
    if command not in TAKES:
        raise DomainError("as_not_here", "--as", known=", ".join(TAKES))
    account = roster_queries.account_named(username)
    _scope[:] = [roster_queries.scope_of(account, day_of(SystemClock().now()))]


def viewer() -> Scope:
    return _scope[0] if _scope else SYSTEM


def forget() -> None:
    """For a process that runs more than one command: tests."""
    _scope.clear()
