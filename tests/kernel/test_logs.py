"""Log lines hold nobody's data and cannot be forged."""

import io
import logging
from collections.abc import Iterator

import pytest

from notoneless.kernel.logs import PrivateFormatter


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def log(stream: io.StringIO) -> Iterator[logging.Logger]:
    logger = logging.getLogger("tests.private")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PrivateFormatter())
    logger.addHandler(handler)
    yield logger
    logger.removeHandler(handler)


def test_error_is_told_by_kind_and_place_and_not_by_its_words(log: logging.Logger, stream: io.StringIO) -> None:
    try:
        try:
            raise ValueError("Key (name)=(欧阳雪梅) already exists")
        except ValueError as error:
            raise LookupError("欧阳雪梅") from error
    except LookupError:
        log.exception("a page failed")

    told = stream.getvalue()
    assert "欧阳雪梅" not in told
    assert "builtins.ValueError" in told and "builtins.LookupError" in told
    assert "test_logs.py:" in told and "a page failed" in told


@pytest.mark.parametrize("number", ["110105194912310021", "11010519491231002X", "13912345678", "G110105194912310021"])
def test_numbers_of_people_are_masked_wherever_they_stand(
    log: logging.Logger, stream: io.StringIO, number: str
) -> None:
    log.error("Not Found: /api/v1/people/%s/days", number)
    assert number not in stream.getvalue() and number[1:] not in stream.getvalue()
    assert "/api/v1/people/•/days" in stream.getvalue()


def test_line_breaks_and_signs_for_a_terminal_are_written_as_codes(log: logging.Logger, stream: io.StringIO) -> None:
    log.error("Not Found: %s", "/x\r\n2026-11-23 ERROR root: forged\x1b[2J\u2028")
    assert stream.getvalue().count("\n") == 1
    assert "\x1b" not in stream.getvalue() and "\\x1b" in stream.getvalue()
