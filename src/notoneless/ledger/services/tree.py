"""Freeze the tree: each day keeps the units, paths and names that it opened with."""

from datetime import date

from django.db import transaction

from notoneless.kernel.sql import execute, lock_exclusively


def freeze_tree(day: date) -> int:
    """Copy the open units of the roster into the day; returns how many were new to it.

    A unit that the day already knows stays as it was that morning, so that history does not change when a class is
    split or a school moves; a unit founded during the day is added.
    """
    with transaction.atomic():
        lock_exclusively(f"tree:{day}")
        return execute(
            """
            INSERT INTO day_unit (day, unit_id, parent_id, path, district_id, school_id, level, kind, stage, area,
                                  code, name, name_en)
            SELECT %(day)s, u.id, u.authority_id, u.path, u.district_id, u.school_id, u.level, u.kind, u.stage, u.area,
                   u.code, u.name, u.name_en
            FROM roster_unit u
            WHERE (u.opened_on IS NULL OR u.opened_on <= %(day)s) AND (u.closed_on IS NULL OR u.closed_on > %(day)s)
              AND NOT EXISTS (SELECT 1 FROM day_unit d WHERE d.day = %(day)s AND d.unit_id = u.id)
            """,
            {"day": day},
        )
