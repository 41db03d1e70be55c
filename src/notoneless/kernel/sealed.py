"""Which columns are sealed: one declaration makes a column part of `nol keys data reseal` and `retire`.

declare(SealedColumn("roster.Account", "phone", F("username"), (BlindIndex("phone_index", "phone", phone_in),)))
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.apps import apps
from django.db import connection, models, router, transaction
from django.db.models import BinaryField, Expression, F, Q, QuerySet
from django.db.models.functions import Substr

from notoneless.kernel.crypto import FIRST, MARK_BYTES, Sealing, data_mark, data_ring, index_mark, index_ring
from notoneless.kernel.crypto import unseal_bytes as opened
from notoneless.kernel.errors import DomainError
from notoneless.kernel.sql import is_postgres


@dataclass(frozen=True)
class BlindIndex:
    """A column by which rows are found. `value`: of the opened text and the row's `reads`, what is fingerprinted."""

    column: str
    kind: str
    value: Callable[[bytes, Mapping[str, Any]], str]
    reads: tuple[str, ...] = ()


@dataclass
class Chunk:
    """Rows looked at. `last`: the primary key to go on after, None at the end."""

    last: Any = None
    rows: int = 0
    written: int = 0
    unreadable: int = 0


class Sealed(Protocol):
    """What reseal and retire ask of a column."""

    @property
    def model(self) -> str: ...

    @property
    def column(self) -> str: ...

    def pending(self, keys: Sealing) -> int:
        """Rows that are not under these keys."""

    def rows_under(self, name: str, *, is_index: bool) -> int:
        """Rows that only this key of the ring can read, or find."""

    def reseal(self, keys: Sealing, *, after: Any, limit: int) -> Chunk:
        """Put the next rows that are not under these keys under them."""


@dataclass(frozen=True)
class SealedColumn:
    """A column of bytes that `seal` or `seal_text` made. `context`: an expression that gives the row's; an empty value
    is no value."""

    model: str
    column: str
    context: Expression | F
    indexes: tuple[BlindIndex, ...] = ()

    def pending(self, keys: Sealing) -> int:
        return self._pending(keys).count()

    def rows_under(self, name: str, *, is_index: bool) -> int:
        others = [
            key.name for key in (index_ring if is_index else data_ring)().listed() if key.name not in (name, FIRST)
        ]
        if not is_index:
            mine = ~Q(mark__in=[data_mark(other) for other in others]) if name == FIRST else Q(mark=data_mark(name))
            return self._rows().filter(mine).count()
        found = Q(pk__in=[])
        for column in self._index_columns():
            starts = [Q((f"{column}__startswith", index_mark(each))) for each in (others if name == FIRST else [name])]
            mine = Q()
            for start in starts:
                mine = mine & ~start if name == FIRST else mine | start
            found |= ~Q((column, "")) & mine
        return self._rows().filter(found).count()

    def reseal(self, keys: Sealing, *, after: Any, limit: int) -> Chunk:
        """The texts are opened and sealed outside of the transaction; whoever wrote a row meanwhile wins."""
        rows = self._pending(keys) if after is None else self._pending(keys).filter(pk__gt=after)
        reads = sorted({name for index in self.indexes for name in index.reads})
        columns = ("pk", self.column, "sealed_as", *self._index_columns(), *reads)
        read = list(rows.annotate(sealed_as=self.context).order_by("pk").values(*columns)[:limit])
        done = Chunk(read[-1]["pk"] if len(read) == limit else None, len(read))
        changes = []
        for row in read:
            try:
                changes.append(self._change(row, keys))
            except DomainError:
                done.unreadable += 1
        if changes:
            done.written = self._write(changes)
        return done

    def _change(self, row: Mapping[str, Any], keys: Sealing) -> tuple[Any, ...]:
        old = bytes(row[self.column])
        text = opened(old, row["sealed_as"])
        # As at the write: a row without a document has no index.
        values = [(row[index.column] and index.value(text, row), index) for index in self.indexes]
        found = [keys.blind_index(index.kind, value) if value else "" for value, index in values]
        return keys.seal_bytes(text, row["sealed_as"]), *found, row["pk"], old, *(row[c] for c in self._index_columns())

    def _write(self, changes: Sequence[tuple[Any, ...]]) -> int:
        """Compare and set, row by row. A row that somebody holds is left to the next pass: nobody waits for anybody,
        and so no deadlock ends an import."""
        place = 1 + len(self.indexes)
        columns = [self._quoted(name) for name in (self.column, *self._index_columns())]
        statement = (
            f"UPDATE {connection.ops.quote_name(self._model()._meta.db_table)} "
            f"SET {', '.join(f'{column} = %s' for column in columns)} "
            f"WHERE {self._quoted('pk')} = %s AND {' AND '.join(f'{column} = %s' for column in columns)}"
        )
        with transaction.atomic():
            if is_postgres():
                wanted = self._model()._base_manager.filter(pk__in=[change[place] for change in changes])
                free = set(wanted.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True))
                changes = [change for change in changes if change[place] in free]
            if not changes:
                return 0
            with connection.cursor() as cursor:
                cursor.executemany(statement, changes)
                return int(cursor.rowcount)

    def _pending(self, keys: Sealing) -> QuerySet[Any]:
        stale = Q(pk__in=[])
        if keys.key.name != FIRST:
            stale |= ~Q(mark=data_mark(keys.key.name))
        if keys.index_key.name != FIRST:
            for column in self._index_columns():
                stale |= ~Q((column, "")) & ~Q((f"{column}__startswith", index_mark(keys.index_key.name)))
        return self._rows().filter(stale)

    def _rows(self) -> QuerySet[Any]:
        mark = Substr(self.column, 1, MARK_BYTES, output_field=BinaryField())
        rows: QuerySet[Any] = QuerySet(self._model()).exclude((self.column, b"")).annotate(mark=mark)
        return rows

    def _quoted(self, name: str) -> str:
        meta = self._model()._meta
        field = meta.pk if name == "pk" else meta.get_field(name)
        return str(connection.ops.quote_name(str(getattr(field, "column"))))  # noqa: B009 - a relation has none

    def _model(self) -> type[models.Model]:
        return apps.get_model(self.model)

    def _index_columns(self) -> list[str]:
        return [index.column for index in self.indexes]


@dataclass(frozen=True)
class SealedTexts:
    """Sealed values in base64 inside a JSON column, under these names; for tables that are not ours, with few rows."""

    model: str
    column: str
    names: tuple[str, ...]
    context: str

    def pending(self, keys: Sealing) -> int:
        mark = data_mark(keys.key.name)
        return 0 if not mark else sum(not all(v.startswith(mark) for v in each) for each in self._values())

    def rows_under(self, name: str, *, is_index: bool) -> int:
        if is_index:
            return 0
        others = tuple(data_mark(key.name) for key in data_ring().listed() if key.name not in (name, FIRST))
        if name == FIRST:
            return sum(any(not v.startswith(others) for v in each) for each in self._values())
        return sum(any(v.startswith(data_mark(name)) for v in each) for each in self._values())

    def reseal(self, keys: Sealing, *, after: Any, limit: int) -> Chunk:
        objects = apps.get_model(self.model)._base_manager
        pks = list(objects.filter(pk__gt=after or 0).order_by("pk").values_list("pk", flat=True)[:limit])
        done = Chunk(pks[-1] if len(pks) == limit else None)
        mark = data_mark(keys.key.name)
        for pk in pks:
            with transaction.atomic(using=router.db_for_write(apps.get_model(self.model))):
                row = objects.select_for_update().filter(pk=pk).first()
                held = self._sealed_in(getattr(row, self.column)) if row is not None else []
                if row is None or not mark or all(value.startswith(mark) for value in held):
                    continue
                done.rows += 1
                try:
                    setattr(row, self.column, self._resealed(getattr(row, self.column), keys))
                except DomainError:
                    done.unreadable += 1
                    continue
                row.save(update_fields=[self.column])
                done.written += 1
        return done

    def _resealed(self, cell: dict[str, Any], keys: Sealing) -> dict[str, Any]:
        def again(text: str) -> str:
            plain = opened(base64.b64decode(text), self.context)
            return base64.b64encode(keys.seal_bytes(plain, self.context)).decode()

        changed = {
            name: [again(one) for one in value] if isinstance(value, list) else again(value)
            for name, value in cell.items()
            if name in self.names
        }
        return cell | changed

    def _values(self) -> list[list[bytes]]:
        cells = apps.get_model(self.model)._base_manager.values_list(self.column, flat=True)
        return [self._sealed_in(cell) for cell in cells]

    def _sealed_in(self, cell: Mapping[str, Any]) -> list[bytes]:
        found = [cell[name] for name in self.names if name in cell]
        texts = [text for value in found for text in (value if isinstance(value, list) else [value])]
        return [base64.b64decode(text) for text in texts]


_declared: dict[tuple[str, str], Sealed] = {}


def declare(*columns: Sealed) -> None:
    """Make columns part of reseal and retire; again is the same."""
    for column in columns:
        _declared[column.model, column.column] = column


def sealed_columns(model: str = "") -> list[Sealed]:
    """All that are declared, or those of one model."""
    return [column for column in _declared.values() if model in ("", column.model)]
