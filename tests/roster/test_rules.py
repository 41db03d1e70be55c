"""The rules that a roster is checked by."""

import json
from pathlib import Path

import pytest

from notoneless.roster import rules
from notoneless.roster.kinds import KINDS

VECTORS = Path(__file__).parents[3] / "shared" / "data" / "vectors.json"


@pytest.mark.shared
@pytest.mark.skipif(not VECTORS.exists(), reason="the shared test vectors are not beside the repository")
def test_resident_numbers_follow_the_published_vectors() -> None:
    for vector in json.loads(VECTORS.read_text(encoding="utf-8"))["gb11643"]:
        if "id" in vector:
            assert (rules.read_resident(vector["id"]) is not None) == vector["valid"]
        else:
            fitting = [check for check in "0123456789X" if rules.read_resident(vector["body"] + check)]
            assert fitting == [vector["check"]]


@pytest.mark.parametrize(
    ("number", "read"),
    [
        ("11010519491231002X", ("1949-12-31", "2")),
        ("440524188001010014", ("1880-01-01", "1")),
        ("110105194912310021", None),  # check digit
        ("11010519491231002x", None),  # callers pass upper case
        ("990105194912310026", None),  # no province 99
        ("110105194902300026", None),  # 30 February
        ("1101051949123100", None),
        ("", None),
    ],
)
def test_resident_number_tells_birth_and_sex(number: str, read: tuple[str, str] | None) -> None:
    assert rules.read_resident(number) == read


def test_permits_of_hong_kong_and_foreigners_cards_have_provinces_of_their_own() -> None:
    for body in ("81000019900101001", "91115619900101001"):
        assert sum(rules.read_resident(body + check) is not None for check in "0123456789X") == 1


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("13800000001", "13800000001"),
        ("138 0000-0001", "13800000001"),
        ("+86 138 0000 0001", "13800000001"),
        ("8613800000001", None),
        ("12800000001", None),
        ("1380000000", None),
        ("0396-2812345", "03962812345"),
        ("010 6609 6114", "01066096114"),
        ("+44 20 7946 0958", "+442079460958"),
        ("none", None),
    ],
)
def test_phone(text: str, phone: str | None) -> None:
    assert rules.read_phone(text) == phone


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2015-03-01", "2015-03-01"),
        ("2015/3/1", "2015-03-01"),
        ("20150301", "2015-03-01"),
        ("2015年3月1日", "2015-03-01"),
        ("2015-03-01 00:00:00", "2015-03-01"),
        ("2015-02-29", None),
        ("01/03/2015", None),
        ("2015-03", None),
        ("0000-01-01", None),
    ],
)
def test_day(text: str, day: str | None) -> None:
    assert rules.read_day(text) == day


@pytest.mark.parametrize(
    ("code", "kind", "fits"),
    [
        ("2141000001", "primary", True),
        ("3141000001", "primary", False),  # a junior middle school
        ("2199000001", "primary", False),  # no such province
        ("214100001", "primary", False),  # nine digits
        ("XX-1", "primary", True),  # local
        ("1", "training", True),  # no codes of this kind
        ("4137010422", "university", True),
    ],
)
def test_school_code(code: str, kind: str, fits: bool) -> None:
    assert rules.is_school_code(code, KINDS[kind].school_types) == fits


def test_documents_are_known_by_code_and_name() -> None:
    names = ("01", "1", "身份证", "id_card", "resident", "护照", "Passport", "回乡证", "台胞证", "99", "library card")
    assert [rules.document_named(name) for name in names] == [
        "01", "01", "01", "01", "01", "03", "03", "06", "07", "99", None
    ]  # fmt: skip
