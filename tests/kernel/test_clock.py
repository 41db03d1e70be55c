"""Days are the bureau's, instants are UTC."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from notoneless.kernel.clock import day_of, from_micros, instant_on, to_micros


def test_the_bureaus_day_begins_eight_hours_before_utcs() -> None:
    assert instant_on(date(2026, 11, 23), 0) == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert instant_on(date(2026, 11, 23), 1440) == datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert day_of(datetime(2026, 11, 22, 15, 59, tzinfo=UTC)) == date(2026, 11, 22)


@given(st.datetimes(timezones=st.just(UTC)))
def test_micros_are_exact(instant: datetime) -> None:
    assert from_micros(to_micros(instant)) == instant
