"""Checks that units and people share. A problem is (error code, column, parameters), the column by our name."""

from notoneless.roster.files.headers import Problem
from notoneless.roster.rules import is_rounded, plain, read_day, tidy

_BAD_SIGNS = frozenset(" \\/?#%")
"""Signs that would break an address: unit codes stand in those of pages and API."""


def read_code(text: str, column: str, limit: int, problems: list[Problem], *, required: bool = True) -> str:
    """A code without spaces and control characters, full-width signs made plain; "" after noting a problem."""
    code = text.strip()
    # The straight way for nearly every code there is.
    if code.isascii() and code.isalnum() and len(code) <= limit:
        return code
    code = plain(code)
    if not code:
        if required:
            problems.append(("value_required", column, {}))
        return ""
    if is_rounded(code):
        problems.append(("number_lost_digits", column, {}))
    elif not code.isprintable() or not _BAD_SIGNS.isdisjoint(code):
        problems.append(("bad_code", column, {}))
    elif len(code) > limit:
        problems.append(("value_too_long", column, {"limit": limit}))
    else:
        return code
    return ""


def read_name(text: str, column: str, limit: int, problems: list[Problem], *, required: bool = True) -> str:
    name = tidy(text.strip())
    if name is None:
        problems.append(("bad_text", column, {}))
        return ""
    if not name and required:
        problems.append(("value_required", column, {}))
    if len(name) > limit:
        problems.append(("value_too_long", column, {"limit": limit}))
    return name


def read_date(text: str, column: str, problems: list[Problem]) -> str | None:
    """ISO text; None for an empty cell or after noting a problem."""
    text = text.strip()
    if not text:
        return None
    day = read_day(plain(text))
    if day is None:
        problems.append(("bad_date", column, {}))
    return day
