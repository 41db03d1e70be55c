"""What a roster may say: identity documents, school codes, phones and days. Plain Python, no database.

Sources: GB 11643-1999 (resident identity number), WS 364.3 CV02.01.101 (types of document), the 10-digit school
(institution) code AA+BB+CCCCCC of the Ministry of Education, GB/T 2261.1 (sex).
"""

import re
import unicodedata
from collections.abc import Set
from datetime import date
from functools import lru_cache

_PROVINCE_CODES = (
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83"
)
PROVINCES = frozenset(_PROVINCE_CODES.split())
"""First two digits of GB/T 2260, with 81, 82 and 83 of the residence permits for Hong Kong, Macao and Taiwan."""

_TYPE_CODES = "11 21 22 31 32 33 34 35 36 37 41 42 51 91 92 93"
SCHOOL_TYPES = frozenset(_TYPE_CODES.split())

RESIDENT = "01"
DOCUMENTS: dict[str, tuple[str, ...]] = {
    RESIDENT: ("居民身份证", "身份证", "resident", "resident_id", "id_card", "idcard", "identity card", "id card",
               "港澳台居民居住证", "外国人永久居留身份证"),
    "02": ("居民户口簿", "户口簿", "户口本", "household_register", "hukou"),
    "03": ("护照", "passport"),
    "04": ("军官证", "军人证", "officer", "military", "military_id"),
    "05": ("驾驶证", "驾照", "driving_licence", "driver_license", "driving licence"),
    "06": ("港澳居民来往内地通行证", "港澳通行证", "回乡证", "hk_macao_permit", "hkm_permit", "home_return_permit"),
    "07": ("台湾居民来往内地通行证", "台湾通行证", "台胞证", "taiwan_permit", "mtp"),
    "99": ("其他", "其他法定有效证件", "other"),
}  # fmt: skip
_DOCUMENT_NAMES = {name: code for code, names in DOCUMENTS.items() for name in (code, code.lstrip("0"), *names)}

_RESIDENT = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
_OTHER_DOCUMENT = re.compile(r"[0-9A-Z()/-]{3,30}", re.ASCII)
_CHECKS = "10X98765432"
_DAY = re.compile(r"(\d{4})([-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?(?:[ T]00:00(?::00)?)?", re.ASCII)
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_MOBILE = re.compile(r"(?:\+86|0086)?(1[3-9][0-9]{9})", re.ASCII)
# International, landline with and without area code, service number.
_OTHER_PHONE = re.compile(
    r"\+[1-9][0-9]{6,14}|0[1-9][0-9]{1,2}[2-9][0-9]{6,7}|[2-9][0-9]{6,7}|[48]00[0-9]{7}", re.ASCII
)
_PHONE_FILLING = str.maketrans("", "", " -()\t\u3000\xa0\u2010\u2011\u2013\u2014")
_ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+[0-9]{2,}", re.ASCII)


def document_named(name: str) -> str | None:
    """The two-digit code of a document's type from its code or name; None when unknown."""
    return _DOCUMENT_NAMES.get(name.strip().lower())


def read_resident(number: str) -> tuple[str, str] | None:
    """Birth day (ISO text) and sex (1, 2) of a well-formed 18-place resident number in upper case, else None.

    Province digits, a real date and the check digit; the area itself may have been abolished since birth. A number
    that starts with 9 is a foreigner's permanent residence card of 2023, whose province stands in places 2 and 3.
    """
    if _RESIDENT.fullmatch(number) is None:
        return None
    if number[:2] not in PROVINCES and not (number[0] == "9" and number[1:3] in PROVINCES):
        return None
    # Unrolled: one of these for every pupil of a city. 48 is ord("0"), and 48 times the weights (113) is 5424.
    a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, check = number.encode()
    total = (a * 7 + b * 9 + c * 10 + d * 5 + e * 8 + f * 4 + g * 2 + h + i * 6 + j * 3 + k * 7 + m * 9 + n * 10
             + o * 5 + p * 8 + q * 4 + r * 2 - 4800)  # fmt: skip
    if ord(_CHECKS[total % 11]) != check:
        return None
    born = read_day(number[6:14])
    return None if born is None else (born, "1" if r & 1 else "2")


def is_document(kind: str, number: str) -> bool:
    """Whether a number (upper case, no spaces) can belong to a document of this type."""
    if kind == RESIDENT:
        return read_resident(number) is not None
    return _OTHER_DOCUMENT.fullmatch(number) is not None


def is_school_code(code: str, school_types: Set[str]) -> bool:
    """Whether a code fits a kind of school. Kinds without types, and codes with letters, are local and always fit."""
    if not school_types or not (code.isascii() and code.isdigit()):
        return True
    return len(code) == 10 and code[:2] in school_types and code[:2] in SCHOOL_TYPES and code[2:4] in PROVINCES


def read_phone(text: str) -> str | None:
    """A phone as it is stored, without spaces and hyphens and a mainland mobile without +86; None when it is none."""
    bare = text.translate(_PHONE_FILLING)
    if (mobile := _MOBILE.fullmatch(bare)) is not None:
        return mobile[1]
    return bare if _OTHER_PHONE.fullmatch(bare) is not None else None


@lru_cache(maxsize=65536)
def read_day(text: str) -> str | None:
    """ISO text of a day written 2015-03-01, 2015/3/1, 2015.3.1, 2015年3月1日 or 20150301; None when it is no day."""
    if (found := _DAY.fullmatch(text)) is not None:
        year, _, month, day = found.groups()
    elif (found := _COMPACT_DAY.fullmatch(text)) is not None:
        year, month, day = found.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def is_rounded(text: str) -> bool:
    """Whether a spreadsheet turned a long number into powers of ten: 4.11702E+17 has lost its digits for good."""
    return _ROUNDED.fullmatch(text) is not None


def plain(text: str) -> str:
    """A code or number as it was meant: full-width digits and letters of a Chinese keyboard become plain ones."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def tidy(text: str) -> str | None:
    """A name with plain spaces and no control characters; None when there are some. Rare private-use signs stay."""
    if text.isprintable():
        return text
    spaced = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in text).strip()
    # Cf: zero-width marks that come along when text is copied from a page.
    kept = "".join(sign for sign in spaced if unicodedata.category(sign) != "Cf")
    return None if any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in kept) else kept
