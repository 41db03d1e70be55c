"""The audit chain: whole while only the system writes, broken where anybody else did."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from notoneless.cli import app
from notoneless.kernel import audit
from notoneless.kernel.models import AuditEntry, AuditHead
from tests.builders import DAY, clock_at

pytestmark = pytest.mark.django_db


def five_acts() -> None:
    for number in range(5):
        clock = clock_at(8, number, day=DAY + timedelta(days=number // 3))
        audit.record("officer", f"act.{number}", "D", clock=clock, detail={"n": number})


def faults() -> list[tuple[str, int]]:
    return [(fault.kind, fault.number) for fault in audit.verify().faults]


def test_a_chain_that_only_the_system_wrote_is_whole() -> None:
    assert audit.verify().entries == 0
    five_acts()
    found = audit.verify()
    assert (found.entries, found.faults) == (5, ())
    assert found.days == {DAY: 3, DAY + timedelta(days=1): 2}
    first_of_next_day = AuditEntry.objects.get(number=4)
    assert first_of_next_day.previous == AuditEntry.objects.get(number=3).digest


def change(**fields: object) -> Callable[[], object]:
    return lambda: AuditEntry.objects.filter(number=3).update(**fields)


def swap() -> None:
    third, fourth = AuditEntry.objects.get(number=3), AuditEntry.objects.get(number=4)
    AuditEntry.objects.filter(pk=third.pk).update(number=99)
    AuditEntry.objects.filter(pk=fourth.pk).update(number=3)
    AuditEntry.objects.filter(pk=third.pk).update(number=4)


def insert(number: int | None) -> Callable[[], object]:
    return lambda: AuditEntry.objects.create(
        number=number, made_at=clock_at(9).now(), actor="nobody", act="forged", subject="D",
        previous=AuditEntry.objects.get(number=5).digest, digest="0" * 64,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (change(actor="somebody else"), [("changed", 3)]),
        (change(detail={"n": 4}), [("changed", 3)]),
        (change(made_at=clock_at(7).now()), [("changed", 3)]),
        (change(digest="0" * 64), [("changed", 3), ("changed", 4)]),
        (lambda: AuditEntry.objects.filter(number=3).delete(), [("removed", 4)]),
        (lambda: AuditEntry.objects.filter(number=5).delete(), [("cut", 5)]),
        (lambda: AuditEntry.objects.all().delete(), [("cut", 5)]),
        (swap, [("changed", 3), ("changed", 4), ("changed", 5)]),
        (insert(6), [("changed", 6), ("inserted", 6)]),
        (insert(None), [("inserted", 0)]),
        (lambda: AuditHead.objects.update(number=4), [("head", 4)]),
        (lambda: AuditHead.objects.all().delete(), [("head", 5)]),
    ],
)
def test_each_kind_of_tampering_is_found(tamper: Callable[[], object], found: list[tuple[str, int]]) -> None:
    five_acts()
    tamper()
    assert faults() == found
    result = CliRunner().invoke(app, ["audit", "verify"])
    assert result.exit_code == 1
    assert "faults" in result.output


def test_cutting_the_end_and_mending_the_head_without_the_key_is_found() -> None:
    five_acts()
    AuditEntry.objects.filter(number=5).delete()
    AuditHead.objects.update(number=4, digest=AuditEntry.objects.get(number=4).digest)
    assert faults() == [("head", 4)]


def test_entries_older_than_the_chain_are_chained_once() -> None:
    for number in range(3):
        AuditEntry.objects.create(made_at=clock_at(number).now(), actor="old", act="old", subject="D")
    assert audit.begin_chain() == 3
    assert faults() == []
    AuditEntry.objects.create(made_at=clock_at(9).now(), actor="forged", act="old", subject="D")
    assert audit.begin_chain() == 0
    assert faults() == [("inserted", 0)]
    assert CliRunner().invoke(app, ["audit", "verify", "--json"]).exit_code == 1
