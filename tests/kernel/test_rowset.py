"""A batch's rows as a table: the same on both databases, whatever is in the texts."""

from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_OID

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from notoneless.kernel.ids import id_at
from notoneless.kernel.rowset import fetch_with, pipelined, run_with
from notoneless.kernel.sql import temp_table

TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
ROW = st.tuples(st.integers(-(2**31), 2**31 - 1), TEXT, st.booleans(), st.none() | st.integers(0, 2**60))
COLUMNS = {"n": "int", "word": "text", "is_so": "boolean", "much": "bigint"}


class Rows(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(st.lists(ROW, min_size=1, max_size=70))
    def test_rows_come_back_as_they_were(self, rows: list[tuple[int, str, bool, int | None]]) -> None:
        numbered = [(place, *row[1:]) for place, row in enumerate(rows)]
        answer = fetch_with(COLUMNS, numbered, ("k.n", "k.word", "k.is_so", "k.much"), "FROM k")
        found = sorted((n, word, bool(is_so), much) for n, word, is_so, much in answer.rows())
        self.assertEqual(found, numbered)


@pytest.mark.django_db(transaction=True)
def test_statements_of_a_pipeline_see_those_before_them_and_count_what_they_touched() -> None:
    with temp_table("tried", "n BIGINT PRIMARY KEY, word VARCHAR(9)"), pipelined():
        put = run_with({"n": "bigint", "word": "text"}, [(1, "a"), (2, 'b"\\')], "INSERT INTO tried SELECT * FROM k")
        seen = fetch_with({"n": "bigint"}, [(2,), (3,)], ("t.word",), "FROM k JOIN tried t ON t.n = k.n")
        assert put.count() == 2
        assert [tuple(row) for row in seen.rows()] == [('b"\\',)]
    assert connection.is_usable()


def test_id_of_a_moment_is_the_same_again_and_sorts_by_the_moment() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    first, again = id_at(now, NAMESPACE_OID, "a"), id_at(now, NAMESPACE_OID, "a")
    later = id_at(now + timedelta(milliseconds=1), NAMESPACE_OID, "a")
    assert first == again != id_at(now, NAMESPACE_OID, "b")
    assert str(first) < str(later)
    assert (first.version, first.variant) == (8, "specified in RFC 4122")
