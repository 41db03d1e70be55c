"""Destroy a household: its people, what they reported, its guardians' accounts, and every trace that leads to them."""

from collections.abc import Sequence
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Model, Q, QuerySet

from notoneless.collect.models import Report
from notoneless.expect import services as expect
from notoneless.kernel.clock import Clock, day_of
from notoneless.kernel.errors import DomainError
from notoneless.kernel.models import OutboxEvent
from notoneless.ledger import services as ledger
from notoneless.ledger.models import PersonSlot
from notoneless.retain.models import Certificate
from notoneless.retain.rules import Term
from notoneless.retain.services.certify import Approval, certify
from notoneless.roster.models import Account, Grant, Household, Person, Placement
from notoneless.roster.tokens import revoke

TERM = Term("household", "law", None, "个人信息保护法第47条 / PIPL art. 47: erasure")


def destroy_household(code: str, approval: Approval, *, clock: Clock) -> Certificate:
    """Everything of one household. What it was counted in stays as it was; nothing leads from there to it.

    Raises DomainError `unknown_household`.
    """
    household = Household.objects.filter(code=code).first()
    if household is None:
        raise DomainError("unknown_household", "household")
    people = list(Person.objects.filter(household=household).values_list("pk", flat=True))
    return _destroy(people, household, approval, clock=clock)


def destroy_person(person_id: int, approval: Approval, *, clock: Clock) -> Certificate:
    """Everything of one person; where nobody else is left in the household, that goes too, with its accounts.

    Raises DomainError `unknown_person`.
    """
    person = Person.objects.filter(pk=person_id).select_related("household").first()
    if person is None:
        raise DomainError("unknown_person", "person")
    home = person.household
    is_last = home is not None and not Person.objects.filter(household=home).exclude(pk=person_id).exists()
    return _destroy([person_id], home if is_last else None, approval, clock=clock)


def _destroy(people: Sequence[int], household: Household | None, approval: Approval, *, clock: Clock) -> Certificate:
    begun, today = clock.now(), day_of(clock.now())
    _leave(people, clock=clock)
    what: dict[str, int] = {}
    with transaction.atomic():
        what["report"] = _reports(people)
        what["person_slot"] = ledger.forget_people(people)
        what |= _accounts(household, people, approval.by, clock=clock)
        OutboxEvent.objects.filter(handled_at__isnull=False).delete()
        gone: list[QuerySet[Model]] = [Person.objects.filter(pk__in=people)]
        if household is not None:
            gone.append(Household.objects.filter(pk=household.pk))
        for rows in gone:
            for model, n in rows.delete()[1].items():
                what[model.lower()] = what.get(model.lower(), 0) + n
        return certify(TERM, {k: n for k, n in what.items() if n}, approval, begun_at=begun, until=today, clock=clock)


def _leave(people: Sequence[int], *, clock: Clock) -> None:
    """They belong nowhere from today on, so days that are open owe nothing for them and none misses them tonight."""
    today = day_of(clock.now())
    with transaction.atomic():
        Placement.objects.filter(person_id__in=people, from_day__gte=today).delete()
        Placement.objects.filter(person_id__in=people).filter(Q(to_day=None) | Q(to_day__gt=today)).update(to_day=today)
    expect.refresh_open_days(today, None, clock=clock, only=list(people))


def _reports(people: Sequence[int]) -> int:
    """The holder of each slot, later revisions by their respondent, and the first of those."""
    ids = set(
        PersonSlot.objects.filter(respondent_id__in=people).exclude(report_id="").values_list("report_id", flat=True)
    )
    later = Report.objects.filter(respondent_id__in=people, revision__gt=1)
    ids |= {one.hex for one in later.values_list("id", flat=True)}
    ids |= {one.hex for one in later.exclude(first_id=None).values_list("first_id", flat=True) if one is not None}
    deleted = Report.objects.filter(respondent_id__in=people, id__in=sorted(ids)).delete()[0]
    # A slot that another day's transfer made void names no report: look through the rest once.
    return deleted + Report.objects.filter(respondent_id__in=people).delete()[0]


def _accounts(household: Household | None, people: Sequence[int], actor: str, *, clock: Clock) -> dict[str, int]:
    """Guardians with no other role go; others lose this household. The people's own accounts go with them."""
    grants = Grant.objects.none() if household is None else Grant.objects.filter(household=household)
    candidates = set(grants.values_list("account_id", flat=True))
    candidates |= set(Account.objects.filter(person_id__in=people).values_list("pk", flat=True))
    grants.delete()
    gone = 0
    for account in Account.objects.filter(pk__in=candidates):
        revoke(account, actor=actor, clock=clock)
        if not Grant.objects.filter(account=account).exists():
            for session in Session.objects.filter(expire_date__gt=clock.now() - timedelta(days=60)):
                if session.get_decoded().get("_auth_user_id") == str(account.pk):
                    session.delete()
            account.delete()
            gone += 1
    return {"roster_account": gone}
