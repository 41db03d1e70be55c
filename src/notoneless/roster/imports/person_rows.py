"""One row of people: from cells to a staged row. The hot path of an import: 1.3 million times for a city."""

import json
import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache

from notoneless.kernel.crypto import Personal, Sealing
from notoneless.roster.files.headers import LEAVING, Problem
from notoneless.roster.imports.cells import read_code, read_date, read_name
from notoneless.roster.kinds import SEXES, population_named, tag_named
from notoneless.roster.rules import RESIDENT, document_named, is_document, is_rounded, plain, read_phone, read_resident

CODE_LIMIT, NAME_LIMIT = 40, 120

Staged = tuple[int, str, str, str, int | None, str, str, str, str | None, str, bytes, int]
"""place, code, population, household, unit id, id_type, id_index, sex, birth_date (ISO), tags, sealed, leaving."""

_SEPARATORS = re.compile("[;；,，、|]")
_MOBILE = re.compile(r"1[3-9][0-9]{9}", re.ASCII).fullmatch


@dataclass(frozen=True)
class Held:
    """What the roster holds of a person, for columns that a file does not have."""

    household: str
    id_type: str
    id_number: str
    phone: str
    sex: str
    birth_date: str
    tags: str


NOTHING_HELD = Held("", "", "", "", "", "", "[]")


def person_reader(
    *, absent: Set[str], standing: Mapping[str, tuple[int, str]], today: str, keys: Sealing
) -> Callable[[int, tuple[str, ...], Held], Staged | list[Problem]]:
    """A function (place, cells, held) -> staged row, or what is wrong with the row.

    `standing`: unit code -> (id, error code why nobody can belong to it, or ""). `today`: nobody is born later.
    `keys`: of the whole import.
    """
    seal, blind_index = keys.seal, keys.blind_index
    keeps_household, keeps_phone = "household" in absent, "phone" in absent
    keeps_type, keeps_number = "id_type" in absent, "id_number" in absent
    keeps_sex, keeps_birth, keeps_tags = "sex" in absent, "birth_date" in absent, "tags" in absent

    def read(place: int, cells: tuple[str, ...], held: Held) -> Staged | list[Problem]:
        code_, name_, population_, unit_, household_, type_, number_, phone_, sex_, birth_, tags_, leaving = cells
        problems: list[Problem] = []
        code = read_code(code_, "code", CODE_LIMIT, problems)
        if leaving == LEAVING:
            return problems or (place, code, "", "", None, "", "", "", None, "[]", b"", 1)
        name = name_.strip()
        if not name.isprintable() or not 0 < len(name) <= NAME_LIMIT:
            name = read_name(name_, "name", NAME_LIMIT, problems)
        population = population_ if population_ in _POPULATIONS else _read_population(population_, problems)
        unit_id = _read_unit(unit_.strip(), population, standing, problems)
        household = read_code(household_, "household", CODE_LIMIT, problems, required=False)
        phone = phone_ if _MOBILE(phone_) else _read_phone(phone_, problems)
        sex = SEXES.get(sex_.strip())
        if sex is None:
            problems.append(("unknown_sex", "sex", {}))
        birth = read_date(birth_, "birth_date", problems)
        tags = "[]"
        if tags_:
            tags, unknown = _read_tags(tags_)
            if unknown:
                problems.append(("unknown_tag", "tags", {"position": unknown}))
        if keeps_household:
            household = held.household
        if keeps_phone:
            phone = held.phone
        if keeps_tags:
            tags = held.tags
        number = held.id_number if keeps_number else number_.strip()
        id_type = id_index = ""
        if number:
            id_type = _read_type(held.id_type if keeps_type else type_, problems)
            number = (number if number.isalnum() and number.isascii() else plain(number).replace(" ", "")).upper()
            if id_type == RESIDENT and (born := read_resident(number)) is not None:
                birth, sex = _agreed(born, birth, sex, problems)
            elif id_type and not is_document(id_type, number):
                lost = is_rounded(number)
                problems.append(("number_lost_digits" if lost else "bad_document", "id_number", {}))
            id_index = blind_index("id", f"{id_type}:{number}")
        elif not keeps_type and type_.strip():
            _read_type(type_, problems)
        if keeps_sex:
            sex = sex or held.sex
        if keeps_birth:
            birth = birth or held.birth_date or None
        if birth is not None and birth > today:
            problems.append(("birth_in_future", "birth_date", {}))
        if problems:
            return problems
        sealed = seal(Personal(name, number, phone), context=code)
        return (place, code, population, household, unit_id, id_type, id_index, sex or "", birth, tags, sealed, 0)

    return read


_POPULATIONS = frozenset(("student", "staff", "relative"))


def _read_population(text: str, problems: list[Problem]) -> str:
    if (population := population_named(text)) is not None:
        return population
    problems.append(("unknown_population" if text.strip() else "value_required", "population", {}))
    return ""


def _read_unit(
    code: str, population: str, standing: Mapping[str, tuple[int, str]], problems: list[Problem]
) -> int | None:
    """The unit's id; None for a relative who takes the unit of a child, or after noting a problem."""
    found = standing.get(code)
    if found is None and code:
        found = standing.get(plain(code))
    if found is not None:
        if found[1]:
            problems.append((found[1], "unit", {}))
        return found[0]
    if code:
        problems.append(("number_lost_digits" if is_rounded(code) else "unknown_unit", "unit", {}))
    elif population != "relative":
        problems.append(("value_required", "unit", {}))
    return None


def _read_phone(text: str, problems: list[Problem]) -> str:
    text = text.strip()
    if not text:
        return ""
    if (phone := read_phone(plain(text))) is not None:
        return phone
    problems.append(("number_lost_digits" if is_rounded(text) else "bad_phone", "phone", {}))
    return ""


def _read_type(text: str, problems: list[Problem]) -> str:
    """Pupils' lists mostly leave the type out: a number without one is a resident number."""
    text = text.strip()
    if text == RESIDENT or not text:
        return RESIDENT
    if (kind := document_named(plain(text))) is not None:
        return kind
    problems.append(("unknown_document", "id_type", {}))
    return ""


def _agreed(
    born: tuple[str, str], birth: str | None, sex: str | None, problems: list[Problem]
) -> tuple[str, str | None]:
    """Birth day and sex of the number, where the row does not contradict it."""
    if birth is not None and birth != born[0]:
        problems.append(("document_disagrees", "birth_date", {}))
    if sex in ("1", "2") and sex != born[1]:
        problems.append(("document_disagrees", "sex", {}))
    return born[0], sex or (born[1] if sex == "" else None)


@lru_cache(maxsize=4096)
def _read_tags(text: str) -> tuple[str, int]:
    """Tags as sorted JSON text, and the position of the first unknown one (from 1) or 0."""
    tags = set()
    for position, name in enumerate(_SEPARATORS.split(text), start=1):
        if name.strip():
            tag = tag_named(name)
            if tag is None:
                return "[]", position
            tags.add(tag)
    return json.dumps(sorted(tags)), 0
