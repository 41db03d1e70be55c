"""A bureau changes its keys while everybody works: nothing is lost, nothing reads otherwise."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings
from typer.testing import CliRunner

from notoneless.cli import app
from notoneless.kernel import audit, crypto, resealing
from notoneless.kernel.clock import FixedClock
from notoneless.kernel.crypto import (
    FIRST,
    Personal,
    blind_index,
    data_mark,
    data_ring,
    index_mark,
    index_ring,
    passing_digest,
    seal,
    seal_text,
    unseal,
    unseal_text,
)
from notoneless.kernel.errors import DomainError
from notoneless.kernel.keyring import KeyRing
from notoneless.kernel.models import AuditEntry
from notoneless.kernel.suites import AES_SIV, SM4_SIV, SUITES
from notoneless.roster import queries
from notoneless.roster.accounts import codes, texts
from notoneless.roster.models import Account, Person
from notoneless.web.account.adapter import MFAAdapter
from tests.roster.conftest import CLOCK, PEOPLE, UNITS, Import

LATER = FixedClock(CLOCK.now() + timedelta(hours=2))
PHONE = "13800000001"
MING = Personal("王小明", "11010519491231002X", PHONE)
EACH_SUITE = pytest.mark.parametrize("suite", SUITES)


@pytest.fixture(autouse=True)
def own_keys(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.VAR_DIR = tmp_path_factory.mktemp("keys")


def rotate(suite: str = AES_SIV, *, is_index: bool = False) -> str:
    return resealing.rotate(suite, actor="system", clock=CLOCK, is_index=is_index)


def reseal() -> resealing.Resealed:
    return resealing.reseal(actor="system", clock=CLOCK, progress=lambda *_: None)


def retire(name: str, *, is_index: bool = False) -> None:
    resealing.retire(name, actor="system", clock=LATER, is_index=is_index)


def opened() -> dict[str, Personal]:
    return {code: unseal(bytes(sealed), context=code) for code, sealed in Person.objects.values_list("code", "sealed")}


def account(name: str = "parent", phone: str = PHONE) -> Account:
    sealed = seal(Personal(name, phone=phone), context=name)
    return Account.objects.create(username=name, phone=sealed, phone_index=codes.phone_index(phone))


def people(count: int) -> None:
    Person.objects.bulk_create(
        Person(code=f"P{n}", population="student", sealed=seal(Personal(f"学生{n}"), context=f"P{n}"))
        for n in range(count)
    )


def marks() -> set[bytes]:
    return {bytes(sealed)[: crypto.MARK_BYTES] for sealed in Person.objects.values_list("sealed", flat=True)}


@EACH_SUITE
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.text(max_size=40), number=st.text(max_size=20), phone=st.text(max_size=20), context=st.text(max_size=20))
def test_what_is_sealed_reads_the_same_and_only_in_its_place(
    suite: str, name: str, number: str, phone: str, context: str
) -> None:
    if data_ring().known()[-1].suite != suite or data_ring().known()[-1].name == FIRST:
        data_ring().rotate(now=0, suite=suite, key_bytes=64)
    personal = Personal(name, number, phone)
    sealed, text = seal(personal, context=context), seal_text(name, context)
    assert sealed.startswith(data_mark(data_ring().known()[-1].name))
    assert (unseal(sealed, context=context), unseal_text(text, context)) == (personal, name)
    for wrong in (lambda: unseal(sealed, context=context + "1"), lambda: unseal_text(text, context + "1")):
        with pytest.raises(DomainError, match="unreadable_record"):
            wrong()


@EACH_SUITE
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.integers(min_value=0, max_value=200), change=st.integers(min_value=1, max_value=255))
def test_a_flipped_byte_is_refused_wherever_it_is_even_in_the_mark(suite: str, place: int, change: int) -> None:
    if len(data_ring().known()) == 1:
        data_ring().rotate(now=0, suite=suite, key_bytes=64)
    sealed = bytearray(seal(MING, context="S1"))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(DomainError, match="unreadable_record"):
        unseal(bytes(sealed), context="S1")


def test_a_first_key_leaves_what_it_sealed_as_it_was_before_there_were_rings(settings: Settings) -> None:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV  # noqa: PLC0415 - as the product did before

    before = AESSIV(settings.DATA_KEY).encrypt('["王小明","11010519491231002X","13800000001"]'.encode(), [b"S1"])
    assert seal(MING, context="S1") == before
    assert blind_index("phone", PHONE) == passing_digest("phone", PHONE)
    data_ring().rotate(now=0, suite=SM4_SIV, key_bytes=64)
    index_ring().rotate(now=0, suite=SM4_SIV, key_bytes=64)
    assert unseal(before, context="S1") == MING
    assert seal(MING, context="S1") != before
    assert blind_index("phone", PHONE) != passing_digest("phone", PHONE)


def test_bytes_that_look_like_a_mark_are_still_the_first_keys(settings: Settings) -> None:
    """Once in 2**40 rows. The context is chosen so that the value begins with the mark of a key in the ring."""
    context = next(text for text in map(str, range(10**6)) if seal(MING, context=text)[:2] == crypto.MAGIC)
    sealed = seal(MING, context=context)
    name = sealed[2 : crypto.MARK_BYTES].hex()
    ring = data_ring()
    ring.rotate(now=0, suite=AES_SIV, key_bytes=64)
    path = settings.VAR_DIR / "data.keys"
    path.write_text(path.read_text().replace(ring.listed()[-1].name, name))
    crypto._ring.cache_clear()
    assert data_ring().known()[-1].name == name
    assert unseal(sealed, context=context) == MING


def test_an_older_row_is_read_while_a_newer_key_seals_and_another_process_sees_it_at_once(
    settings: Settings,
) -> None:
    now = [0.0]
    other = KeyRing(settings.VAR_DIR / "data.keys", lambda: now[0], first=data_ring().known())
    assert other.known()[-1].name == FIRST
    name = data_ring().rotate(now=0, suite=SM4_SIV, key_bytes=64)
    assert other.known()[-1].name == FIRST
    now[0] += 1.0
    assert (other.known()[-1].name, other.known()[-1].suite) == (name, SM4_SIV)


def test_the_rings_file_is_its_owners_alone(settings: Settings) -> None:
    data_ring().rotate(now=0, suite=AES_SIV, key_bytes=64)
    assert (settings.VAR_DIR / "data.keys").stat().st_mode & 0o777 == 0o600


@EACH_SUITE
def test_rotating_and_resealing_changes_no_plaintext_and_the_import_finds_nothing_to_do(
    bring: Import, suite: str
) -> None:
    bring(UNITS, PEOPLE)
    before = opened()
    entries = audit.verify().entries
    name, index = rotate(suite), rotate(suite, is_index=True)
    told = reseal()
    assert (told.written["roster.Person.sealed"], told.left, told.unreadable) == (5, 0, 0)
    assert opened() == before
    assert marks() == {data_mark(name)}
    assert Person.objects.get(code="S1").id_index == blind_index("id", "01:11010519491231002X")
    assert Person.objects.get(code="S1").id_index.startswith(index_mark(index))
    again = bring(UNITS, PEOPLE)
    assert (again.people.added, again.people.changed, again.people.unchanged) == (0, 0, 5)
    found = audit.verify()
    assert (found.entries - entries >= 4, found.faults) == (True, ())


@EACH_SUITE
def test_an_import_between_rotation_and_resealing_finds_nothing_to_do_and_taken_documents(
    bring: Import, suite: str
) -> None:
    bring(UNITS, PEOPLE)
    rotate(suite)
    rotate(suite, is_index=True)
    outcome = bring(UNITS, PEOPLE)
    assert (outcome.people.changed, outcome.people.unchanged) == (0, 5)
    rotate(is_index=True)
    header, first = PEOPLE.splitlines()[:2]
    taken = bring(f"{header}\n{first.replace('S1', 'S9')}\n")
    assert [error.error.code for error in taken.errors] == ["document_taken"]


@EACH_SUITE
def test_a_phone_is_found_while_the_index_keys_are_changed_and_after(db: None, suite: str) -> None:
    held = account()
    rotate(suite, is_index=True)
    assert held.phone_index not in (codes.phone_index(PHONE), "")
    assert queries.account_of_phone(codes.phone_indexes(PHONE)) == held
    assert resealing.rows_under(FIRST, is_index=True) == {"roster.Account.phone": 1}
    reseal()
    assert Account.objects.get(phone_index=codes.phone_index(PHONE)) == held
    retire(FIRST, is_index=True)
    assert queries.account_of_phone(codes.phone_indexes(PHONE)) == held


def test_every_declared_column_is_resealed_and_then_the_first_key_can_go(db: None) -> None:
    held = account()
    texts.send_text(PHONE, "验证码 123456", "join", clock=CLOCK)
    adapter = MFAAdapter()
    data = {"secret": adapter.encrypt("JBSWY3DP"), "used_mask": 5, "migrated_codes": [adapter.encrypt("11112222")]}
    factor = Authenticator.objects.create(user=held, type="totp", data=data)
    people(3)
    name = rotate(SM4_SIV)
    every = {"roster.Person.sealed": 3, "roster.Account.phone": 1, "roster.OutgoingText.phone": 1,
             "roster.OutgoingText.text": 1, "mfa.Authenticator.data": 1}  # fmt: skip
    assert resealing.rows_under(FIRST) == every
    assert {column: rows for column, rows in reseal().written.items() if rows} == every
    assert (resealing.rows_under(FIRST), resealing.rows_under(name)) == ({}, every)
    retire(FIRST)
    crypto._ring.cache_clear()
    assert [key.name for key in data_ring().listed()] == [name]
    factor.refresh_from_db()
    held.refresh_from_db()
    assert adapter.decrypt(factor.data["secret"]) == "JBSWY3DP"
    assert [adapter.decrypt(code) for code in factor.data["migrated_codes"]] == ["11112222"]
    assert factor.data["used_mask"] == 5
    assert unseal(bytes(held.phone), context="parent").phone == PHONE
    assert [(text.phone, text.text) for text in texts.dry_run_texts()] == [(PHONE, "验证码 123456")]
    assert opened()["P2"].name == "学生2"


def test_a_key_is_kept_while_one_row_needs_it_or_it_was_followed_just_now_or_seals(db: None) -> None:
    people(1)
    with pytest.raises(DomainError, match="key_is_newest"):
        retire(FIRST)
    name = rotate()
    with pytest.raises(DomainError, match="unknown_key"):
        retire("nobody")
    with pytest.raises(DomainError, match="key_is_newest"):
        retire(name)
    with pytest.raises(DomainError, match="key_in_use"):
        retire(FIRST)
    reseal()
    with pytest.raises(DomainError, match="key_just_followed"):
        resealing.retire(FIRST, actor="system", clock=CLOCK)
    assert len(data_ring().listed()) == 2
    retire(FIRST)
    assert [key.name for key in data_ring().listed()] == [name]
    assert list(AuditEntry.objects.filter(act="keys.data.retire").values_list("subject", flat=True)) == ["key:first"]


def test_the_audit_chain_stays_whole_when_all_data_keys_have_changed(db: None) -> None:
    audit.record("system", "before", "x", clock=CLOCK)
    for is_index in (False, True):
        rotate(SM4_SIV, is_index=is_index)
        reseal()
        retire(FIRST, is_index=is_index)
    assert audit.verify().faults == ()


class Killed(BaseException):
    """The process ends here."""


def test_a_resealing_that_was_killed_goes_on_where_it_was(db: None) -> None:
    people(3 * resealing.CHUNK + 1)
    before = opened()
    name = rotate()

    def kill(column: str, done: int, to_do: int) -> None:
        if done >= 2 * resealing.CHUNK:
            raise Killed

    with pytest.raises(Killed):
        resealing.reseal(actor="system", clock=CLOCK, progress=kill)
    assert resealing.rows_under(FIRST) == {"roster.Person.sealed": resealing.CHUNK + 1}
    assert opened() == before
    assert reseal().written["roster.Person.sealed"] == resealing.CHUNK + 1
    assert (opened() == before, marks()) == (True, {data_mark(name)})
    assert reseal().written["roster.Person.sealed"] == 0


def test_who_writes_a_row_while_it_is_resealed_wins(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The writer comes between reading and writing, where only comparing the bytes can notice it."""
    people(2)
    rotate()
    mended = Personal("改名", "", PHONE)

    def write_between(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if many and not done:
            done.append(1)
            Person.objects.filter(code="P0").update(sealed=seal(mended, context="P0"))
        return execute(sql, params, many, context)

    done: list[int] = []
    with connection.execute_wrapper(write_between):
        told = reseal()
    assert (done, told.written["roster.Person.sealed"], told.left) == ([1], 1, 0)
    assert opened() == {"P0": mended, "P1": Personal("学生1")}


def test_a_row_that_no_key_opens_is_told_and_left_alone(db: None) -> None:
    people(2)
    Person.objects.filter(code="P0").update(sealed=b"x" * 40)
    rotate()
    told = reseal()
    assert (told.unreadable, told.left, told.written["roster.Person.sealed"]) == (1, 0, 1)
    assert bytes(Person.objects.get(code="P0").sealed) == b"x" * 40


def test_an_import_without_a_rotation_looks_at_no_row_for_it(bring: Import) -> None:
    bring(UNITS, PEOPLE)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        resealing.bring_up_model("roster.Person")
    assert len(asked) == 0


def test_the_commands_rotate_reseal_and_retire(db: None) -> None:
    people(2)
    runner = CliRunner()
    name = runner.invoke(app, ["keys", "data", "rotate", "--suite", "sm4"]).stdout.strip()
    assert [(key.name, key.suite) for key in data_ring().listed()] == [(FIRST, AES_SIV), (name, SM4_SIV)]
    refused = runner.invoke(app, ["keys", "data", "retire", FIRST, "--yes", "--at-once"])
    assert (refused.exit_code, "2" in refused.output) == (1, True)
    assert runner.invoke(app, ["keys", "data", "reseal"]).exit_code == 0
    assert runner.invoke(app, ["keys", "data", "retire", FIRST, "--yes"]).exit_code == 1
    assert runner.invoke(app, ["keys", "data", "retire", FIRST, "--yes", "--at-once"]).exit_code == 0
    listed = runner.invoke(app, ["keys", "data", "list"]).stdout.splitlines()
    assert [line.split()[:3] for line in listed] == [["data", name, "sm4"], ["index", FIRST, AES_SIV]]
    assert runner.invoke(app, ["keys", "data", "rotate", "--suite", "des"]).exit_code == 1
