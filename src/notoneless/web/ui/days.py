"""Which day a page shows, and the time it is."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest

from notoneless.collect.arrival import read_day
from notoneless.kernel.clock import SystemClock, day_of
from notoneless.ledger import queries as ledger_queries

CLOCK = SystemClock()


def today() -> date:
    return day_of(CLOCK.now())


@dataclass(frozen=True)
class ShownDay:
    """`stands_in`: today has not been opened, so the latest opened day is shown in its place."""

    day: date
    stands_in: bool

    @property
    def is_today(self) -> bool:
        return self.day == today()

    @property
    def before(self) -> date:
        return self.day - timedelta(days=1)

    @property
    def after(self) -> date | None:
        return None if self.day >= today() else self.day + timedelta(days=1)

    @property
    def latest(self) -> date:
        return today()


def shown_day(request: HttpRequest) -> ShownDay:
    """The day asked for; else today, or the latest opened day before it. Raises DomainError `bad_day`."""
    if asked := request.GET.get("day"):
        return ShownDay(read_day(asked), stands_in=False)
    now = today()
    if not ledger_queries.sessions_on(now):
        for day in ledger_queries.opened_days():
            if day < now:
                return ShownDay(day, stands_in=True)
    return ShownDay(now, stands_in=False)
