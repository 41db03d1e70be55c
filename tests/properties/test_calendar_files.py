"""Whatever is in a calendar file: it is read, refused by event or refused whole, and never anything else."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from notoneless.expect.rules.events import FIRST_YEAR, LAST_YEAR, FileDays, read_events
from notoneless.kernel.errors import DomainError

ZONE = ZoneInfo("Asia/Shanghai")
NAMES = ["DTSTART", "DTEND", "DURATION", "SUMMARY", "UID", "RRULE", "CATEGORIES", "COMMENT", "STATUS", "DESCRIPTION",
         "X-NOL-STAGE", "TZID", "TZOFFSETFROM", "TZOFFSETTO", "BEGIN", "END"]  # fmt: skip
PARAMS = ["", ";VALUE=DATE", ";VALUE=TIME", ";VALUE=PERIOD", ";TZID=Asia/Shanghai", ";TZID=Z", ";TZID=", ";;"]
VALUES = ["20261124", "20261124T080000", "20261124T080000Z", "00010101", "99991231T235959Z", "P3D", "-P1D", "PT5H",
          "停课", "closure,x", "FREQ=SECONDLY", "+0800", "Z", "VEVENT", "VTIMEZONE", "STANDARD", "VCALENDAR",
          "CANCELLED", "", "\\n\\,", "\x00"]  # fmt: skip
LINES = st.builds("{}{}:{}".format, st.sampled_from(NAMES), st.sampled_from(PARAMS), st.sampled_from(VALUES))


def check(raw: bytes) -> None:
    try:
        read = read_events(raw, ZONE)
    except DomainError:
        return
    for one in read:
        if isinstance(one, FileDays):
            assert timedelta(0) <= one.last_day - one.first_day
            assert FIRST_YEAR - 1 <= one.first_day.year <= LAST_YEAR + 1
            assert one.uid and "\x00" not in f"{one.summary}{one.reason_zh}{one.reason_en}{one.document}{one.uid}"
        else:
            assert one.error.sentence("zh") and one.error.sentence("en")


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=8), st.lists(LINES, max_size=5))
def test_an_event_of_any_lines_is_taken_or_refused(lines: list[str], before: list[str]) -> None:
    body = [
        "BEGIN:VCALENDAR",
        *before,
        "BEGIN:VEVENT",
        "UID:a",
        "SUMMARY:停课",
        *lines,
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    check("\r\n".join(body).encode())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_taken_or_refused(raw: bytes) -> None:
    check(raw)
    check(b"BEGIN:VCALENDAR\r\n" + raw + b"\r\nEND:VCALENDAR\r\n")
