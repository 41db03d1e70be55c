"""Silence, closures, holidays, moves and a truncated file, in an archive of the same form."""

import zipfile
from datetime import date
from pathlib import Path

import pytest

from notoneless.kernel.errors import DomainError
from notoneless.ledger.models import DayUnit, UnitSlot
from notoneless.replay.nyc import DUTY, read_day_file, replay_nyc
from notoneless.rollup.queries import completeness, ranking
from notoneless.rollup.services import recount
from notoneless.roster.models import Unit
from notoneless.roster.scope import SYSTEM

REAL = Path(__file__).parents[3] / "shared" / "data" / "nyc-attendance-2013-14.zip"
pytestmark = pytest.mark.django_db


def day_xml(day: str, *schools: tuple[str, str, str]) -> bytes:
    """Schools as (DBN, ATTN_PCT, borough + district); the TOTAL row is added, and the stray byte of the real files."""
    rows = [(dbn, pct, place[0], place[1:]) for dbn, pct, place in schools] + [("TOTAL", "90.00", "", "")]
    items = "".join(
        f"<item><DBN>{dbn}</DBN><ATTN_DATE_YMD>{day}</ATTN_DATE_YMD><ATTN_PCT>{pct}</ATTN_PCT>"
        f"<LOC_CODE></LOC_CODE><SCHOOL_NAME>P.S. {dbn}</SCHOOL_NAME><Borough>{borough}</Borough>"
        f"<DistrictCode>{district}</DistrictCode></item>"
        for dbn, pct, borough, district in rows
    )
    text = f'<?xml version="1.0" encoding="utf-8"?><schooldailyattendance>{items}</schooldailyattendance>'
    return text.encode() + b"\x1a"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "year.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(
            "20130909.xml",
            day_xml("20130909", ("01M015", "35.67", "M01"), ("75K001", "NS", "K75"), ("75X001", "100.00", "X75")),
        )
        made.writestr("20130910.xml", day_xml("20130910", ("01M015", "NS", "M01"), ("75K001", "NS", "K75")))
        made.writestr("20130911.xml", day_xml("20130911"))
        made.writestr("20130912.xml", day_xml("20130912", ("01M015", "92.1", "K75"), ("75K001", "0.00", "K75")))
        made.writestr("20160315.xml", day_xml("20160315", ("01M015", "90.00", "M01"))[:300])
    return path


def test_each_day_is_what_the_file_says(archive: Path) -> None:
    replayed = replay_nyc(archive)
    assert replayed.mismatches == []
    assert [(day.day.day, day.note, day.in_ledger) for day in replayed.days] == [
        (9, "", {"reported": 2, "missing": 1, "excused": 0}),
        (10, "closure", {"reported": 0, "missing": 0, "excused": 2}),
        (11, "holiday", {"reported": 0, "missing": 0, "excused": 0}),
        (12, "", {"reported": 2, "missing": 0, "excused": 0}),
    ]
    assert [(name, code) for name, code, _ in replayed.refused] == [("20160315.xml", "replay_file_broken")]
    assert all(recount(day.day).is_exact for day in replayed.days)


def test_a_reported_zero_is_not_silence_and_rates_are_exact(archive: Path) -> None:
    replay_nyc(archive)
    answers = UnitSlot.objects.filter(state="reported").order_by("day", "answers").values_list("answers", flat=True)
    assert list(answers) == ['{"rate":10000}', '{"rate":3567}', '{"rate":0}', '{"rate":9210}']


def test_a_school_that_moves_counts_where_it_was_on_each_day(archive: Path) -> None:
    replay_nyc(archive)
    school = Unit.objects.get(code="01M015")
    paths = [DayUnit.objects.get(day=date(2013, 9, n), unit_id=school.id).path for n in (9, 12)]
    boroughs = [Unit.objects.get(code=f"NYC-{borough}").path for borough in "MK"]
    assert [path.startswith(borough) for path, borough in zip(paths, boroughs, strict=True)] == [True, True]
    assert completeness(SYSTEM, "NYC-M", date(2013, 9, 9), DUTY).line.counts.expected == 1
    assert [r.place for r in ranking(SYSTEM, "NYC", date(2013, 9, 9), DUTY)] == [1, 1, 3]


def test_a_second_replay_finds_nothing_new(archive: Path) -> None:
    first = replay_nyc(archive).as_json()
    slots = list(UnitSlot.objects.order_by("pk").values())
    assert replay_nyc(archive).as_json() == first
    assert list(UnitSlot.objects.order_by("pk").values()) == slots


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("20130909.xml", b""),
        ("20130909.xml", b"<schooldailyattendance></schooldailyattendance>"),
        ("20130909.xml", day_xml("20130910", ("01M015", "90.00", "M01"))),
        ("20130909.xml", day_xml("20130909", ("01M015", "ninety", "M01"))),
        ("20130909.xml", day_xml("20130909", ("01M015", "90.005", "M01"))),
        ("20130909.xml", day_xml("20130909", ("01M015", "90.00", "M01"), ("01M015", "91.00", "M01"))),
        ("20130909.xml", b'<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>'),
        ("notes.xml", day_xml("20130909", ("01M015", "90.00", "M01"))),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_whole(name: str, data: bytes) -> None:
    with pytest.raises(DomainError, match="replay_file_broken"):
        read_day_file(name, data)


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "year.zip"
    wrong.write_bytes(b"PK no")
    with pytest.raises(DomainError, match="file_unreadable"):
        replay_nyc(wrong)


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.skipif(not REAL.exists(), reason="needs ../shared/data/nyc-attendance-2013-14.zip")
def test_the_first_real_days_and_the_real_closure(tmp_path: Path) -> None:
    part = tmp_path / "part.zip"
    with zipfile.ZipFile(REAL) as year, zipfile.ZipFile(part, "w") as made:
        for name in ("20130909.xml", "20131105.xml", "20140103.xml", "20140213.xml", "20160315.xml"):
            made.writestr(name, year.read(name))
    replayed = replay_nyc(part)
    assert replayed.mismatches == []
    assert [(str(day.day), day.in_ledger, day.note) for day in replayed.days] == [
        ("2013-09-09", {"reported": 1366, "missing": 254, "excused": 0}, ""),
        ("2013-11-05", {"reported": 0, "missing": 0, "excused": 0}, "holiday"),
        ("2014-01-03", {"reported": 0, "missing": 0, "excused": 1584}, "closure"),
        ("2014-02-13", {"reported": 1589, "missing": 39, "excused": 0}, ""),
    ]
    assert [code for _, code, _ in replayed.refused] == ["replay_file_broken"]
