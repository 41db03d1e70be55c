"""Two guardians at the same instant: one receipt, and one of them is the one who confirmed."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from notoneless.publish import services
from notoneless.publish.models import Receipt
from notoneless.publish.rules import Words
from notoneless.roster.models import Household
from notoneless.roster.scope import SYSTEM, Scope
from tests.builders import clock_at, make_city

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_guardians_who_confirm_at_once_leave_one_receipt() -> None:
    make_city(pupils=1)
    home = frozenset({Household.objects.get(code="H1").pk})
    letter = services.send_letter(SYSTEM, "S", Words("receipt", "春游", "周五出发。"), clock=clock_at(8)).pk
    names, together = [f"guardian {number}" for number in range(4)], Barrier(4)

    def confirm(name: str) -> bool:
        try:
            together.wait(10)
            return services.confirm_letter(Scope(name, households=home, powers=()), letter, clock=clock_at(9))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        first = [name for name, was_first in zip(names, pool.map(confirm, names), strict=True) if was_first]
    assert [one.confirmed_by for one in Receipt.objects.all()] == first and len(first) == 1
