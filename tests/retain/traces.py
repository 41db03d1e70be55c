"""Everywhere a text could be left: every column of every table, and on SQLite the bytes of the files."""

from pathlib import Path

from django.db import connection

from notoneless.kernel.sql import fetch


def tables_with(*marks: str) -> set[str]:
    """`table.column` of each that holds one of these texts, in the clear."""
    found = set()
    for table in connection.introspection.table_names():
        for column in connection.introspection.get_table_description(connection.cursor(), table):
            name = column.name
            text = f'CAST("{name}" AS TEXT)' if connection.vendor == "postgresql" else f'CAST("{name}" AS BLOB)'
            for mark in marks:
                wanted: object = f"%{mark}%" if connection.vendor == "postgresql" else mark.encode()
                test = f"{text} LIKE %s" if connection.vendor == "postgresql" else f"instr({text}, %s) > 0"
                if fetch(f'SELECT COUNT(*) FROM "{table}" WHERE {test}', [wanted])[0][0]:
                    found.add(f"{table}.{name}")
    return found


def files_with(*marks: str) -> set[str]:
    """Names of the database's own files that hold one of these texts. SQLite; there are none to look at elsewhere."""
    if connection.vendor != "sqlite":
        return set()
    database = Path(str(connection.settings_dict["NAME"]))
    return {
        path.name
        for path in database.parent.glob(f"{database.name}*")
        for mark in marks
        if mark.encode() in path.read_bytes()
    }
