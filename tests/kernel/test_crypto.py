"""Sealed fields."""

import pytest

from notoneless.kernel.crypto import Personal, blind_index, seal, unseal
from notoneless.kernel.errors import DomainError

MING = Personal("王小明", "11010519491231002X", "13800000000")


def test_sealed_fields_come_back_and_hide_what_they_hold() -> None:
    sealed = seal(MING, context="a")
    assert unseal(sealed, context="a") == MING
    assert "王小明".encode() not in sealed


def test_equal_people_under_different_codes_look_different_and_the_same_one_looks_the_same() -> None:
    assert seal(MING, context="a") == seal(MING, context="a") != seal(MING, context="b")


def test_a_sealed_row_moved_to_another_person_cannot_be_read() -> None:
    with pytest.raises(DomainError, match="unreadable_record"):
        unseal(seal(MING, context="a"), context="b")


def test_blind_index_depends_on_kind_and_value() -> None:
    assert blind_index("id", "1") == blind_index("id", "1")
    assert len({blind_index("id", "1"), blind_index("id", "2"), blind_index("phone", "1")}) == 3
