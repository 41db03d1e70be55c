"""Requests as phones and class teachers send them: distinct, signed, each with its own id."""

import random
import uuid
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.load import Requests
from benchmarks.morning.city import DUTY, Pupil
from notoneless.kernel.clock import SystemClock, to_micros
from notoneless.roster import tokens
from notoneless.roster.scope import Scope
from notoneless.roster.tokens.bearer import Bearer, sign

HOURS = 12 * 3600 * 1_000_000
REPORTS = "/api/v1/reports"
PLAIN = "/plain/reports"


class Sender:
    """Makes bodies and tokens. One account a household or class: the signature is checked anew for each."""

    def __init__(self, day: date, seed: int) -> None:
        self._random = random.Random(seed)
        self._day = str(day)
        self._ring = tokens.keys()
        self._ring.newest()
        self._now = to_micros(SystemClock().now())
        self._at = self._now / 1000

    def report(self, code: str, by: str) -> dict[str, Any]:
        self._at += 0.1
        return {
            "id": str(self._id()), "duty": DUTY, "day": self._day, "person": code,
            "answers": {"condition": "well", "temperature": self._random.randint(360, 369)},
            "made_at": f"{self._day}T00:10:00+08:00", "by": by,
        }  # fmt: skip

    def _id(self) -> uuid.UUID:
        """As our own pages make them: the instant first (kernel/ids.py), so that a morning's ids lie together."""
        bits = self._random.getrandbits(74)
        return uuid.UUID(int=int(self._at) << 80 | 8 << 76 | (bits >> 62) << 64 | 2 << 62 | bits & (1 << 62) - 1)

    def family(self, household: int) -> str:
        return self._token(household, Scope(f"family-{household}", (), frozenset([household])))

    def teacher(self, unit_id: int, path: str) -> str:
        return self._token(unit_id, Scope(f"teacher-{unit_id}", (path,)))

    def _token(self, account: int, scope: Scope) -> str:
        name = f"{self._random.getrandbits(48):012x}"
        return sign(Bearer(account, name, self._now, self._now + HOURS, scope), self._ring)


def write_singles(path: Path, pupils: Iterable[Pupil], sender: Sender, target: str = REPORTS) -> int:
    """One report a request, each household with its own token. Returns how many."""
    with Requests(path) as requests:
        for pupil in pupils:
            body = msgspec.json.encode(sender.report(pupil.code, "guardian"))
            requests.add(body, sender.family(pupil.household), target)
        return requests.count


def write_classes(path: Path, classes: Iterable[list[Pupil]], sender: Sender) -> tuple[int, int]:
    """One class a request. Returns how many requests, and how many rows."""
    rows = 0
    with Requests(path) as requests:
        for members in classes:
            body = msgspec.json.encode([sender.report(pupil.code, "teacher") for pupil in members])
            requests.add(body, sender.teacher(members[0].unit_id, members[0].path))
            rows += len(members)
        return requests.count, rows


def write_empty(path: Path, pupils: Iterable[Pupil], sender: Sender) -> int:
    """A signed request with no report in it: what the server costs by itself."""
    with Requests(path) as requests:
        for pupil in pupils:
            requests.add(b"[]", sender.family(pupil.household))
        return requests.count
