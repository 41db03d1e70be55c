"""A class: who has been heard from, the morning and noon check by exceptions, and reports on behalf of a child."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from notoneless.collect.services import check_class
from notoneless.expect import queries as expect_queries
from notoneless.expect.queries import DutyInfo
from notoneless.kernel.errors import DomainError
from notoneless.ledger import queries as ledger_queries
from notoneless.ledger.queries import DayUnitRef
from notoneless.rollup.rules import Counts
from notoneless.roster import queries as roster_queries
from notoneless.roster.roles import BIND, NAMES, REPORT
from notoneless.roster.scope import Scope
from notoneless.web.access import Reader, signed_in
from notoneless.web.reading import note_read
from notoneless.web.ui.days import CLOCK, ShownDay, shown_day
from notoneless.web.ui.drafts import Draft, new_draft, sent_draft
from notoneless.web.ui.reporting import Card, card_for, refusal_of, send_cards
from notoneless.web.ui.strip import strip_of
from notoneless.web.ui.words import sentence, state_key

CHECK = "class-check"
DUTIES = ("morning-check", "noon-check", "daily-health")


@dataclass(frozen=True)
class Class:
    """A class on a day, seen through one duty."""

    unit: DayUnitRef
    shown: ShownDay
    duty: DutyInfo
    duties: tuple[tuple[DutyInfo, Counts], ...]
    scope: Scope
    may_report: bool
    is_locked: bool

    @property
    def may_bind(self) -> bool:
        """Whether the reader invites this class's families."""
        return self.scope.may(BIND, self.unit.path)

    @property
    def counts(self) -> Counts:
        return next(counts for duty, counts in self.duties if duty.id == self.duty.id)

    @property
    def purpose(self) -> str:
        """What a draft of this page is for."""
        return f"class:{self.unit.code}:{self.shown.day}:{self.duty.code}"


def _class(request: HttpRequest, reader: Reader, code: str, duty_code: str) -> Class:
    shown = shown_day(request)
    unit = ledger_queries.day_unit(reader.scope, shown.day, code)
    if unit.level != "class":
        raise DomainError("out_of_scope", "unit")
    reader.scope.require_power(NAMES, unit.path)
    known = expect_queries.duties()
    if duty_code not in DUTIES or duty_code not in known:
        raise DomainError("unknown_duty", "duty", known=", ".join(DUTIES))
    counted = tuple((known[one], _counts(unit, shown.day, known[one])) for one in DUTIES if one in known)
    locked = {row.duty_id for row in ledger_queries.sessions_on(shown.day) if row.locks_at <= CLOCK.now()}
    may_report = reader.scope.may(REPORT, unit.path)
    return Class(unit, shown, known[duty_code], counted, reader.scope, may_report, known[duty_code].id in locked)


def _counts(unit: DayUnitRef, day: date, duty: DutyInfo) -> Counts:
    """Of the class's own slots, each in the column of its state."""
    found = dict.fromkeys(("on_time", "late", "excused", "missing", "due", "voluntary"), 0)
    for slot in ledger_queries.slots_of_unit(unit, day, duty.id):
        found[state_key(slot.state, slot.on_time)] += 1
    return Counts(**found)


def _cards(found: Class, sent: QueryDict | None = None) -> list[Card]:
    """A card for everyone who owes the duty: who stands out first, then by code."""
    slots = [
        slot
        for slot in ledger_queries.slots_of_unit(found.unit, found.shown.day, found.duty.id)
        if slot.state != "voluntary" and slot.respondent_id > 0  # past its term, a slot is nobody's
    ]
    people = roster_queries.codes_and_names([slot.respondent_id for slot in slots])
    cards = [
        card_for(found.duty, (slot.respondent_id, *people[slot.respondent_id]), "", slot, sent,
                 is_brief=found.duty.form == CHECK)
        for slot in slots
    ]  # fmt: skip
    return sorted(cards, key=lambda card: (not _stands_out(card), card.code))


def _stands_out(card: Card) -> bool:
    """Whoever is absent or unwell comes first."""
    return card.slot is not None and any(f'"{measure}"' in card.slot.measures for measure in ("absent", "abnormal"))


@require_safe
@signed_in
def classes(request: HttpRequest, reader: Reader) -> HttpResponse:
    grants = reader.require("teacher")
    if len(grants) == 1:
        return redirect("class_page", grants[0].unit_code)
    return render(request, "teacher/choose.html", {"grants": grants})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def class_page(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    """The duty's page: a check to take, or who has and has not been reported for."""
    found = _class(request, reader, code, request.GET.get("duty", DUTIES[0]))
    draft, refusal, status = new_draft(found.purpose), "", 200
    if request.method == "POST":
        cards = _cards(found, request.POST)
        try:
            draft = _require_check(request, found)
            if _take_check(reader, found, cards, draft):
                messages.success(request, _("The check has been received."))
                return redirect(request.get_full_path())
        except DomainError as error:
            refusal = sentence(error)
        status = 422
    else:
        cards = _cards(found)
    context = {
        "found": found, "strip": strip_of(found.unit, found.shown.day, found.duty),
        "cards": cards, "draft": draft, "refusal": refusal, "is_check": found.duty.form == CHECK,
        "any_given": any(card.is_given for card in cards), "any_wrong": any(card.sheet.errors for card in cards),
        "unheard": [card for card in cards if card.slot is not None and card.slot.state in ("due", "missing")],
        "is_excused": bool(cards) and all(card.slot and card.slot.state == "excused" for card in cards),
    }  # fmt: skip
    return render(request, "teacher/class.html", context, status=status)


def _require_check(request: HttpRequest, found: Class) -> Draft:
    if not found.may_report or found.duty.form != CHECK:
        raise DomainError("by_not_allowed", "duty")
    return sent_draft(request, found.purpose)


def _take_check(reader: Reader, found: Class, cards: list[Card], draft: Draft) -> bool:
    """The first time the whole class is checked; later only what was changed is sent. True when all was accepted."""
    if any(card.is_given for card in cards):
        return send_cards(cards, duty=found.duty, day=found.shown.day, by="teacher", draft=draft, scope=reader.scope)
    answers = {card.code: card.sheet.read() for card in cards}
    if any(card.sheet.errors for card in cards):
        return False
    exceptions = {code: given for code, given in answers.items() if given is not None}
    outcomes = check_class(
        reader.scope, found.unit.code, found.shown.day, found.duty.code, exceptions,
        submission=draft.id_for(exceptions), clock=CLOCK,
    )  # fmt: skip
    for card, outcome in zip(cards, outcomes, strict=True):
        if (error := refusal_of(outcome)) is not None:
            card.sheet.refuse(error)
    return not any(card.sheet.errors for card in cards)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def report(request: HttpRequest, reader: Reader, code: str, person_id: int) -> HttpResponse:
    """The daily report on behalf of one child."""
    found = _class(request, reader, code, "daily-health")
    if not found.may_report:
        raise DomainError("by_not_allowed", "duty")
    sent = request.POST if request.method == "POST" else None
    cards = [card for card in _cards(found, sent) if card.person_id == person_id]
    if not cards:
        raise DomainError("out_of_scope", "person")
    note_read(reader, cards[0].code, found.unit.path, "report")
    draft, refusal, status = new_draft(f"{found.purpose}:{person_id}"), "", 200
    if request.method == "POST":
        try:
            draft = sent_draft(request, f"{found.purpose}:{person_id}")
            if send_cards(cards, duty=found.duty, day=found.shown.day, by="teacher", draft=draft, scope=reader.scope):
                messages.success(request, _("The report has been received."))
                return redirect(f"{reverse('class_page', args=[code])}?duty=daily-health&day={found.shown.day}")
        except DomainError as error:
            refusal = sentence(error)
        status = 422
    context = {"found": found, "card": cards[0], "duty": found.duty, "draft": draft, "refusal": refusal}
    return render(request, "teacher/report.html", context, status=status)
