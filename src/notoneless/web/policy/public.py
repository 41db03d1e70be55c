"""Who has to report what today, for anybody: no sign-in, an address for every date, fit for printing."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from notoneless.collect.arrival import read_day
from notoneless.expect import queries as expect_queries
from notoneless.expect.queries import PublicRules
from notoneless.expect.queries.public import PublicDistrict, PublicLine, PublicRow
from notoneless.expect.words import basis
from notoneless.expect.words.phrases import clock_time, is_zh, listed, one_day, pick
from notoneless.kernel.errors import DomainError
from notoneless.roster.kinds import KINDS, PERSON_STATES, POPULATIONS, STAGES
from notoneless.web.keeper import kept
from notoneless.web.ui.days import today
from notoneless.web.ui.words import reading

FRESH = 60.0
"""Seconds for which a day's rules are kept: a city's take a second or two to put together."""
MOST_DAYS = 8
AHEAD_DAYS = 400


class _Shelf:
    """The rules of the few days that are looked at, each put together once a minute, one at a time.

    Not with what web.keeper keeps: a city's rules are megabytes, and strangers may ask for any day.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[date, tuple[float, PublicRules]] = OrderedDict()

    def rules(self, day: date, *, is_kept: bool) -> PublicRules:
        if not is_kept:
            return expect_queries.public_rules(day)
        with self._lock:
            made_at, found = self._kept.get(day, (float("-inf"), None))
            if found is None or time.monotonic() - made_at > FRESH:
                found = expect_queries.public_rules(day)
                self._kept[day] = (time.monotonic(), found)
            self._kept.move_to_end(day)
            while len(self._kept) > MOST_DAYS:
                self._kept.popitem(last=False)
            return found


_shelf = _Shelf()


@dataclass(frozen=True)
class Entry:
    """What one kind of people has to do, as a sentence, and on what it rests. `tone`: asked, teacher or free."""

    who: str
    tone: str
    text: str
    basis: str


@dataclass(frozen=True)
class Row:
    """A kind of school in a district, ready to be shown."""

    title: str
    schools: int
    day: str
    entries: tuple[Entry, ...]
    others: tuple[str, ...]
    more: int


@require_safe
def public(request: HttpRequest, day: str = "") -> HttpResponse:
    """`?day=` of the form leads to the permanent address; `?district=` picks one district."""
    if "day" in request.GET:
        return redirect("public_rules_of", str(read_day(request.GET["day"])))
    shown = read_day(day) if day else today()
    if not shown.year >= 2004 or (shown - today()).days > AHEAD_DAYS:
        raise DomainError("bad_parameter", "day")
    rules = _shelf.rules(shown, is_kept=kept.is_on)
    districts = [(one.unit.code, one.unit.label(reading())) for one in rules.districts]
    code = request.GET.get("district", districts[0][0] if districts else "")
    picked = next((one for one in rules.districts if one.unit.code == code), None)
    return render(request, "policy/public.html", {
        "day": shown, "rules": rules, "districts": districts, "code": code, "picked": picked,
        "rows": _rows(picked) if picked else [], "kind_of_day": one_day(rules.day_type, reading()),
    })  # fmt: skip


def _rows(district: PublicDistrict) -> list[Row]:
    return [_row(row) for row in district.rows]


def _row(row: PublicRow) -> Row:
    language = reading()
    kind = KINDS.get(row.kind)
    names = [pick((kind.zh, kind.en), language)] if kind else []
    if row.stage in STAGES and pick(STAGES[row.stage], language) not in names:
        names.append(pick(STAGES[row.stage], language))
    usual = [line for line in row.lines if line.state == "at_school"]
    entries = _entries(usual, "")
    for state in ("sick_home", "leave"):
        lines = [line for line in row.lines if line.state == state]
        told = {(line.duty.code, line.claim, line.policy.id) for line in usual if line.population == "student"}
        apart = [line for line in lines if (line.duty.code, line.claim, line.policy.id) not in told]
        entries += _entries(apart, state)
    day = one_day(row.judgement.day_type, language)
    others = tuple(" ".join(node.label(language) for node in chain) for chain in row.others)
    return Row(" · ".join(names), row.schools, day, tuple(_merged(entries)), others, row.other_count - len(others))


def _entries(lines: list[PublicLine], state: str) -> list[Entry]:
    language = reading()
    found = []
    for line in lines:
        if line.claim == "waived" and line.duty.asked != "family":
            continue  # what the teacher need not do concerns no reader of this page
        who = pick(POPULATIONS[line.population], language)
        if state:
            apart = pick(PERSON_STATES[state], language)
            who = f"{apart}的{who}" if is_zh(language) else f"{who} {apart[0].lower()}{apart[1:]}"
        found.append(Entry(who, _tone(line), _text(line), basis(line.policy, language)))
    return found


def _tone(line: PublicLine) -> str:
    if line.claim != "owed":
        return "free"
    return "teacher" if line.duty.asked == "teacher" else "asked"


def _text(line: PublicLine) -> str:
    language, name = reading(), line.duty.name(reading())
    due = clock_time(line.window[1], language)
    zh = is_zh(language)
    if line.claim == "waived":
        return f"不用填“{name}”" if zh else f"need not fill in “{name}”"
    if line.claim == "excused":
        return f"“{name}”免报（停课）" if zh else f"“{name}” is excused (classes suspended)"
    if line.duty.asked == "teacher":
        return f"“{name}”由班主任完成，家长不用做" if zh else f"“{name}” is done by the class teacher, not by families"
    return f"{due} 前完成“{name}”" if zh else f"complete “{name}” by {due}"


def _merged(entries: list[Entry]) -> list[Entry]:
    """People of whom the same is said stand together."""
    merged: OrderedDict[tuple[str, str, str], list[str]] = OrderedDict()
    for entry in entries:
        who = merged.setdefault((entry.tone, entry.text, entry.basis), [])
        if entry.who not in who:
            who.append(entry.who)
    # Within a sentence only the first begins with a capital.
    return [
        Entry(listed([one if n == 0 else one[:1].lower() + one[1:] for n, one in enumerate(who)], reading()), *said)
        for said, who in merged.items()
    ]
