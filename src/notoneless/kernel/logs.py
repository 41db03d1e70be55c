"""Log lines that hold nobody's data and cannot be forged.

What an error says may quote a row or a name (a database does), so of an error its kind and its places are written, not
its words. Runs of digits as long as a telephone number are masked: they may be one, or a document, in an address. Signs
that would begin a line of their own, or speak to a terminal, are written as codes.
"""

import logging
import re
import traceback

_LONG_NUMBER = re.compile(r"(?<![0-9A-Fa-f-])[A-Za-z]?\d{7,}[0-9Xx]?(?![0-9A-Fa-f-])")


class PrivateFormatter(logging.Formatter):
    """Time, level, logger and the message on one line; below it, indented, the places an error passed."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        return _LONG_NUMBER.sub("•", _on_one_line(super().formatMessage(record)))

    def formatException(self, ei: object) -> str:
        error = ei[1] if isinstance(ei, tuple) else None
        return "\n".join(_places(error)) if isinstance(error, BaseException) else ""


def _places(error: BaseException) -> list[str]:
    """An error's causes first, then itself: kinds and places, no words."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines = _places(before) if before is not None else []
    lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    return [*lines, f"  {type(error).__module__}.{type(error).__qualname__}"]


def _on_one_line(text: str) -> str:
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)
