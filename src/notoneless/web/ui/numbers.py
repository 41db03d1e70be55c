"""Numbers of rows, as a form or an address sends them."""

from notoneless.kernel.errors import DomainError

LONGEST = 17
"""Digits that a 64-bit key holds whatever they are."""


def number_of(text: str) -> int:
    """0 for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST else 0


def row_number(text: str, field: str) -> int:
    """Raises DomainError `out_of_scope`, as for a row of somebody else's."""
    if not text.isascii() or not text.isdecimal() or len(text) > LONGEST:
        raise DomainError("out_of_scope", field)
    return int(text)
