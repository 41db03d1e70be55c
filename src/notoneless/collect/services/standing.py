"""What a school can sign for: who was expected, who is accounted for, who is abnormal, which classes are silent.

A person is accounted for when any of the day's person duties was reported or excused for them: a child whom the
teacher saw is not missing because nobody at home pressed a button.
"""

from dataclasses import dataclass
from datetime import date

from notoneless.kernel.sql import fetch
from notoneless.ledger.queries import DayUnitRef


@dataclass(frozen=True)
class Standing:
    """Persons of one class (or of the school itself) on one day."""

    unit_id: int
    code: str
    name: str
    expected: int
    accounted: int
    abnormal: int

    @property
    def unheard(self) -> int:
        return self.expected - self.accounted


def standing_by_class(school: DayUnitRef, day: date) -> list[Standing]:
    """One line for each unit of the school that expects anybody, by code."""
    rows = fetch(
        """
        SELECT u.unit_id, u.code, u.name, COUNT(*), SUM(p.accounted), SUM(p.abnormal)
        FROM (SELECT s.unit_id, s.respondent_id,
                     MAX(CASE WHEN s.state IN ('reported', 'excused') THEN 1 ELSE 0 END) AS accounted,
                     MAX(CASE WHEN s.state = 'reported' AND s.measures LIKE %s THEN 1 ELSE 0 END) AS abnormal
              FROM person_slot s
              JOIN day_unit d ON d.day = s.day AND d.unit_id = s.unit_id
              WHERE s.district_id = %s AND s.day = %s AND s.state NOT IN ('void', 'voluntary')
                AND d.path >= %s AND d.path < %s
              GROUP BY s.unit_id, s.respondent_id) AS p
        JOIN day_unit u ON u.day = %s AND u.unit_id = p.unit_id
        GROUP BY u.unit_id, u.code, u.name
        ORDER BY u.code
        """,
        ['%"abnormal"%', school.district_id, day, school.path, school.path + "~", day],
    )
    return [Standing(unit_id, code, name, int(n), int(a), int(b)) for unit_id, code, name, n, a, b in rows]
