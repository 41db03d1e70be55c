"""Pages of a list: which slice, and the way to the next."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

PER_PAGE = 50


@dataclass(frozen=True)
class Page:
    """One page of `total` items; numbers begin at 1. `key`: its name in the address."""

    number: int
    total: int
    per_page: int = PER_PAGE
    key: str = "page"

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.per_page

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def before(self) -> int | None:
        return min(self.number - 1, self.last) or None

    @property
    def after(self) -> int | None:
        return self.number + 1 if self.number < self.last else None

    def cut(self, items: list[Any]) -> list[Any]:
        return items[self.offset : self.offset + self.per_page]


def page_number(request: HttpRequest, key: str = "page") -> int:
    """A page that is not a number from 1 on is the first."""
    asked = request.GET.get(key, "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
