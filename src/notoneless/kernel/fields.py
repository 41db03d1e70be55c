"""Model fields whose stored form is the same on SQLite and PostgreSQL."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models

from notoneless.kernel.clock import from_micros, to_micros


class InstantField(models.BigIntegerField):  # type: ignore[type-arg]
    """An aware UTC datetime in Python, microseconds since 1970 in the table.

    The ledger's statements are the same text on both databases; a number is compared, sorted and copied
    alike everywhere, where SQLite has no timestamp type at all.
    """

    if TYPE_CHECKING:  # what django-stubs reads
        _pyi_private_set_type: datetime | int | None  # type: ignore[assignment]
        _pyi_private_get_type: datetime  # type: ignore[assignment]
        _pyi_lookup_exact_type: datetime | int  # type: ignore[assignment]

    def from_db_value(self, value: int | None, expression: object, connection: object) -> datetime | None:
        return None if value is None else from_micros(value)

    def to_python(self, value: Any) -> datetime | None:
        if value is None or isinstance(value, datetime):
            return value
        return from_micros(int(value))

    def get_prep_value(self, value: Any) -> int | None:
        if isinstance(value, datetime):
            return to_micros(value)
        return None if value is None else int(value)
