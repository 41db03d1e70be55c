"""`nol token` and `nol keys`, and a server that is refused a port in use."""

import socket

import pytest
from typer.testing import CliRunner

from notoneless.cli import app
from notoneless.commands.processes import require_free
from notoneless.kernel.clock import SystemClock, to_micros
from notoneless.kernel.errors import DomainError
from notoneless.kernel.models import AuditEntry
from notoneless.roster import tokens
from tests.builders import opened_city
from tests.web.cast import make_cast

pytestmark = pytest.mark.django_db


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(words))
    return result.exit_code, result.output.strip()


def read(token: str) -> str:
    now = to_micros(SystemClock().now())
    return tokens.read(token, ring=tokens.keys(), revoked=tokens.revocations, now=now).scope.actor


def test_token_reads_as_its_account_until_it_is_revoked() -> None:
    opened_city(pupils=1)
    make_cast()
    status, token = run("token", "issue", "officer", "--hours", "1")
    assert (status, read(token)) == (0, "officer")
    assert run("token", "revoke", "officer")[0] == 0
    with pytest.raises(DomainError, match="token_revoked"):
        read(token)
    acts = list(AuditEntry.objects.order_by("id").values_list("act", flat=True))
    assert acts[-2:] == ["tokens.issue", "tokens.revoke"]


def test_unknown_account_is_told_by_its_field() -> None:
    status, said = run("token", "issue", "nobody")
    assert (status, said) == (1, DomainError("unknown_account", "username").message())


def test_old_tokens_outlive_a_rotation_and_not_a_retirement() -> None:
    opened_city(pupils=1)
    make_cast()
    old = run("token", "issue", "officer")[1]
    status, name = run("keys", "rotate")
    new = run("token", "issue", "officer")[1]
    assert (status, new.partition(".")[0], read(old), read(new)) == (0, name, "officer", "officer")
    assert run("keys", "list")[1].splitlines()[-1].startswith(name)
    assert run("keys", "retire", old.partition(".")[0], "--yes")[0] == 0
    with pytest.raises(DomainError, match="token_unreadable"):
        read(old)
    assert read(new) == "officer"
    assert run("keys", "retire", "none", "--yes") == (1, DomainError("unknown_key", "key").message())


def test_port_in_use_is_refused() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(DomainError, match="port_in_use"):
            require_free("127.0.0.1", taken.getsockname()[1])
