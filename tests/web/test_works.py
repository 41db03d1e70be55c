"""The opening of a day is seen while it runs, and its failure is told where it can be tried again."""

from datetime import date

import pytest

from notoneless.jobs import OPENING, do_works, open_day, tick
from notoneless.kernel import works
from notoneless.kernel.models import Work
from notoneless.ledger.models import DaySession
from tests.builders import DAY, clock_at, make_city, opened_city
from tests.web.cast import make_cast, signed_in, text_of

pytestmark = pytest.mark.django_db
NINE = clock_at(9)
NEXT = date(2026, 11, 24)


def test_opening_of_a_day_is_a_work_with_its_progress() -> None:
    make_city()
    seen: list[tuple[str, int, int]] = []
    opened = open_day(DAY, clock=NINE, actor="clerk", progress=lambda *step: seen.append(step))
    work = Work.objects.get(kind=OPENING)
    assert (work.state, work.asked_by, work.params) == ("done", "clerk", {"day": str(DAY)})
    assert work.result["added"] == sum(merged.added for merged in opened.duties.values()) > 0
    assert seen and all(done <= total for _, done, total in seen)


def test_day_is_opened_though_another_opening_is_under_way() -> None:
    make_city()
    works.begin(OPENING, actor="system", clock=NINE, params={"day": str(DAY)})
    tick(clock=NINE)
    assert DaySession.objects.filter(day=DAY).exists()


def test_failed_opening_is_told_and_tried_again_on_the_page() -> None:
    opened_city()
    make_cast()
    failed = works.begin(OPENING, actor="system", clock=NINE, params={"day": str(NEXT)})

    def breaks(*_: object) -> dict[str, object]:
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            works.run(failed, breaks, clock=NINE, is_raising=True)
        failed = works.begin(OPENING, actor="system", clock=NINE, params={"day": str(NEXT)})
    works.run(failed, breaks, clock=NINE)
    assert Work.objects.filter(kind=OPENING).count() == 1, "a day that fails every five seconds is one line"

    client = signed_in("system_admin")
    page = text_of(client.get("/office/works/"))
    assert "Something unforeseen went wrong" in page and str(NEXT) in page
    assert client.post("/office/works/", {"again": str(failed.pk)}).status_code == 302
    assert "Waiting its turn" in text_of(client.get("/office/works/", headers={"hx-request": "true"}))
    do_works(clock=NINE)
    assert DaySession.objects.filter(day=NEXT).exists()


def test_only_an_opening_is_asked_for_again_by_the_office() -> None:
    opened_city(pupils=1)
    make_cast()
    work = works.ask("roster.check", unit="S", actor="principal", clock=NINE)
    assert signed_in("system_admin").post("/office/works/", {"again": str(work.pk)}).status_code == 422
    assert signed_in("system_admin").post("/office/works/", {"again": "x"}).status_code == 422
    assert signed_in("principal").post("/office/works/", {"again": str(work.pk)}).status_code == 403
