"""Send a letter, and withdraw one: never edited, so that what a family confirmed is what it read."""

import uuid

from django.db import transaction

from notoneless.expect import services as expect
from notoneless.kernel import audit
from notoneless.kernel.clock import Clock, day_of
from notoneless.kernel.errors import DomainError
from notoneless.kernel.sql import lock_exclusively
from notoneless.publish.models import Letter
from notoneless.publish.queries.counts import households_reached
from notoneless.publish.queries.letters import sending_unit
from notoneless.publish.rules import LONGEST_WHY, RECEIPT, Words, cleaned, faults_of, has_hidden, needs_number
from notoneless.roster.models import Unit
from notoneless.roster.scope import Scope


def check_letter(scope: Scope, unit_code: str, words: Words, *, corrects: int = 0, clock: Clock) -> int:
    """To how many households it would go now; changes nothing.

    Raises DomainError `out_of_scope`, `wrong_role`, what is wrong with its words (publish/rules.py),
    `letter_no_household`, `letter_not_yours_to_correct`.
    """
    return _checked(sending_unit(scope, unit_code), cleaned(words), corrects, clock)


def _checked(unit: Unit, words: Words, corrects: int, clock: Clock) -> int:
    for fault in faults_of(words).values():
        raise fault
    if corrects and not Letter.objects.filter(pk=corrects, unit=unit).exists():
        raise DomainError("letter_not_yours_to_correct", "letter")
    households = households_reached(unit.path, day_of(clock.now()))
    if not households:
        raise DomainError("letter_no_household", "households")
    return households


def send_letter(
    scope: Scope, unit_code: str, words: Words, *, clock: Clock, draft: uuid.UUID | None = None, corrects: int = 0,
    number: int | None = None,
) -> Letter:  # fmt: skip
    """Send to the households that have a pupil below the unit today; a draft sent twice is one letter.

    `number`: of households, as the sender typed it; a bureau must. A letter that asks for a receipt counts as an ask of
    today and is refused where it would be one too many; the refusal is kept (docs/ASKS.md).
    Raises what `check_letter` raises, and DomainError `letter_wrong_number`, `letter_over_budget`.
    """
    unit, words = sending_unit(scope, unit_code), cleaned(words)
    with transaction.atomic():
        lock_exclusively(f"letters:{unit.pk}")
        twin = Letter.objects.filter(unit=unit, draft=draft.hex).first() if draft else None
        if twin is not None:
            return twin
        households = _checked(unit, words, corrects, clock)
        if needs_number(unit.level) and number != households:
            raise DomainError("letter_wrong_number", "households")
        ask = None
        if words.kind == RECEIPT:
            ask = expect.ask_by_letter(
                unit, title_zh=words.title_zh, title_en=words.title_en[:120], sent_by=scope.actor, draft=draft,
                clock=clock,
            )  # fmt: skip
        if ask is None or ask.status == "sent":
            letter = Letter.objects.create(
                unit=unit, kind=words.kind, title_zh=words.title_zh, title_en=words.title_en, body_zh=words.body_zh,
                body_en=words.body_en, day=day_of(clock.now()), sent_at=clock.now(), sent_by=scope.actor,
                households=households, notice=ask, corrects_id=corrects or None, draft=draft.hex if draft else "",
            )  # fmt: skip
            audit.record(scope.actor, "letter.sent", f"unit:{unit.code}", clock=clock,
                         detail={"letter": letter.pk, "kind": words.kind, "households": households})  # fmt: skip
            return letter
    raise DomainError("letter_over_budget", "kind", **ask.reason)  # outside: the refusal stays on record


def withdraw_letter(scope: Scope, unit_code: str, letter_id: int, *, why: str, clock: Clock) -> bool:
    """Take a letter back: families that open it are told so and why. False where that was done before.

    Raises DomainError `out_of_scope`, `wrong_role`, `value_required`, `value_too_long`, `bad_text`.
    """
    unit = sending_unit(scope, unit_code)
    reason = why.strip()
    if not reason:
        raise DomainError("value_required", "why")
    if len(reason) > LONGEST_WHY:
        raise DomainError("value_too_long", "why", limit=LONGEST_WHY)
    if has_hidden(reason, lines=False):
        raise DomainError("bad_text", "why")
    with transaction.atomic():
        letter = Letter.objects.select_for_update(of=("self",)).filter(pk=letter_id, unit=unit).first()
        if letter is None:
            raise DomainError("out_of_scope", "unit")
        if letter.withdrawn_at is not None:
            return False
        letter.withdrawn_at, letter.withdrawn_by, letter.withdrawn_why = clock.now(), scope.actor, reason
        letter.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
        if letter.notice_id is not None:
            expect.take_back_ask(letter.notice_id)
        audit.record(scope.actor, "letter.withdrawn", f"unit:{unit.code}", clock=clock, detail={"letter": letter.pk})
    return True
