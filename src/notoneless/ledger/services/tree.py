"""Freeze the tree: each day keeps the units, paths and names that it opened with."""

from datetime import date

from django.db import transaction

from notoneless.kernel.sql import execute, lock_exclusively
from notoneless.roster.tree import END


def freeze_tree(day: date, *, within: str = "") -> int:
    """Copy the open units of the roster (below the path `within`) into the day; returns how many were new to it.

    A unit that the day already knows stays as it was that morning, so that history does not change when a class is
    split or a school moves; a unit founded during the day is added. A closed bureau with open units below it still
    stands in the tree: otherwise they would be in no total.
    """
    is_open = (
        "({0}.opened_on IS NULL OR {0}.opened_on <= %(day)s) AND ({0}.closed_on IS NULL OR {0}.closed_on > %(day)s)"
    )
    with transaction.atomic():
        lock_exclusively(f"tree:{day}")
        return execute(
            f"""
            INSERT INTO day_unit (day, unit_id, parent_id, path, district_id, school_id, level, kind, stage, grade,
                                  area, code, name, name_en)
            SELECT %(day)s, u.id, u.authority_id, u.path, u.district_id, u.school_id, u.level, u.kind, u.stage, u.grade,
                   u.area, u.code, u.name, u.name_en
            FROM roster_unit u
            WHERE ({is_open.format("u")} OR EXISTS (
                     SELECT 1 FROM roster_unit below
                     WHERE below.path >= u.path AND below.path < u.path || '~' AND {is_open.format("below")}))
              AND u.path >= %(within)s AND u.path < %(end)s
              AND NOT EXISTS (SELECT 1 FROM day_unit d WHERE d.day = %(day)s AND d.unit_id = u.id)
            """,
            {"day": day, "within": within, "end": within + END},
        )
