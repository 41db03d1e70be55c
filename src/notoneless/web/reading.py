"""Who reads a person's record, or a list of names, is written down, and the family can see it.

One entry covers a minute: the same reader, from the same address, of the same part of the same thing. A page that is
looked at again and again would otherwise queue for the log's one end at every look.
"""

import threading
from collections.abc import Hashable
from datetime import date, datetime

from django.db import transaction

from notoneless.kernel import audit
from notoneless.kernel.clock import bureau_zone
from notoneless.roster.scope import Scope
from notoneless.web.access import Reader
from notoneless.web.ui.days import CLOCK

ACT, LIST = "record.read", "names.read"
MOST = 20_000
"""Entries remembered; beyond that all are forgotten, and the next read of each is written once more."""


class Written:
    """What this process has written in the present minute: key -> how many names it said.

    Another process, or one that forgets, writes an entry more, never one less.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._minute: datetime | None = None
        self._counts: dict[Hashable, int] = {}
        self._lock = threading.Lock()  # a request is a thread

    def covers(self, minute: datetime, key: Hashable, count: int) -> bool:
        """Whether an entry of this minute says as many names or more: a list that has grown is told anew."""
        with self._lock:
            return self._minute == minute and self._counts.get(key, -1) >= count

    def add(self, minute: datetime, key: Hashable, count: int) -> None:
        with self._lock:
            if self._minute != minute or len(self._counts) >= self._most:
                self._minute, self._counts = minute, {}
            self._counts[key] = max(count, self._counts.get(key, 0))

    def forget(self) -> None:
        with self._lock:
            self._minute, self._counts = None, {}


written = Written()
"""This process's."""


def subject_of(code: str) -> str:
    """The subject of the entries about the person with this code."""
    return audit.person_subject(code)


def note_read(reader: Reader, code: str, path: str, page: str, *, part: str | date) -> None:
    """Write down that a member of staff has read the record of the person with this code, who counts under `path`.

    `part`: of which day, or how much. A family that reads its own child's record is not written down. The role and unit
    are those that let the reader in, so that the family can be told without naming anybody.
    """
    grant = next((one for one in reader.grants if one.path and path.startswith(one.path)), None)
    if grant is not None:
        detail = {"role": grant.role, "unit": grant.unit_code, "page": page, "part": str(part)}
        _note(reader.scope.actor, ACT, subject_of(code), detail)


def note_api_read(scope: Scope, code: str, *, part: str) -> None:
    """The same for a program: its token says no role, so the entry names the way alone."""
    _note(scope.actor, ACT, subject_of(code), {"role": "", "unit": "", "page": "api", "part": part})


def note_names(actor: str, unit_code: str, count: int, page: str, *, part: str) -> None:
    """A list of names was read: where, how many, on which page, and which part of it: what was asked for, and its
    place in the list. One entry, whatever its length."""
    if count:
        _note(actor, LIST, f"unit:{unit_code}", {"page": page, "part": part}, count)


def _note(actor: str, act: str, subject: str, detail: dict[str, str], count: int = 0) -> None:
    """Written before there is an answer, and remembered only once it can no longer be undone."""
    minute = CLOCK.now().replace(second=0, microsecond=0)
    key = (actor, act, subject, audit.origin.get(), *detail.items())
    if written.covers(minute, key, count):
        return
    told: dict[str, str | int] = {**detail, "minute": f"{minute.astimezone(bureau_zone()):%H:%M}"}
    audit.record(actor, act, subject, clock=CLOCK, detail={"count": count, **told} if count else told)
    transaction.on_commit(lambda: written.add(minute, key, count))
