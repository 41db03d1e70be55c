"""What sets single people apart for a day's policies: the state they are in, and those of their tags that matter.

Most people have no trait, and are resolved with their class. The others are few: staged once for a day in the temporary
table `person_trait`, they are resolved by the kinds of them that occur in each unit.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from notoneless.kernel.sql import execute, fetch, is_postgres, rows_table, temp_table
from notoneless.roster.tree import END

TRAITS_OF = "LEFT JOIN person_trait t ON t.person_id = {}"
PLUS = "+"


@dataclass(frozen=True)
class Trait:
    """A state (`at_school` where none is recorded) and the tags that matter, as staged: `sick_home+boarder`."""

    state: str
    tags: frozenset[str]

    @classmethod
    def read(cls, text: str) -> "Trait":
        state, *tags = text.split(PLUS)
        return cls(state or "at_school", frozenset(tags))


@dataclass(frozen=True)
class Traits:
    """The kinds of people apart that there are on a day: unit id -> (population, trait as text), each once."""

    day: date
    by_unit: dict[int, tuple[tuple[str, str], ...]]

    def __bool__(self) -> bool:
        return bool(self.by_unit)


@contextmanager
def staged_traits(
    day: date, *, tags: Sequence[str], only: Sequence[int] | None = None, within: str = ""
) -> Iterator[Traits]:
    """Stage the traits of everyone who has one on `day`; `tags` are those that some policy names.

    `only` limits it to these people, `within` to those who belong to a subtree of the roster.
    """
    with temp_table("person_trait", "person_id BIGINT PRIMARY KEY, trait VARCHAR(200)"):
        params: dict[str, object] = {"day": day, "within": within, "end": within + END}
        plus, tagged = [], []
        for number, tag in enumerate(sorted(tags)):
            params |= {f"has{number}": f'%"{tag}"%', f"plus{number}": f"{PLUS}{tag}"}
            plus.append(f" || CASE WHEN p.tags LIKE %(has{number})s THEN %(plus{number})s ELSE '' END")
            tagged.append(f" OR p.tags LIKE %(has{number})s")
        among = ""
        if only is not None:
            among = "AND p.id IN (SELECT id FROM only_these)"
        if within:
            among += (
                " AND p.id IN (SELECT w.person_id FROM roster_placement w JOIN roster_unit u ON u.id = w.unit_id"
                " WHERE u.path >= %(within)s AND u.path < %(end)s)"
            )
        with temp_table("only_these", "id BIGINT PRIMARY KEY"):
            if only is not None:
                source, rows = rows_table("k", {"id": "bigint"}, [(person_id,) for person_id in sorted(set(only))])
                execute(f"INSERT INTO only_these SELECT * FROM {source}", rows)
            execute(
                f"""
                INSERT INTO person_trait
                SELECT p.id, COALESCE(s.state, ''){"".join(plus)}
                FROM roster_person p
                {"LEFT JOIN" if tags else "JOIN"} roster_personstate s ON s.person_id = p.id
                     AND s.from_day <= %(day)s AND (s.to_day IS NULL OR s.to_day > %(day)s)
                WHERE (s.state IS NOT NULL{"".join(tagged)}) {among}
                """,
                params,
            )
        if is_postgres():
            execute("ANALYZE person_trait")
        found: dict[int, list[tuple[str, str]]] = {}
        for unit_id, population, trait in fetch(
            """
            SELECT DISTINCT pl.unit_id, p.population, t.trait
            FROM person_trait t JOIN roster_person p ON p.id = t.person_id
            JOIN roster_placement pl ON pl.person_id = p.id
            WHERE pl.from_day <= %(day)s AND (pl.to_day IS NULL OR pl.to_day > %(day)s)
            ORDER BY 1, 2, 3
            """,
            {"day": day},
        ):
            found.setdefault(unit_id, []).append((population, trait))
        yield Traits(day, {unit_id: tuple(kinds) for unit_id, kinds in found.items()})


def heads(day: date) -> list[tuple[int, str, str, int]]:
    """How many people are alike: (unit id, population, trait, people), in the current roster as of `day`.

    Within `staged_traits`.
    """
    return fetch(
        f"""
        SELECT pl.unit_id, p.population, COALESCE(t.trait, ''), COUNT(*)
        FROM roster_placement pl JOIN roster_person p ON p.id = pl.person_id {TRAITS_OF.format("pl.person_id")}
        WHERE pl.from_day <= %(day)s AND (pl.to_day IS NULL OR pl.to_day > %(day)s)
        GROUP BY 1, 2, 3
        """,
        {"day": day},
    )
