"""A family's letters: resolved from where its pupils were on the day on which each was sent; only receipts are rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Case, Exists, OuterRef, Q, Value, When

from notoneless.kernel.errors import DomainError
from notoneless.publish.models import Letter, Receipt
from notoneless.publish.queries.letters import LetterInfo, infos
from notoneless.publish.rules import INFORMATION
from notoneless.roster.models import Placement
from notoneless.roster.scope import Scope
from notoneless.roster.tree import ids_of

_NONE = Q(pk__in=())


@dataclass(frozen=True)
class FamilyLetter:
    """A letter to one of the scope's households. `is_unread`: it still waits to be opened or, where a receipt is asked,
    confirmed. `was_confirmed`: by every one of the scope's households that it went to."""

    info: LetterInfo
    is_unread: bool
    was_confirmed: bool


def _sent_to(households: Iterable[int]) -> dict[int, Q]:
    """By household: the letters of every unit above one of its pupils, sent on a day on which the pupil was there."""
    found = dict.fromkeys(households, _NONE)
    rows = Placement.objects.filter(person__household_id__in=list(found), person__population="student")
    for home, path, first, end in rows.values_list("person__household_id", "unit__path", "from_day", "to_day"):
        reach = Q(unit_id__in=ids_of(path), day__gte=first)
        found[home or 0] |= reach if end is None else reach & Q(day__lt=end)
    return found


def _done_by(household: int) -> Exists:
    receipts = Receipt.objects.filter(letter=OuterRef("pk"), household_id=household)
    return Exists(receipts.filter(Q(letter__kind=INFORMATION) | Q(confirmed_at__isnull=False)))


def _unread(sent: dict[int, Q]) -> Q:
    still = (reach & ~Q(_done_by(home)) for home, reach in sent.items())
    return reduce(or_, still, _NONE) & Q(withdrawn_at=None)


def unread_count(scope: Scope) -> int:
    """How many letters the scope's households have yet to read."""
    return Letter.objects.filter(_unread(_sent_to(scope.households))).count() if scope.households else 0


def letters_of_households(scope: Scope, *, limit: int, offset: int) -> tuple[int, list[FamilyLetter]]:
    """Unread ones first, then newest first: how many there are, and a page of them."""
    if not scope.households:
        return 0, []
    sent = _sent_to(scope.households)
    rows = Letter.objects.filter(reduce(or_, sent.values(), _NONE))
    order = Case(When(_unread(sent), then=Value(0)), default=Value(1))
    page = rows.order_by(order, "-sent_at", "-pk")[offset : offset + limit]
    return rows.count(), _told(scope, [row.pk for row in page], sent)


def letter_of_household(scope: Scope, letter_id: int) -> FamilyLetter:
    """Raises DomainError `out_of_scope`."""
    sent = _sent_to(scope.households)
    if not Letter.objects.filter(reduce(or_, sent.values(), _NONE), pk=letter_id).exists():
        raise DomainError("out_of_scope", "letter")
    return _told(scope, [letter_id], sent)[0]


def recipients(scope: Scope, letter_id: int) -> list[int]:
    """Which of the scope's households a letter went to. Raises DomainError `out_of_scope` where it is none."""
    sent = _sent_to(sorted(scope.households))
    found = [home for home, reach in sent.items() if Letter.objects.filter(reach, pk=letter_id).exists()]
    if not found:
        raise DomainError("out_of_scope", "letter")
    return found


def _told(scope: Scope, ids: list[int], sent: dict[int, Q]) -> list[FamilyLetter]:
    """In the order of `ids`."""
    found = {info.id: info for info in infos(Letter.objects.select_related("unit").filter(pk__in=ids))}
    shown = Letter.objects.filter(pk__in=ids)
    unread = set(shown.filter(_unread(sent)).values_list("pk", flat=True))
    confirmed = set(
        Receipt.objects.filter(
            letter__in=ids, household__in=scope.households, confirmed_at__isnull=False
        ).values_list("letter_id", flat=True)
    )  # fmt: skip
    return [FamilyLetter(found[one], one in unread, one in confirmed and one not in unread) for one in ids]


def telephone_places(scope: Scope, today: date) -> list[str]:
    """The paths of the units in which the scope's pupils are today."""
    rows = Placement.objects.filter(
        Q(to_day=None) | Q(to_day__gt=today), from_day__lte=today, person__household_id__in=scope.households,
        person__population="student",
    )  # fmt: skip
    return sorted(set(rows.values_list("unit__path", flat=True)))
