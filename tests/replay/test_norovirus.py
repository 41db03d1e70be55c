"""The outbreak of 2001, from the file to the class pages' figures."""

from datetime import date
from pathlib import Path

import pytest

from notoneless.kernel.errors import DomainError
from notoneless.replay.norovirus import DUTY, FIRST_DAY, replay_norovirus
from notoneless.rollup.queries import completeness
from notoneless.rollup.services import recount
from notoneless.roster.models import Person, Unit
from notoneless.roster.scope import SYSTEM

REAL = Path(__file__).parents[3] / "shared" / "data" / "norovirus_derbyshire_2001_school.csv"
pytestmark = pytest.mark.django_db
HEADER = "class,day_absent,start_illness,end_illness,day_vomiting\n"


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.skipif(not REAL.exists(), reason="needs ../shared/data/norovirus_derbyshire_2001_school.csv")
def test_the_real_outbreak_gives_the_files_daily_absences() -> None:
    replayed = replay_norovirus(REAL)
    assert replayed.mismatches == []
    absent = {day.day.day - FIRST_DAY.day + 1: day.in_ledger["NORO"] for day in replayed.days if day.day.month == 6}
    assert {number: n for number, n in absent.items() if n} == {
        2: 1, 7: 6, 8: 3, 9: 1, 11: 2, 14: 15, 15: 11, 16: 15, 17: 31, 18: 21, 21: 23, 22: 10, 23: 47,
    }  # fmt: skip
    assert Person.objects.count() == 492
    line = completeness(SYSTEM, "NORO", date(2001, 6, 21), DUTY).line
    assert (line.counts.expected, line.counts.reported, line.measures["absent.sick"]) == (492, 492, 31)
    assert recount(date(2001, 6, 27)).is_exact


def test_a_replay_twice_is_the_same(tmp_path: Path) -> None:
    small = tmp_path / "small.csv"
    small.write_text(HEADER + "1,2,0,0,2\n1,0,0,0,0\n2,7,0,0,0\n", encoding="utf-8")
    first, second = replay_norovirus(small), replay_norovirus(small)
    assert first.as_json() == second.as_json()
    assert first.days[1].in_ledger == {"NORO": 1, "NORO-1": 1}
    assert [day.note for day in first.days[3:7]] == ["", "weekend", "weekend", ""]
    assert Unit.objects.get(code="NORO").closed_on == date(2001, 6, 29)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", HEADER + "1,x,0,0,0\n", HEADER + "1\n"])
def test_another_file_is_refused_whole(tmp_path: Path, text: str) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(text, encoding="utf-8")
    with pytest.raises(DomainError, match="file_unreadable"):
        replay_norovirus(wrong)
    assert Unit.objects.count() == 0
