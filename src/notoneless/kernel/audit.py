"""Write down who did what, in a chain that shows whether an entry was changed, taken out or put in afterwards.

Each entry's digest is made with a key that is not in the database, over the entry and the digest before it. Subjects
and details are codes and counts, never personal data.
"""

import hmac
import json
from collections.abc import Collection, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from notoneless.kernel.clock import Clock, day_of, instant_on, to_micros
from notoneless.kernel.models import AuditEntry, AuditHead
from notoneless.kernel.sql import lock_exclusively

HEAD = 1
origin: ContextVar[str] = ContextVar("audit origin", default="")
"""The address from which the present request came; pages and the API set it."""
BEGINNING = "0" * 64
_CHUNK = 2000


def record(actor: str, act: str, subject: str, *, clock: Clock, detail: Mapping[str, Any] | None = None) -> None:
    """Append an entry, in the transaction of the act that it tells of.

    Three statements: whoever appends next waits from the first of them until this transaction has ended.
    """
    with transaction.atomic():
        head = _locked_head()
        number, previous = (head.number, head.digest) if head is not None else (0, BEGINNING)
        entry = AuditEntry(
            number=number + 1, made_at=clock.now(), actor=actor, act=act, subject=subject, detail=dict(detail or {}),
            origin=origin.get(), previous=previous,
        )  # fmt: skip
        entry.digest = _digest(entry, previous)
        entry.save(force_insert=True)
        _set_head(number + 1, entry.digest, is_new=head is None)


def _locked_head() -> AuditHead | None:
    """The end of the chain, which the next entry needs, kept from all others; None, and as well kept, before the first
    entry."""
    heads = AuditHead.objects.select_for_update().filter(pk=HEAD)
    if (head := heads.first()) is None:
        lock_exclusively("audit")  # there is no row to hold; somebody may just be writing it
        head = heads.first()
    return head


def _set_head(number: int, digest: str, *, is_new: bool) -> None:
    fields = {"number": number, "digest": digest, "seal": _keyed(f"head:{number}:{digest}")}
    if is_new:
        AuditHead.objects.create(pk=HEAD, **fields)
    else:
        AuditHead.objects.filter(pk=HEAD).update(**fields)


def _keyed(text: str) -> str:
    key = hmac.digest(settings.DATA_KEY[:32], b"audit chain", "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


def sealed(kind: str, text: str) -> str:
    """A keyed digest of a text, as of the log's own entries: nobody outside the system can make one."""
    return _keyed(f"{kind}:{text}")


def person_subject(code: str) -> str:
    """The subject of entries about a person: who knows the code can find them, and nobody reads the code there. When
    the person is destroyed, the entries stay and lead nowhere."""
    return f"person:{sealed('person', code)[:24]}"


def _digest(entry: AuditEntry, previous: str) -> str:
    told = [entry.number, to_micros(_instant(entry.made_at)), entry.actor, entry.act, entry.subject, entry.detail]
    if entry.origin:  # entries from before there were origins keep their digests
        told.append(entry.origin)
    return _keyed(previous + json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")))


def _instant(value: Any) -> datetime:
    assert isinstance(value, datetime)  # noqa: S101 - an InstantField reads as one
    return value


@dataclass(frozen=True)
class Told:
    """An entry as those may read it whom it concerns."""

    made_at: datetime
    subject: str
    detail: Mapping[str, Any]


def entries_about(act: str, subjects: Collection[str], *, limit: int, offset: int) -> tuple[int, list[Told]]:
    """How many entries of one kind there are about these subjects, and a page of them, newest first."""
    found = AuditEntry.objects.filter(act=act, subject__in=subjects).order_by("-made_at", "-pk")
    page = found[offset : offset + limit]
    return found.count(), [Told(_instant(one.made_at), one.subject, one.detail) for one in page]


@dataclass(frozen=True)
class Found:
    """An entry as the audit administrator reads it."""

    number: int
    made_at: datetime
    actor: str
    act: str
    subject: str
    origin: str
    detail: Mapping[str, Any]


def latest(act: str) -> datetime | None:
    """When the newest entry of an act was made."""
    found = AuditEntry.objects.filter(act=act).order_by("-made_at").values_list("made_at", flat=True).first()
    return found if isinstance(found, datetime) else None


def search(
    *, actor: str = "", act: str = "", subject: str = "", first_day: date | None = None, last_day: date | None = None,
    limit: int, offset: int,
) -> tuple[int, list[Found]]:  # fmt: skip
    """How many entries there are of these, and a page of them, newest first. `act`: whole, or up to a dot."""
    found = AuditEntry.objects.exclude(number=None)
    if actor:
        found = found.filter(actor=actor)
    if act:
        found = found.filter(Q(act=act) | Q(act__startswith=f"{act}."))
    if subject:
        found = found.filter(subject=subject)
    if first_day is not None:
        found = found.filter(made_at__gte=instant_on(first_day, 0))
    if last_day is not None:
        found = found.filter(made_at__lt=instant_on(last_day, 1440))
    page = found.order_by("-number")[offset : offset + limit]
    return found.count(), [
        Found(one.number or 0, _instant(one.made_at), one.actor, one.act, one.subject, one.origin, one.detail)
        for one in page
    ]


def begin_chain() -> int:
    """Chain the entries of a database that is older than the chain. Once only: later it would hide what was put in."""
    with transaction.atomic():
        lock_exclusively("audit")
        if AuditHead.objects.exists():
            return 0
        previous, number = BEGINNING, 0
        for number, entry in enumerate(AuditEntry.objects.order_by("pk").iterator(_CHUNK), start=1):
            entry.number, entry.previous = number, previous
            entry.digest = previous = _digest(entry, previous)
            entry.save(update_fields=["number", "previous", "digest"])
        if number:
            _set_head(number, previous, is_new=True)
    return number


@dataclass(frozen=True)
class Fault:
    """Something wrong with the chain. `number`: where; `day`: of that entry, None where the entry is gone.

    changed: an entry is not what was written; removed: entries before it are gone; inserted: an entry that was never
    written by the system; cut: entries after the last one are gone; head: the seal of the chain's end was changed.
    """

    kind: Literal["changed", "removed", "inserted", "cut", "head"]
    number: int
    day: date | None


@dataclass(frozen=True)
class Verified:
    """What `verify` read. `days`: entries by day."""

    entries: int
    days: dict[date, int]
    faults: tuple[Fault, ...]


def verify() -> Verified:
    """Read the whole chain and tell every place at which it is broken."""
    faults: list[Fault] = []
    days: dict[date, int] = {}
    expected, previous, count = 1, BEGINNING, 0
    for entry in _chain():
        day = day_of(_instant(entry.made_at))
        count += 1
        days[day] = days.get(day, 0) + 1
        if entry.number is None:
            faults.append(Fault("inserted", 0, day))
            continue
        if entry.number != expected:
            faults.append(Fault("removed", entry.number, day))
        elif entry.previous != previous:
            faults.append(Fault("changed", entry.number, day))
        if not hmac.compare_digest(entry.digest, _digest(entry, entry.previous)):
            faults.append(Fault("changed", entry.number, day))
        expected, previous = entry.number + 1, entry.digest
    head = AuditHead.objects.filter(pk=HEAD).first()
    if head is None:
        if count:
            faults.append(Fault("head", expected - 1, None))
    elif not hmac.compare_digest(head.seal, _keyed(f"head:{head.number}:{head.digest}")):
        faults.append(Fault("head", head.number, None))
    elif head.number > expected - 1:
        faults.append(Fault("cut", head.number, None))
    elif head.number < expected - 1 or head.digest != previous:
        faults.append(Fault("inserted" if head.number < expected - 1 else "changed", expected - 1, None))
    return Verified(count, days, tuple(dict.fromkeys(faults)))


def _chain() -> Iterator[AuditEntry]:
    yield from AuditEntry.objects.filter(number=None).order_by("pk").iterator(_CHUNK)
    yield from AuditEntry.objects.exclude(number=None).order_by("number").iterator(_CHUNK)
