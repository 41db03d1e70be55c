"""Calendar files that other programs write: times, zones, lengths, and what in them cannot be taken."""

from datetime import date

import pytest

from notoneless.expect.models import CalendarOverride
from notoneless.expect.services import enter_override, export_days, import_days, remove_override
from notoneless.kernel.errors import DomainError
from notoneless.kernel.models import AuditEntry, OutboxEvent
from notoneless.roster.scope import SYSTEM
from tests.builders import DAY, clock_at, make_city
from tests.expect.test_ical import calendar, days, event

pytestmark = pytest.mark.django_db
CLOCK = clock_at(8)
NO_SCHOOL = "SUMMARY:停课"


def zone(name: str, offset: str, *rules: str) -> str:
    change = ["DTSTART:19700101T000000", f"TZOFFSETFROM:{offset}", f"TZOFFSETTO:{offset}", *rules]
    lines = [part for kind in ("STANDARD", "DAYLIGHT") for part in (f"BEGIN:{kind}", *change, f"END:{kind}")]
    return "\r\n".join(["BEGIN:VTIMEZONE", f"TZID:{name}", *lines, "END:VTIMEZONE"])


@pytest.fixture(autouse=True)
def city() -> None:
    make_city()


@pytest.mark.parametrize(
    ("lines", "first", "last"),
    [
        (("DTSTART:20261124T000000", "DTEND:20261125T000000"), "2026-11-24", "2026-11-24"),
        (("DTSTART:20261124T080000", "DTEND:20261125T120000"), "2026-11-24", "2026-11-25"),
        (("DTSTART;VALUE=DATE:20261124", "DURATION:P3D"), "2026-11-24", "2026-11-26"),
        (("DTSTART;VALUE=DATE:20261124", "DTEND;VALUE=DATE:20261124"), "2026-11-24", "2026-11-24"),
        (("DTSTART:20261123T160000Z", "DURATION:PT24H"), "2026-11-24", "2026-11-24"),
    ],
)
def test_an_end_is_where_the_event_is_over(lines: tuple[str, ...], first: str, last: str) -> None:
    import_days(SYSTEM, "S", calendar(event(NO_SCHOOL, *lines)), clock=CLOCK)
    assert days() == [("closure", first, last)]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (("DTSTART;VALUE=DATE:2026",), "ical_bad_time"),
        (("DTSTART:99991231T235959Z",), "ical_bad_time"),
        (("DTSTART:00010101T000000Z",), "ical_bad_time"),
        (("DTSTART;VALUE=TIME:080000",), "ical_bad_time"),
        (("DTSTART;VALUE=DATE:20261124", "DTSTART;VALUE=DATE:20261125"), "ical_bad_time"),
        (("DTSTART;VALUE=DATE:20261124", "DTEND:20261125T000000"), "ical_bad_time"),
        (("DTSTART;VALUE=DATE:20261124", "DURATION:P99999999D"), "ical_bad_time"),
        (("DTSTART;VALUE=DATE:20261124", "DURATION:-P3D"), "days_out_of_order"),
        (("DTSTART;VALUE=DATE:20261124", "DURATION:P500D"), "too_many_days"),
        (("DTSTART;VALUE=DATE:20261124", "STATUS:CANCELLED"), "ical_cancelled"),
        (("DTSTART;VALUE=DATE:20261124", "RECURRENCE-ID;VALUE=DATE:20261124"), "ical_recurring"),
        (("DTSTART;VALUE=DATE:20261124", "X-NOL-STAGE:nowhere"), "unknown_stage"),
        (("DTSTART;TZID=School:20261124T080000",), "ical_bad_time_zone"),
    ],
)
def test_what_cannot_be_taken_says_why_and_the_rest_goes_on(lines: tuple[str, ...], code: str) -> None:
    good = event("DTSTART;VALUE=DATE:20261201", "SUMMARY:补课", uid="good@b")
    done = import_days(SYSTEM, "S", calendar(event(NO_SCHOOL, *lines), good), clock=CLOCK)
    assert [(summary, error.code) for summary, error in done.refused] == [("停课", code)]
    assert days() == [("school_day", "2026-12-01", "2026-12-01")]


def test_an_event_without_uid_is_refused() -> None:
    raw = calendar(event("DTSTART;VALUE=DATE:20261124", NO_SCHOOL)).replace(b"UID:a@b\r\n", b"")
    assert [error.code for _, error in import_days(SYSTEM, "S", raw, clock=CLOCK).refused] == ["value_required"]


@pytest.mark.parametrize(("offset", "day"), [("+0800", "2026-11-24"), ("-1000", "2026-11-25")])
def test_a_zone_is_what_the_file_itself_says(offset: str, day: str) -> None:
    """The same name means another thing in the next file, and nothing in a file that does not define it."""
    late = event("DTSTART;TZID=School:20261124T100000", NO_SCHOOL)
    import_days(SYSTEM, "S", calendar(zone("School", offset), late), clock=CLOCK)
    assert days() == [("closure", day, day)]
    (refused,) = import_days(SYSTEM, "T", calendar(late), clock=CLOCK).refused
    assert refused[1].code == "ical_bad_time_zone"
    assert "School" in refused[1].sentence("zh") and "School" in refused[1].sentence("en")


def test_a_zone_that_the_world_knows_is_not_what_a_file_makes_of_it() -> None:
    late = event("DTSTART;TZID=Asia/Shanghai:20261124T100000", NO_SCHOOL)
    import_days(SYSTEM, "S", calendar(zone("Asia/Shanghai", "-1000"), late), clock=CLOCK)
    assert days() == [("closure", "2026-11-24", "2026-11-24")]


def test_a_zone_that_changes_every_second_is_not_counted_through() -> None:
    bomb = zone("Bomb", "+0800", "RRULE:FREQ=SECONDLY")
    done = import_days(SYSTEM, "S", calendar(bomb, event("DTSTART;TZID=Bomb:20261124T100000", NO_SCHOOL)), clock=CLOCK)
    assert [error.code for _, error in done.refused] == ["ical_bad_time_zone"]


def test_a_refused_change_leaves_the_entry_as_it_was() -> None:
    import_days(SYSTEM, "S", calendar(event("DTSTART;VALUE=DATE:20261124", NO_SCHOOL)), clock=CLOCK)
    longer = calendar(event("DTSTART;VALUE=DATE:20261124", "DURATION:P500D", NO_SCHOOL))
    assert [error.code for _, error in import_days(SYSTEM, "S", longer, clock=CLOCK).refused] == ["too_many_days"]
    assert days() == [("closure", "2026-11-24", "2026-11-24")]


def test_a_changed_reason_is_a_change() -> None:
    for summary in ("停课：流感", "停课：诺如病毒"):
        done = import_days(
            SYSTEM, "S", calendar(event("DTSTART;VALUE=DATE:20261124", f"SUMMARY:{summary}")), clock=CLOCK
        )
    assert (done.changed, CalendarOverride.objects.get().reason_zh) == (1, "诺如病毒")


def test_of_two_events_with_one_uid_the_first_stands_however_often_the_file_is_read() -> None:
    raw = calendar(*(event(f"DTSTART;VALUE=DATE:2026112{n}", NO_SCHOOL) for n in (4, 5)))
    for unchanged in (0, 1):
        done = import_days(SYSTEM, "S", raw, clock=CLOCK)
        assert (done.unchanged, [error.code for _, error in done.refused]) == (unchanged, ["ical_repeated"])
        assert days() == [("closure", "2026-11-24", "2026-11-24")]


def test_stage_reasons_and_document_survive_the_way_to_another_unit_and_a_unit_reads_its_own_file_unchanged() -> None:
    enter_override(SYSTEM, "D", kind="closure", first_day=DAY, last_day=DAY, stage="junior", clock=CLOCK,
                   reason_zh="停电，检修；", reason_en="Power cut; repairs", document="泉教〔2026〕8号")  # fmt: skip
    enter_override(SYSTEM, "D", kind="vacation", first_day=date(2026, 7, 1), last_day=date(2026, 8, 31), clock=CLOCK)
    raw = export_days(SYSTEM, "D", 2026)
    assert import_days(SYSTEM, "D", raw, clock=CLOCK).unchanged == 2
    assert import_days(SYSTEM, "E", raw, clock=CLOCK).added == 2
    fields = ("kind", "first_day", "last_day", "stage", "reason_zh", "reason_en", "document")
    own, others = (
        list(CalendarOverride.objects.filter(unit__code=code).order_by("first_day").values_list(*fields))
        for code in ("D", "E")
    )
    assert own == others
    assert export_days(SYSTEM, "E", 2026).count(b"BEGIN:VEVENT") == raw.count(b"BEGIN:VEVENT")


def test_two_units_of_a_path_that_read_one_file_export_two_uids() -> None:
    raw = calendar(event("DTSTART;VALUE=DATE:20261124", NO_SCHOOL))
    for code in ("D", "S"):
        import_days(SYSTEM, code, raw, clock=CLOCK)
    uids = [
        line
        for line in export_days(SYSTEM, "S", 2026).splitlines()
        if line.startswith(b"UID:") and b"20" not in line[:6]
    ]
    assert len(uids) == len(set(uids)) and b"UID:a@b" in uids
    assert import_days(SYSTEM, "S", raw, clock=CLOCK).unchanged == 1


def test_a_file_is_one_entry_in_the_audit_and_one_event_and_nothing_new_is_none() -> None:
    raw = calendar(*(event(f"DTSTART;VALUE=DATE:2026112{n}", NO_SCHOOL, uid=f"{n}@b") for n in (4, 5, 6)))
    for _ in range(2):
        import_days(SYSTEM, "S", raw, clock=CLOCK)
    told = OutboxEvent.objects.get(kind="calendar.changed").payload
    assert (told["first_day"], told["last_day"]) == ("2026-11-24", "2026-11-26")
    (audited,) = AuditEntry.objects.filter(act="calendar.import")
    assert audited.detail["added"] == 3
    entry = CalendarOverride.objects.first()
    assert entry is not None
    remove_override(SYSTEM, "S", entry.pk, clock=CLOCK)
    assert AuditEntry.objects.filter(act="calendar.remove").count() == 1
    assert OutboxEvent.objects.filter(kind="calendar.changed").count() == 2


def test_a_file_that_is_too_large_is_refused_whole() -> None:
    many = calendar(*(event("DTSTART;VALUE=DATE:20261124", NO_SCHOOL, uid=f"{n}@b") for n in range(2001)))
    for raw, code in ((many, "ical_too_many"), (b"x" * 2_000_001, "ical_too_large")):
        with pytest.raises(DomainError, match=code):
            import_days(SYSTEM, "S", raw, clock=CLOCK)
    assert days() == []


@pytest.mark.parametrize(
    "raw", [event(NO_SCHOOL).encode(), "BEGIN:VCALENDAR\r\nX:停课\r\nEND:VCALENDAR\r\n".encode("gbk")]
)
def test_an_event_alone_and_another_encoding_are_no_calendar(raw: bytes) -> None:
    with pytest.raises(DomainError, match="ical_broken"):
        import_days(SYSTEM, "S", raw, clock=CLOCK)


def test_signs_that_no_database_keeps_do_not_arrive() -> None:
    import_days(SYSTEM, "S", calendar(event("DTSTART;VALUE=DATE:20261124", "SUMMARY:停课：流\x00感")), clock=CLOCK)
    assert CalendarOverride.objects.get().reason_zh == "流 感"
    with pytest.raises(DomainError, match="bad_parameter"):
        enter_override(SYSTEM, "S", kind="closure", first_day=DAY, last_day=DAY, reason_zh="流\x00感", clock=CLOCK)


def test_a_zone_that_the_whole_world_knows_needs_no_definition() -> None:
    evening = event("DTSTART;TZID=America/New_York:20261123T190000", NO_SCHOOL)  # the 24th in Shanghai
    import_days(SYSTEM, "S", calendar(evening), clock=CLOCK)
    assert days() == [("closure", "2026-11-24", "2026-11-24")]
