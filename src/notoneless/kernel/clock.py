"""Time is passed in. Days are calendar dates in the bureau's zone; instants are aware UTC datetimes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from django.conf import settings

MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Whatever can say what time it is."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock, or the instant that a rehearsal set with NOL_NOW (never in production)."""

    def now(self) -> datetime:
        if settings.REHEARSAL_NOW is not None:
            frozen: datetime = settings.REHEARSAL_NOW
            return frozen
        return datetime.now(UTC)


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands still: replays, demos and tests."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant


def bureau_zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def day_of(instant: datetime) -> date:
    """The bureau's calendar date at an instant."""
    return instant.astimezone(bureau_zone()).date()


def instant_on(day: date, minutes: int) -> datetime:
    """The UTC instant `minutes` after the bureau's midnight of `day`; 1440 is the next midnight."""
    midnight = datetime.combine(day + timedelta(days=minutes // 1440), time(0), bureau_zone())
    return (midnight + timedelta(minutes=minutes % 1440)).astimezone(UTC)


def to_micros(instant: datetime) -> int:
    """Microseconds since 1970 UTC, exact: how hot tables store instants."""
    return (instant - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)
