"""What a school can sign for: who was expected, who is accounted for, who is abnormal, which classes are silent.

A person is accounted for when any of the day's person duties was reported or excused for them: a child whom the
teacher saw is not missing because nobody at home pressed a button.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from notoneless.expect import queries as expect_queries
from notoneless.kernel.sql import fetch
from notoneless.ledger.queries import DayUnitRef
from notoneless.ledger.services import decode_measures

ILL = ('"absent.sick"', '"absent.injured"')
SYMPTOM = "symptom."


def keyed(form: str = "") -> tuple[str, list[int]]:
    """The condition, with its parameters, that names the duties of persons (all, or those of one form) and their
    sessions: with it a class's slots are found by the whole of their index. Without it each class would read the day of
    the whole district (measured: 43 ms against 1 ms for a school of twelve classes among 24 schools)."""
    duties = [one for one in expect_queries.duties().values() if one.respondent == "person" and form in ("", one.form)]
    ids = [one.id for one in duties] or [0]
    sessions = list(range(max((len(one.sessions) for one in duties), default=1)))
    marks = [", ".join(["%s"] * len(some)) for some in (ids, sessions)]
    return f"s.duty_id IN ({marks[0]}) AND s.session IN ({marks[1]})", [*ids, *sessions]


@dataclass(frozen=True)
class Standing:
    """Persons of one class (or of the school itself) on one day, each counted once.

    `late`: of whom anything came late; `sick`: absent for illness or injury, by a check.
    """

    unit_id: int
    code: str
    name: str
    expected: int
    accounted: int
    abnormal: int
    grade: str = ""
    late: int = 0
    sick: int = 0

    @property
    def unheard(self) -> int:
        return self.expected - self.accounted


def standing_by_class(school: DayUnitRef, day: date) -> list[Standing]:
    """One line for each unit of the school that expects anybody, by code."""
    asked, keys = keyed()
    rows = fetch(
        f"""
        SELECT u.unit_id, u.code, u.name, COUNT(*), SUM(p.accounted), SUM(p.abnormal), u.grade, SUM(p.late), SUM(p.sick)
        FROM (SELECT s.unit_id, s.respondent_id,
                     MAX(CASE WHEN s.state IN ('reported', 'excused') THEN 1 ELSE 0 END) AS accounted,
                     MAX(CASE WHEN s.state = 'reported' AND s.measures LIKE %s THEN 1 ELSE 0 END) AS abnormal,
                     MAX(CASE WHEN s.state = 'reported' AND NOT s.on_time THEN 1 ELSE 0 END) AS late,
                     MAX(CASE WHEN s.state = 'reported' AND (s.measures LIKE %s OR s.measures LIKE %s)
                              THEN 1 ELSE 0 END) AS sick
              FROM person_slot s
              JOIN day_unit d ON d.day = s.day AND d.unit_id = s.unit_id
              WHERE s.district_id = %s AND s.day = %s AND s.state NOT IN ('void', 'voluntary')
                AND d.path >= %s AND d.path < %s AND {asked}
              GROUP BY s.unit_id, s.respondent_id) AS p
        JOIN day_unit u ON u.day = %s AND u.unit_id = p.unit_id
        GROUP BY u.unit_id, u.code, u.name, u.grade
        ORDER BY u.code
        """,
        [
            '%"abnormal"%',
            *(f"%{one}%" for one in ILL),
            school.district_id,
            day,
            school.path,
            school.path + "~",
            *keys,
            day,
        ],
    )
    return [
        Standing(unit_id, code, name, int(n), int(a), int(b), grade, int(late), int(sick))
        for unit_id, code, name, n, a, b, grade, late, sick in rows
    ]


@dataclass(frozen=True)
class Symptom:
    """One symptom on one day: how many persons any report names it for, each once; and unit id -> how many of them."""

    measure: str
    n: int
    units: Mapping[int, int]


def symptoms_in(school: DayUnitRef, day: date) -> list[Symptom]:
    """What the day's reports and checks name below a unit, the most frequent first."""
    asked, keys = keyed()
    rows = fetch(
        "SELECT s.respondent_id, s.unit_id, s.measures FROM person_slot s"
        " JOIN day_unit d ON d.day = s.day AND d.unit_id = s.unit_id WHERE s.district_id = %s AND s.day = %s"
        f" AND s.state = 'reported' AND s.measures LIKE %s AND d.path >= %s AND d.path < %s AND {asked}",
        [school.district_id, day, f'%"{SYMPTOM}%', school.path, school.path + "~", *keys],
    )
    found: dict[str, dict[int, int]] = {}
    for person_id, unit_id, measures in rows:
        for code in decode_measures(measures):
            if code.startswith(SYMPTOM):
                found.setdefault(code, {})[person_id] = unit_id
    lines = [Symptom(code, len(people), dict(Counter(people.values()).most_common())) for code, people in found.items()]
    return sorted(lines, key=lambda line: (-line.n, line.measure))
